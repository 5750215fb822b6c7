import Stream

/// Which nodes a filtered tree shows: the matches of a search, and what leads to them.
///
/// Like a search it looks at each distinct layout once; no node is listed.
package struct TreeFilter {
    package let search: Search
    /// Counts the nodes that show.
    package let measure: LayoutMeasure
    // By record number.
    private let keptRecords: [Bool]

    /// O(names + distinct layouts + records).
    package init(_ search: Search, _ document: Document) { self.init(search, document, order: .stream) }

    package init(_ search: Search, _ document: Document, order: TreeOrder) {
        self.search = search
        let table = document.table
        let isMatch = search.isMatch
        let matches = search.measure
        measure = LayoutMeasure(order: order, opensLeaves: true) { item in
            Search.matches(item, isMatch) || matches.total(table.opened(item), levels: .max, table) > 0
                ? 1 : 0
        }
        var kept = [Bool](repeating: false, count: document.records.count)
        for number in document.topLevel { Self.mark(number, document, search, &kept) }
        keptRecords = kept
    }

    private static func mark(_ number: Int, _ document: Document, _ search: Search, _ kept: inout [Bool]) {
        let record = document.records[number]
        for child in record.children { mark(child, document, search, &kept) }
        kept[number] =
            search.matches(record: number, document)
            || record.children.contains { kept[$0] }
            || search.measure.total(record.layout, levels: .max, document.table) > 0
    }

    /// Whether a node shows. O(1).
    package func keeps(_ node: Node, _ document: Document) -> Bool {
        switch node.source {
        case .root, .range: return true
        case .record(let number): return keptRecords.indices.contains(number) && keptRecords[number]
        case .member(let number), .element(let number, _):
            let item = document.table[item: number]
            return Search.matches(item, search.isMatch)
                || search.measure.total(node.layout, levels: .max, document.table) > 0
        }
    }
}
