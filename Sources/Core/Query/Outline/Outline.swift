import Stream

/// The open and closed state of all nodes. Rows are counted, never listed.
///
/// A node is open to a number of levels. Nodes that a person opened or closed by hand are exceptions. Lookups
/// cost O(depth · log items + exceptions). Row 0 is the first child of the root.
///
/// With a filter, only nodes that it keeps have rows. All of them are open at first, and long arrays have no
/// ranges.
package struct Outline {
    private let document: Document
    private var rootFold: Fold
    package private(set) var arrangement: TreeArrangement

    /// The open state of a node.
    private struct Fold {
        /// The number of open levels. 0: closed; 1: the children show; Int.max: everything below shows.
        package var levels: Int
        /// Whether a person closed the node. The open state inside remains for the next time.
        package var isClosed = false
        /// The children whose state differs from `levels - 1`, by position, ascending.
        package var exceptions: [(place: Int, fold: Fold)] = []
        /// The number of rows below the node.
        package var rows = 0

        package var isOpen: Bool { levels > 0 && !isClosed }
    }

    package init(_ document: Document, filter: TreeFilter? = nil) {
        self.document = document
        arrangement = TreeArrangement(.stream, filter: filter)
        rootFold = Fold(levels: filter == nil ? 1 : .max)
        rootFold = recounted(rootFold, document.tree.root, from: arrangement, document)
    }

    package var filter: TreeFilter? { arrangement.filter }
    package var order: TreeOrder { arrangement.order }
    package var rowCount: Int { rootFold.rows }

    /// Recounts rows after the tree has changed.
    package mutating func refresh(_ document: Document) { rearrange(order, document) }

    /// Changes the order of sections and members. Open nodes stay open. O(records + exceptions).
    package mutating func sort(_ order: TreeOrder, _ document: Document) {
        if order != self.order { rearrange(order, document) }
    }

    private mutating func rearrange(_ order: TreeOrder, _ document: Document) {
        let old = arrangement
        let filter = old.filter.map { $0.again(document, order: order) }
        arrangement = TreeArrangement(
            order, filter: filter, measure: order == old.order ? old.measure : nil)
        rootFold = recounted(rootFold, document.tree.root, from: old, document)
    }

    // Recounts the rows of a fold whose exceptions have positions of an earlier arrangement.
    private func recounted(
        _ fold: Fold, _ node: Node, from old: TreeArrangement, _ document: Document
    ) -> Fold {
        var result = fold
        result.exceptions = fold.exceptions.compactMap { exception in
            guard exception.place < old.count(node, document) else { return nil }
            let child = old.child(exception.place, of: node, document)
            let place = place(of: child, in: node, document)
            return (place, recounted(exception.fold, child, from: old, document))
        }.sorted { $0.place < $1.place }
        count(&result, node, document)
        return result
    }

    private func place(of child: Node, in node: Node, _ document: Document) -> Int {
        let first = node.isRange ? node.path.indices.last ?? 0 : 0
        return arrangement.place(ofChild: (child.path.indices.last ?? 0) - first, of: node, document)
    }

    // Sums up `fold.rows`; the counts of the exceptions must be correct already.
    private func count(_ fold: inout Fold, _ node: Node, _ document: Document) {
        guard fold.isOpen else {
            fold.rows = 0
            return
        }
        fold.rows = arrangement.rows(below: node, levels: fold.levels, document)
        for exception in fold.exceptions {
            fold.rows += excess(exception, node, fold, document)
        }
    }

    // The number of rows that an exception adds to the levels of its parent.
    private func excess(
        _ exception: (place: Int, fold: Fold), _ node: Node, _ fold: Fold, _ document: Document
    ) -> Int {
        let child = arrangement.child(exception.place, of: node, document)
        let levels = arrangement.below(fold.levels, child)
        return exception.fold.rows - arrangement.rows(below: child, levels: levels, document)
    }
}

extension Outline {
    /// Returns the path of the node in a row, which must be below `rowCount`.
    package func path(atRow row: Int, _ document: Document) -> NodePath {
        entry(atRow: row, document).node.path
    }

    /// Returns the node in a row, and its depth: 1 below the root.
    package func entry(atRow row: Int, _ document: Document) -> (node: Node, level: Int) {
        var node = document.tree.root
        var level = 0
        var fold = rootFold
        var rest = max(0, min(row, rowCount - 1))
        while let step = step(to: rest, node, fold, document) {
            node = arrangement.child(step.child, of: node, document)
            level += 1
            guard step.rest > 0 else { break }
            rest = step.rest - 1
            fold = childFold(step.child, node, fold, document)
        }
        return (node, level)
    }

    // The child position below an open node that holds row `row`, and the row inside that child (0: the child
    // itself).
    private func step(to row: Int, _ node: Node, _ fold: Fold, _ document: Document) -> LayoutMeasure
        .Position?
    {
        guard fold.isOpen, row < fold.rows else { return nil }
        var shift = 0
        for exception in fold.exceptions {
            let before = arrangement.rows(before: exception.place, below: node, levels: fold.levels, document)
            let start = before + shift
            guard start <= row else { break }
            let child = arrangement.child(exception.place, of: node, document)
            guard arrangement.isKept(child, document) else { continue }
            if row <= start + exception.fold.rows { return .init(child: exception.place, rest: row - start) }
            shift += excess(exception, node, fold, document)
        }
        return arrangement.locate(row - shift, below: node, levels: fold.levels, document)
    }

