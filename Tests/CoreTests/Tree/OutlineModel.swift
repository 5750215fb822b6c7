@testable import Core

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
                if path.isPrefix(of: node.path) { return isOpenAtFirst || !node.isLeaf }
            case .setLevels(let levels):
                return node.path.depth <= levels && (isOpenAtFirst || !node.isLeaf)
            }
        }
        return isOpenAtFirst
    }

    /// The paths of all rows.
    func rows(_ document: Document) -> [NodePath] {
        var result: [NodePath] = []
        func visit(_ node: Node) {
            for index in 0..<node.childCount {
                let child = document.child(index, of: node)
                guard keeps(child) else { continue }
                result.append(child.path)
                if isOpen(child, document) { visit(child) }
            }
        }
        visit(document.root)
        return result
    }
}
