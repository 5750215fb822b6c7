import Stream

/// `migscope tree`: nodes as indented lines, in stream order.
package struct TreeExport {
    private let document: Document
    private let line: NodeLine

    package init(_ document: Document) {
        self.document = document
        line = NodeLine(document)
    }

    /// Writes what is below `start`, and `start` itself unless it is the root.
    ///
    /// - Parameters:
    ///   - depth: how many levels below `start`; nil for all.
    ///   - values: whether leaves show their value.
    ///
    /// RAM is read only when `start` lies in it, all of it for the live part. O(nodes written) and that; memory
    /// does not grow with the nodes.
    package func write(
        from start: NodePath = .root, depth: Int? = nil, values: Bool = false, to sink: inout some ByteSink
    ) {
        let readsLazyNodes = document.node(start).isLazy || document.node(start).role == .ram
        if start == document.livePart {
            document.openLivePart()
        } else if readsLazyNodes {
            document.open(start)
        }
        let node = document.node(start)
        let isRoot = start == .root
        if !isRoot { sink.write(line.text(node, in: document, level: 0, value: values)) }
        var walk = Walk(depth: depth ?? .max, values: values, readsLazyNodes: readsLazyNodes)
        walk.level = isRoot ? 0 : 1
        writeChildren(of: node, walk, to: &sink)
    }

    private struct Walk {
        package var depth: Int
        package let values: Bool
        package let readsLazyNodes: Bool
        package var level = 0
    }

    // Below a field are its bits and bytes. What they mean says nothing without their values, and the bytes
    // of a buffer that mean nothing by themselves are wanted only of that buffer.
    private func isWorthLines(_ node: Node, _ walk: Walk) -> Bool {
        !node.isLeaf || walk.values && !document.opensPlainBytes(node)
    }

    private func writeChildren(of node: Node, _ walk: Walk, to sink: inout some ByteSink) {
        guard walk.depth > 0 else { return }
        var below = walk
        below.depth -= 1
        below.level += 1
        for index in 0..<node.childCount {
            var child = document.child(index, of: node)
            sink.write(line.text(child, in: document, level: walk.level, value: walk.values))
            if child.isLazy, walk.readsLazyNodes, below.depth > 0, document.open(child.path) {
                child = document.node(child.path)
            }
            if isWorthLines(child, walk) { writeChildren(of: child, below, to: &sink) }
        }
    }
}
