import Stream

extension Outline {
    /// One row on the path to a node.
    package struct Step {
        /// The position among the rows of the previous step.
        package var place: Int
        package var node: Node
    }

    /// Returns the rows that lead to a node, including ranges, and its own row; nil when there is no such
    /// node. O(depth · log items).
    package func trail(to path: NodePath, _ document: Document) -> [Step]? {
        var trail: [Step] = []
        var node = document.tree.root
        for (depth, index) in path.indices.enumerated() {
            guard index >= 0, index < node.childCount else { return nil }
            let wanted = depth + 1 == path.depth ? path.span : 1
            while true {
                let first = node.isRange ? node.path.indices.last ?? 0 : 0
                let span = arrangement.span(ofChildrenOf: node, document)
                guard span >= wanted else { return nil }
                let place = arrangement.place(ofChild: index - first, of: node, document)
                node = arrangement.child(place, of: node, document)
                trail.append(Step(place: place, node: node))
                if span == wanted { break }
            }
        }
        return trail
    }

    /// Returns the nodes and ranges whose rows lead to a node, outermost first, without the root.
    package func ancestors(of path: NodePath, _ document: Document) -> [Node] {
        trail(to: path, document)?.dropLast().map(\.node) ?? []
    }

    /// Returns the parent row of a node: a node or a range; the root for the outermost.
    package func parent(of path: NodePath, _ document: Document) -> NodePath? {
        guard let trail = trail(to: path, document) else { return path.parent }
        return trail.isEmpty ? nil : trail.dropLast().last?.node.path ?? .root
    }

    /// Whether a node has a row when all its ancestors are open.
    package func shows(_ node: Node, _ document: Document) -> Bool { arrangement.isKept(node, document) }

    /// Returns the number of rows for the children of a node. O(1) for fields, O(children) for groups of
    /// records.
    package func childCount(of node: Node, _ document: Document) -> Int {
        arrangement.rows(below: node, levels: 1, document)
    }

    /// Returns the first visible child, or the first range; nil when there is none.
    package func firstChild(of node: Node, _ document: Document) -> NodePath? {
        guard let place = arrangement.locate(0, below: node, levels: 1, document) else { return nil }
        return arrangement.child(place.child, of: node, document).path
    }

    /// Returns the sibling `steps` visible siblings away, clamped to the first and the last. From the
    /// elements of a range it continues into the next range.
    package func sibling(_ steps: Int, of path: NodePath, _ document: Document) -> NodePath? {
        guard let own = path.indices.last, let parent = path.parent.map({ document.tree.node($0) }),
            own < parent.childCount
        else { return nil }
        if arrangement.span(ofChildrenOf: parent, document) > 1 {
            let (distance, overflow) = steps.multipliedReportingOverflow(by: path.span)
            let last = (parent.childCount - 1) / path.span * path.span
            let target = overflow ? (steps < 0 ? 0 : last) : own.addingSaturated(distance)
            return NodePath(parent.path.indices + [min(max(target, 0), last)], span: path.span)
        }
        let place = arrangement.place(ofChild: own, of: parent, document)
        let rank = arrangement.rows(before: place, below: parent, levels: 1, document)
        let last = childCount(of: parent, document) - 1
        let target = min(max(rank.addingSaturated(steps), 0), last)
        guard let found = arrangement.locate(target, below: parent, levels: 1, document) else { return nil }
        return arrangement.child(found.child, of: parent, document).path
    }
}
