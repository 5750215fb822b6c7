import Stream

/// The nodes that a filtered tree shows: the matches of a search, and their ancestors.
///
/// Like a search, it visits each distinct layout once and lists no nodes.
package struct TreeFilter {
    /// The search for names; nil for nodes that were found one by one.
    package let search: Search?
    /// The nodes that were found one by one.
    package let set: PathSet?
    /// The counts of nodes that show.
    package let measure: LayoutMeasure
    // Indexed by record number.
    private let keptRecords: [Bool]

    /// O(names + distinct layouts + records).
    package init(_ search: Search, _ document: Document) { self.init(search, document, order: .stream) }

    package init(_ search: Search, _ document: Document, order: TreeOrder) {
        self.search = search
        set = nil
        let table = document.store.table
        let isMatch = search.isMatch
        let matches = search.measure
        measure = LayoutMeasure(order: order, opensLeaves: true) { item in
            Search.matches(item, isMatch) || matches.total(table.opened(item), levels: .max, table) > 0
                ? 1 : 0
        }
        var kept = [Bool](repeating: false, count: document.store.records.count)
        for number in document.store.topLevel { Self.mark(number, document, search, &kept) }
        keptRecords = kept
    }

    /// Creates a filter that shows these nodes and their ancestors.
    package init(_ set: PathSet) {
        search = nil
        self.set = set
        measure = LayoutMeasure { _ in 1 }
        keptRecords = []
    }

    /// Returns the same filter for a changed tree.
    package func again(_ document: Document, order: TreeOrder) -> TreeFilter {
        if let search { return TreeFilter(search.again(document), document, order: order) }
        return TreeFilter((set ?? PathSet([])).again(document))
    }

    private static func mark(_ number: Int, _ document: Document, _ search: Search, _ kept: inout [Bool]) {
        let record = document.store.records[number]
        for child in record.children { mark(child, document, search, &kept) }
        kept[number] =
            search.matches(record: number, document)
            || record.children.contains { kept[$0] }
            || search.measure.total(record.layout, levels: .max, document.store.table) > 0
    }

    /// Whether a node shows. O(1).
    package func keeps(_ node: Node, _ document: Document) -> Bool {
        if let set { return node.path == .root || set.contains(node.path) }
        guard let search else { return true }
        switch node.source {
        case .root, .range: return true
        case .record(let number): return keptRecords.indices.contains(number) && keptRecords[number]
        case .member(let number), .element(let number, _):
            let item = document.store.table[item: number]
            return Search.matches(item, search.isMatch)
                || search.measure.total(node.layout, levels: .max, document.store.table) > 0
        }
    }
}