    private func childFold(_ place: Int, _ node: Node, _ fold: Fold, _ document: Document) -> Fold {
        if let exception = fold.exceptions.first(where: { $0.place == place }) { return exception.fold }
        var result = Fold(levels: arrangement.below(fold.levels, node))
        count(&result, node, document)
        return result
    }

    /// Returns the row of a node; nil for the root, below a closed ancestor, and for nodes that a filter
    /// hides.
    package func row(of path: NodePath, _ document: Document) -> Int? {
        guard !path.indices.isEmpty, let trail = trail(to: path, document) else { return nil }
        var row = -1
        var node = document.tree.root
        var fold = rootFold
        for step in trail {
            guard fold.isOpen else { return nil }
            row += 1 + arrangement.rows(before: step.place, below: node, levels: fold.levels, document)
            for exception in fold.exceptions where exception.place < step.place {
                row += excess(exception, node, fold, document)
            }
            node = step.node
            fold = childFold(step.place, node, fold, document)
        }
        return arrangement.isKept(node, document) ? row : nil
    }

    /// Whether the children of a node show when all its ancestors are open.
    package func isExpanded(_ path: NodePath) -> Bool {
        guard let trail = trail(to: path, document) else { return false }
        var fold = rootFold
        for step in trail {
            let levels = arrangement.below(fold.levels, step.node)
            fold = fold.exceptions.first { $0.place == step.place }?.fold ?? Fold(levels: levels)
        }
        return fold.isOpen
    }

    /// Opens one level of a node.
    package mutating func expand(_ path: NodePath, _ document: Document) {
        guard !isExpanded(path) else { return }
        change(path, document) {
            $0.isClosed = false
            $0.levels = max($0.levels, 1)
        }
    }

    /// Closes a node. The open state inside remains for the next time.
    package mutating func collapse(_ path: NodePath, _ document: Document) {
        change(path, document) { $0.isClosed = true }
    }

    /// Opens everything below a node. O(depth).
    package mutating func expandSubtree(_ path: NodePath, _ document: Document) {
        change(path, document) { $0 = Fold(levels: .max) }
    }

    /// Opens the whole tree to `levels` levels: 0 closes all, Int.max opens all.
    package mutating func setLevels(_ levels: Int, _ document: Document) {
        rootFold = Fold(levels: levels == .max ? .max : max(levels, 0) + 1)
        refresh(document)
    }

    /// Opens all rows that lead to a node.
    package mutating func reveal(_ path: NodePath, _ document: Document) {
        for ancestor in ancestors(of: path, document) { expand(ancestor.path, document) }
    }

    private mutating func change(_ path: NodePath, _ document: Document, _ body: (inout Fold) -> Void) {
        guard let trail = trail(to: path, document) else { return }
        var root = rootFold
        change(&root, trail[...], document.tree.root, document, body)
        rootFold = root
    }

    private func change(
        _ fold: inout Fold, _ trail: ArraySlice<Step>, _ node: Node, _ document: Document,
        _ body: (inout Fold) -> Void
    ) {
        if let step = trail.first {
            let index = fold.exceptions.firstIndex { $0.place >= step.place } ?? fold.exceptions.endIndex
            if index == fold.exceptions.endIndex || fold.exceptions[index].place != step.place {
                var inner = Fold(levels: arrangement.below(fold.levels, step.node))
                count(&inner, step.node, document)
                fold.exceptions.insert((step.place, inner), at: index)
            }
            change(&fold.exceptions[index].fold, trail.dropFirst(), step.node, document, body)
        } else {
            let wasOpen = fold.isOpen
            body(&fold)
            if !wasOpen { fold = recounted(fold, node, from: arrangement, document) }
        }
        count(&fold, node, document)
    }
}

extension Outline {
    /// The state of a node that someone opened or closed.
    package struct FoldMark: Equatable, Sendable {
        package var path: NodePath
        /// The number of open levels below the node. 0: none, Int.max: all.
        package var levels: Int
        /// Whether a person closed the node. Reopening it restores the open state inside.
        package var isClosed: Bool

        package init(path: NodePath, levels: Int, isClosed: Bool) {
            self.path = path
            self.levels = levels
            self.isClosed = isClosed
        }
    }

    /// Returns the differences from an untouched tree, the root first; at most `limit`. O(exceptions).
    package func foldMarks(limit: Int) -> [FoldMark] {
        var marks = [FoldMark(path: .root, levels: rootFold.levels, isClosed: false)]
        collect(rootFold, document.tree.root, limit, &marks)
        return marks
    }

    private func collect(_ fold: Fold, _ node: Node, _ limit: Int, _ marks: inout [FoldMark]) {
        for exception in fold.exceptions {
            guard marks.count < limit else { return }
            guard exception.place < arrangement.count(node, document) else { continue }
            let child = arrangement.child(exception.place, of: node, document)
            marks.append(
                FoldMark(path: child.path, levels: exception.fold.levels, isClosed: exception.fold.isClosed))
            collect(exception.fold, child, limit, &marks)
        }
    }

    /// Restores the state from marks, in the order in which `foldMarks` returns them.
    package mutating func restore(_ marks: [FoldMark], _ document: Document) {
        for mark in marks {
            if mark.path == .root {
                rootFold = Fold(levels: max(mark.levels, 1))
                refresh(document)
            } else {
                change(mark.path, document) {
                    $0.levels = max(mark.levels, 0)
                    $0.isClosed = mark.isClosed
                }
            }
        }
        refresh(document)
    }
}
