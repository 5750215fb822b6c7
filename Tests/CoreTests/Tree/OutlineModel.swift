import Query
import Stream

/// What an outline must be, told from all that was done to it: the last act that concerns a node decides.
struct OutlineModel {
    enum Act {
        case expand(NodePath)
        case collapse(NodePath)
        case expandSubtree(NodePath)
        case setLevels(Int)
        case reveal(NodePath)
    }

    private var acts: [Act] = []
    /// Which nodes have a row.
    var keeps: (Node) -> Bool = { _ in true }
    /// Whether all is open at first, what is inside leaves too.
    var isOpenAtFirst = false
    /// Without a filter long arrays show ranges.
    var hasRanges = true
    var order = TreeOrder.stream

    mutating func apply(_ act: Act, to outline: inout Outline, _ document: Document) {
        acts.append(act)
        switch act {
        case .expand(let path): outline.expand(path, document)
        case .collapse(let path): outline.collapse(path, document)
        case .expandSubtree(let path): outline.expandSubtree(path, document)
        case .setLevels(let levels): outline.setLevels(levels, document)
        case .reveal(let path): outline.reveal(path, document)
        }
    }

    /// Whether the children of a node show, once its ancestors are open.
    func isOpen(_ node: Node, _ document: Document) -> Bool {
        for act in acts.reversed() {
            switch act {
            case .expand(let path): if path == node.path { return true }
            case .collapse(let path): if path == node.path { return false }
            case .reveal(let path): if node.path.isPrefix(of: path), node.path != path { return true }
            case .expandSubtree(let path):
                if path == node.path { return true }
                if path.isPrefix(of: node.path) {
                    // Of bytes that someone opened the ranges are open too.
                    let isInside = node.isRange && path.depth + 1 >= node.path.depth
                    return isInside || opens(node, document)
                }
            case .setLevels(let levels):
                return level(of: node.path, document) <= levels && opens(node, document)
            }
        }
        return isOpenAtFirst
    }

    // Whether a node opens with what holds it; leaves, and the ranges inside them, only where a filter opens all.
    private func opens(_ node: Node, _ document: Document) -> Bool {
        let isLeaf =
            node.isRange ? node.path.parent.map { document.tree.node($0).isLeaf } ?? false : node.isLeaf
        return isOpenAtFirst || !isLeaf
    }

    /// How many rows lead to a node.
    private func level(of path: NodePath, _ document: Document) -> Int {
        guard let parent = path.parent else { return 0 }
        let array = document.tree.node(parent)
        var ranges = 0
        if hasRanges, !array.layout.isNone, document.store.table[array.layout].kind == .array {
            var span = 100
            while span < array.childCount {
                if span > path.span { ranges += 1 }
                span *= 100
            }
        }
        return level(of: parent, document) + ranges + 1
    }

    /// What stands directly below a node.
    func children(_ node: Node, _ document: Document) -> [Node] {
        var nodes = (0..<node.childCount).map { document.tree.child($0, of: node) }
        guard !node.layout.isNone, document.store.table[node.layout].kind == .array else {
            return sorted(nodes, document)
        }
        var span = 1
        while hasRanges, nodes.count > 100 {
            span *= 100
            nodes = stride(from: 0, to: nodes.count, by: 100).map { start in
                document.tree.node(NodePath(nodes[start].path.indices, span: span))
            }
        }
        return nodes
    }

    private func sorted(_ nodes: [Node], _ document: Document) -> [Node] {
        let name = { (node: Node) in Array(document.store.table.names.bytes(document.tree.nameID(of: node))) }
        let numbered = Array(nodes.enumerated())
        // Whether the first comes before the second by what is compared alone.
        let precedes: (Node, Node) -> Bool =
            switch order.column {
            case .stream: { $0.offset < $1.offset }
            case .size: { $0.size > $1.size }
            case .name: { name($0).lexicographicallyPrecedes(name($1)) }
            case .type:
                {
                    Array(document.tree.typeName($0).utf8).lexicographicallyPrecedes(
                        Array(document.tree.typeName($1).utf8))
                }
            case .value: { _, _ in false }
            }
        let result = numbered.sorted { left, right in
            if order.column == .stream { return order.isReversed != (left.offset < right.offset) }
            if precedes(left.element, right.element) { return !order.isReversed }
            if precedes(right.element, left.element) { return order.isReversed }
            return left.offset < right.offset
        }
        return result.map(\.element)
    }

    /// The paths of all rows.
    func rows(_ document: Document) -> [NodePath] {
        var result: [NodePath] = []
        func visit(_ node: Node) {
            for child in children(node, document) where keeps(child) {
                result.append(child.path)
                if isOpen(child, document) { visit(child) }
            }
        }
        visit(document.tree.root)
        return result
    }
}
