extension Outline {
    /// Whether a node has a row once its ancestors are open.
    public func shows(_ node: Node, _ document: Document) -> Bool { filter?.keeps(node, document) ?? true }

    /// How many children of a node show. O(1) for fields, O(children) for groups of records.
    public func childCount(of node: Node, _ document: Document) -> Int {
        guard let filter else { return node.childCount }
        guard node.layout.isNone else { return filter.measure.total(node.layout, levels: 1, document.table) }
        return shownRecords(of: node, document).count
    }

    /// The child that is `steps` shown ones away from child `index` (-1: from before the first), at most the
    /// first or the last; nil when none shows.
    public func child(_ steps: Int, from index: Int, of node: Node, _ document: Document) -> Int? {
        guard let filter else {
            guard node.childCount > 0 else { return nil }
            return min(max(index.addingSaturated(steps), 0), node.childCount - 1)
        }
        let table = document.table
        if node.layout.isNone {
            let shown = shownRecords(of: node, document)
            let rank = shown.firstIndex { $0 >= index } ?? shown.count
            return Self.place(rank, index, steps, shown.count).map { shown[$0] }
        }
        let count = filter.measure.total(node.layout, levels: 1, table)
        let rank = filter.measure.before(max(index, 0), in: node.layout, levels: 1, table)
        let place = Self.place(rank, index, steps, count)
        return place.flatMap { filter.measure.locate($0, in: node.layout, levels: 1, table)?.child }
    }

    private static func place(_ rank: Int, _ index: Int, _ steps: Int, _ count: Int) -> Int? {
        guard count > 0 else { return nil }
        return min(max((index < 0 ? -1 : rank).addingSaturated(steps), 0), count - 1)
    }

    private func shownRecords(of node: Node, _ document: Document) -> [Int] {
        (0..<node.childCount).filter { shows(document.child($0, of: node), document) }
    }
}
