import Bytes
import Format
import Stream

/// The rows below each node: which, in which order, and how many when they are open.
///
/// A child is identified by its position among the rows of its parent, which depends on the chosen order and,
/// in long arrays, on the ranges. Valid for one state of the document.
package final class TreeArrangement {
    package let order: TreeOrder
    package let filter: TreeFilter?
    /// The row counts of layouts.
    package let measure: LayoutMeasure
    // Indexed by record number; -1 is the root.
    private var orders: [Int: RecordOrder] = [:]
    private var sums: [SumsKey: [Int]] = [:]

    // Indexed by node: the order of its members by value, and the rows before each of them.
    private var valueOrders: [ValueKey: RecordOrder] = [:]
    private var valueSums: [ValueKey: [Int]] = [:]
    private var values: ValueReader?

    private struct RecordOrder {
        package let indices: [Int]
        package let places: [Int]

        init(_ indices: [Int]) {
            self.indices = indices
            var places = indices
            for (place, index) in indices.enumerated() { places[index] = place }
            self.places = places
        }
    }

    private struct ValueKey: Hashable {
        package var layout: LayoutID
        package var space: ByteSpace
        package var offset: Int
        package var levels = 0
    }

    private struct SumsKey: Hashable {
        package var record: Int
        package var levels: Int
    }

    package init(_ order: TreeOrder, filter: TreeFilter? = nil, measure: LayoutMeasure? = nil) {
        // Nodes that were found one by one stay in stream order.
        self.order = filter?.set == nil ? order : .stream
        self.filter = filter
        self.measure =
            filter?.measure ?? measure ?? LayoutMeasure(order: order, hasRanges: true) { _ in 1 }
    }

    package func isKept(_ node: Node, _ document: Document) -> Bool { filter?.keeps(node, document) ?? true }

    // MARK: Places

    /// Returns the number of elements in each child of a node; 1 when the children are nodes.
    package func span(ofChildrenOf node: Node, _ document: Document) -> Int {
        node.isRange
            ? node.path.span / ElementRanges.width
            : measure.span(ofChildrenOf: node.layout, document.store.table)
    }

    /// Returns the number of positions below a node, including those that a filter hides.
    package func count(_ node: Node, _ document: Document) -> Int {
        ElementRanges.rangeCount(node.childCount, span: span(ofChildrenOf: node, document))
    }

    /// Returns the child at a position. O(log items).
    package func child(_ place: Int, of node: Node, _ document: Document) -> Node {
        let span = span(ofChildrenOf: node, document)
        guard span > 1 else { return document.tree.child(index(place, of: node, document), of: node) }
        guard node.isRange, let array = node.path.parent.map({ document.tree.node($0) }) else {
            return document.tree.range(of: node, from: place * span, span: span)
        }
        return document.tree.range(of: array, from: (node.path.indices.last ?? 0) + place * span, span: span)
    }

    /// Returns the position of the child that is or contains child number `index`; in a range, `index` counts
    /// from its first element.
    package func place(ofChild index: Int, of node: Node, _ document: Document) -> Int {
        let span = span(ofChildrenOf: node, document)
        if span > 1 { return index / span }
        if node.layout.isNone { return recordOrder(node, document)?.places[index] ?? index }
        if let order = valueOrder(node, document) { return order.places[index] }
        return measure.members(of: node.layout, document.store.table)?.firstIndex(of: index) ?? index
    }

    private func index(_ place: Int, of node: Node, _ document: Document) -> Int {
        if node.layout.isNone { return recordOrder(node, document)?.indices[place] ?? place }
        if let order = valueOrder(node, document) { return order.indices[place] }
        return measure.members(of: node.layout, document.store.table)?[place] ?? place
    }

    private func recordOrder(_ node: Node, _ document: Document) -> RecordOrder? {
        guard order != .stream, let number = Self.number(node) else { return nil }
        if let known = orders[number], known.indices.count == node.childCount { return known }
        let numbers = number < 0 ? document.store.topLevel : document.store.records[number].children
        let indices = order.sorted(
            numbers.count, size: { document.store.records[numbers[$0]].size },
            name: { document.store.table.names.bytes(document.store.records[numbers[$0]].name) },
            type: { document.tree.typeName(document.tree.bareNode(ofRecord: numbers[$0])) })
        let result = RecordOrder(indices)
        orders[number] = result
        return result
    }

    // MARK: Values

    /// The maximum number of members that are sorted by value: nobody compares more by eye.
    private static let mostMembers = 4096

    // Nil when the members keep their order.
    private func valueOrder(_ node: Node, _ document: Document) -> RecordOrder? {
        guard order.column == .value, !node.layout.isNone, !node.isRange, !node.isLeaf,
            (2...Self.mostMembers).contains(node.childCount),
            document.store.table[node.layout].kind == .body
        else { return nil }
        let key = ValueKey(layout: node.layout, space: node.space, offset: node.offset)
        if let known = valueOrders[key] { return known }
        let reader = values ?? ValueReader(document)
        values = reader
        let keys = (0..<node.childCount).map {
            SortedValue(document.tree.child($0, of: node), reader, document)
        }
        let valued = keys.indices.filter { keys[$0] != .none }
        let sorted = order.sorted(valued.count) { keys[valued[$0]] < keys[valued[$1]] }
        let result = RecordOrder(sorted.map { valued[$0] } + keys.indices.filter { keys[$0] == .none })
        valueOrders[key] = result
        return result
    }

    // The rows before the member at each position, and the total.
    private func sums(
        _ order: RecordOrder, _ node: Node, _ levels: Int, _ document: Document
    ) -> [Int] {
        let key = ValueKey(layout: node.layout, space: node.space, offset: node.offset, levels: levels)
        if let known = valueSums[key] { return known }
        var result = [0]
        var sum = 0
        for index in order.indices {
            let before = measure.before(index, in: node.layout, levels: levels, document.store.table)
            let after = measure.before(index + 1, in: node.layout, levels: levels, document.store.table)
            sum = sum.addingSaturated(after - before)
            result.append(sum)
        }
        valueSums[key] = result
        return result
    }

    private static func number(_ node: Node) -> Int? {
        switch node.source {
        case .root: -1
        case .record(let number): number
        default: nil
        }
    }

    // MARK: Rows

    /// Returns how many levels below a child are open when its parent is open to `levels` levels. Rows inside
    /// a leaf show only when someone opens it, or when a filter has found them.
    package func below(_ levels: Int, _ child: Node) -> Int {
        if child.isLeaf, filter == nil { return 0 }
        return levels == .max ? .max : max(levels - 1, 0)
    }

    /// Returns the number of rows below a node that is open to `levels` levels.
    package func rows(below node: Node, levels: Int, _ document: Document) -> Int {
        guard levels > 0, node.childCount > 0 else { return 0 }
        if let set = filter?.set {
            return set.rows(before: node.childCount, below: node.path, levels: levels)
        }
        return rows(before: count(node, document), below: node, levels: levels, document)
    }

    /// Returns the number of rows before the child at a position, below a node that is open to `levels`
    /// levels.
    package func rows(before place: Int, below node: Node, levels: Int, _ document: Document) -> Int {
        guard place > 0, levels > 0 else { return 0 }
        if let set = filter?.set { return set.rows(before: place, below: node.path, levels: levels) }
        guard !node.layout.isNone else { return rows(beforeRecord: place, of: node, levels, document) }
        if let order = valueOrder(node, document) {
            let sums = sums(order, node, levels, document)
            return sums[min(place, sums.count - 1)]
        }
        let span = span(ofChildrenOf: node, document)
        guard span > 1 || node.isRange else {
            return measure.before(place, in: node.layout, levels: levels, document.store.table)
        }
        let first = node.isRange ? node.path.indices.last ?? 0 : 0
        let count = min(place.multipliedSaturated(by: span), node.childCount)
        return measure.total(
            ofElements: first..<first + count, span: span, in: node.layout, levels: levels,
            document.store.table)
    }

    /// Returns the position that holds row number `row` below a node, and the row inside that child: 0 is the
    /// child itself.
    package func locate(_ row: Int, below node: Node, levels: Int, _ document: Document) -> LayoutMeasure
        .Position?
    {
        guard row >= 0, row < rows(below: node, levels: levels, document) else { return nil }
        if let set = filter?.set { return set.locate(row, below: node.path, levels: levels) }
        if !node.layout.isNone, !node.isRange, span(ofChildrenOf: node, document) == 1,
            valueOrder(node, document) == nil
        {
            return measure.locate(row, in: node.layout, levels: levels, document.store.table)
        }
        let child = (0..<count(node, document)).binarySearch(last: {
            rows(before: $0, below: node, levels: levels, document) <= row
        })
        return .init(child: child, rest: row - rows(before: child, below: node, levels: levels, document))
    }

    private func rows(beforeRecord place: Int, of node: Node, _ levels: Int, _ document: Document) -> Int {
        if levels == 1, filter == nil { return place }
        guard let number = Self.number(node) else { return 0 }
        let key = SumsKey(record: number, levels: levels)
        if let known = sums[key], known.count == node.childCount + 1 { return known[place] }
        var result = [0]
        var sum = 0
        for place in 0..<node.childCount {
            let child = child(place, of: node, document)
            if isKept(child, document) {
                let inside = rows(below: child, levels: below(levels, child), document)
                sum = sum.addingSaturated(inside.addingSaturated(1))
            }
            result.append(sum)
        }
        sums[key] = result
        return result[place]
    }
}

/// The sort key of a member.
private enum SortedValue: Comparable {
    case number(FilterNumber)
    case text(String)
    case none

    init(_ node: Node, _ reader: ValueReader, _ document: Document) {
        if let number = reader.number(of: node)?.filterNumber {
            self = .number(number)
        } else {
            let text = document.tree.value(node).short
            self = text.isEmpty ? .none : .text(text)
        }
    }
}
