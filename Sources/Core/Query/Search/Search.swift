import Format
import Stream

/// A search of the names of sections, subsections and fields, including closed nodes.
///
/// It looks once at each distinct name and each distinct layout, not at each field. A pattern in lower case
/// ignores case. The search omits RAM that was not read yet.
package struct Search {
    package let pattern: String
    package private(set) var count = 0
    // Indexed by name number.
    package let isMatch: [Bool]
    package let measure: LayoutMeasure
    private let test: (ArraySlice<UInt8>) -> Bool
    /// The numbers of the section records that match a name with an instance id.
    private let sections: Set<Int>
    // The number of matches before each top-level record.
    private var before: [Int] = []

    package init(_ pattern: String, _ document: Document) {
        let matcher = NameMatcher(pattern)
        self.init(pattern, document) { matcher.matches($0) }
    }

    /// Creates a search with its own test, which receives each distinct name once, as bytes of the stream.
    package init(_ pattern: String, _ document: Document, test: @escaping (ArraySlice<UInt8>) -> Bool) {
        self.pattern = pattern
        self.test = test
        let names = document.store.table.names
        // Nothing matches an empty name.
        let isMatch = [false] + (1..<max(names.count, 1)).map { test(names.bytes(NameID(index: Int32($0)))) }
        self.isMatch = isMatch
        sections = SectionPattern(pattern)?.numbers(in: document) ?? []
        measure = LayoutMeasure(opensLeaves: true) { Self.matches($0, isMatch) ? 1 : 0 }
        for number in document.store.topLevel {
            before.append(count)
            count = count.addingSaturated(total(number, document))
        }
    }

    /// Returns the same search for a changed tree.
    package func again(_ document: Document) -> Search { Search(pattern, document, test: test) }

    private func total(_ number: Int, _ document: Document) -> Int {
        let record = document.store.records[number]
        let own = matches(record: number, document) ? 1 : 0
        let inside = measure.total(record.layout, levels: .max, document.store.table)
        return record.children.reduce(own.addingSaturated(inside)) {
            $0.addingSaturated(total($1, document))
        }
    }

    /// Whether a record itself matches, by its name or by its name with the instance id.
    package func matches(record number: Int, _ document: Document) -> Bool {
        Self.matches(document.store.records[number].name, isMatch) || sections.contains(number)
    }

    /// Returns the number of matches below a node. O(1) for fields, O(records) for groups.
    package func count(below node: Node, _ document: Document) -> Int {
        switch node.source {
        case .root: return count
        case .record(let number):
            return total(number, document) - (matches(node, document) ? 1 : 0)
        case .range:
            let first = node.path.indices.last ?? 0
            return measure.total(
                ofElements: first..<first + node.childCount, span: 1, in: node.layout, levels: .max,
                document.store.table)
        case .member, .element: return measure.total(node.layout, levels: .max, document.store.table)
        }
    }

    /// Whether an item matches by its name or its label.
    package static func matches(_ item: Item, _ isMatch: [Bool]) -> Bool {
        item.role != .frame && (matches(item.name, isMatch) || matches(item.label, isMatch))
    }

    private static func matches(_ name: NameID, _ isMatch: [Bool]) -> Bool {
        isMatch.indices.contains(Int(name.index)) && isMatch[Int(name.index)]
    }

    /// Whether the node itself matches.
    package func matches(_ node: Node, _ document: Document) -> Bool {
        if let item = document.tree.item(of: node) { return Self.matches(item, isMatch) }
        if case .record(let number) = node.source { return matches(record: number, document) }
        return Self.matches(document.tree.nameID(of: node), isMatch)
    }

    /// Returns the next match after `path`; after the last match, the first.
    package func next(after path: NodePath, _ document: Document) -> NodePath? {
        guard count > 0 else { return nil }
        let rank = self.rank(path, document) + (matches(document.tree.node(path), document) ? 1 : 0)
        return select(rank % count, document)
    }

    /// Returns the match before `path`; before the first match, the last.
    package func previous(before path: NodePath, _ document: Document) -> NodePath? {
        guard count > 0 else { return nil }
        return select((rank(path, document) + count - 1) % count, document)
    }

    /// Returns `path` when it matches, or else the next match.
    package func nextOrSelf(_ path: NodePath, _ document: Document) -> NodePath? {
        matches(document.tree.node(path), document) ? path : next(after: path, document)
    }

    /// Returns the number of a match, counted from 1; nil for a node that does not match.
    package func ordinal(of path: NodePath, _ document: Document) -> Int? {
        matches(document.tree.node(path), document) ? rank(path, document) + 1 : nil
    }

    /// Returns the path of match number `ordinal`, counted from 1.
    package func path(ofOrdinal ordinal: Int, _ document: Document) -> NodePath? {
        (1...max(count, 1)).contains(ordinal) ? select(ordinal - 1, document) : nil
    }

    /// Returns the number of matches before `path` in preorder.
    private func rank(_ path: NodePath, _ document: Document) -> Int {
        guard let first = path.indices.first, first < before.count else { return 0 }
        var sum = before[first]
        var node = document.tree.child(first, of: document.tree.root)
        for index in path.indices.dropFirst() {
            guard index < node.childCount else { break }
            if matches(node, document) { sum += 1 }
            sum += matchesBefore(index, of: node, document)
            node = document.tree.child(index, of: node)
        }
        return sum
    }

    private func matchesBefore(_ index: Int, of node: Node, _ document: Document) -> Int {
        guard node.layout.isNone else {
            return measure.before(index, in: node.layout, levels: .max, document.store.table)
        }
        guard let record = document.tree.record(of: node) else { return 0 }
        return record.children.prefix(index).reduce(0) {
            $0 + total($1, document)
        }
    }

    private func select(_ target: Int, _ document: Document) -> NodePath? {
        let low = before.indices.binarySearch(last: { before[$0] <= target })
        guard low < before.count else { return nil }
        var node = document.tree.child(low, of: document.tree.root)
        var rest = target - before[low]
        while true {
            if matches(node, document) {
                if rest == 0 { return node.path }
                rest -= 1
            }
            guard let place = locate(rest, in: node, document) else { return nil }
            node = document.tree.child(place.child, of: node)
            rest = place.rest
        }
    }

    private func locate(_ target: Int, in node: Node, _ document: Document) -> LayoutMeasure.Position? {
        guard node.layout.isNone else {
            return measure.locate(target, in: node.layout, levels: .max, document.store.table)
        }
        guard let record = document.tree.record(of: node) else { return nil }
        var rest = target
        for (index, child) in record.children.enumerated() {
            let total = total(child, document)
            if rest < total { return .init(child: index, rest: rest) }
            rest -= total
        }
        return nil
    }
}
