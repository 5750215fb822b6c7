/// Which nodes are open. Rows are counted, never listed.
///
/// A node is open to a number of levels; what a person opened or closed by hand is kept as an exception.
/// Lookups cost O(depth · log items + exceptions). Row 0 is the first child of the root.
///
/// With a filter only what it keeps has rows, and all of that is open at first.
public struct Outline {
    public private(set) var filter: TreeFilter?
    private let document: Document
    private var rootFold: Fold
    private var measure: LayoutMeasure

    /// How far a node is open.
    private struct Fold {
        /// 0: closed; 1: its children show; Int.max: everything below shows.
        var levels: Int
        /// Closed by hand: what was open inside stays so for the next time.
        var isClosed = false
        /// Children that differ from `levels - 1`, by child number, ascending.
        var exceptions: [(child: Int, fold: Fold)] = []
        /// Rows below the node.
        var rows = 0

        var isOpen: Bool { levels > 0 && !isClosed }
    }

    public init(_ document: Document, filter: TreeFilter? = nil) {
        self.document = document
        self.filter = filter
        measure = filter?.measure ?? LayoutMeasure { _ in 1 }
        rootFold = Fold(levels: filter == nil ? 1 : .max)
        refresh(document)
    }

    public var rowCount: Int { rootFold.rows }

    /// Counts again after the tree has changed.
    public mutating func refresh(_ document: Document) {
        if let search = filter?.search {
            let filter = TreeFilter(search.again(document), document)
            self.filter = filter
            measure = filter.measure
        }
        rootFold = recounted(rootFold, document.root, document)
    }

    private func recounted(_ fold: Fold, _ node: Node, _ document: Document) -> Fold {
        var result = fold
        result.exceptions = fold.exceptions.filter { $0.child < node.childCount }.map { exception in
            (exception.child, recounted(exception.fold, document.child(exception.child, of: node), document))
        }
        count(&result, node, document)
        return result
    }

    // Sums up `fold.rows`; those of the exceptions are right already.
    private func count(_ fold: inout Fold, _ node: Node, _ document: Document) {
        guard fold.isOpen else {
            fold.rows = 0
            return
        }
        fold.rows = defaultRows(node, fold.levels, document)
        for exception in fold.exceptions {
            let child = document.child(exception.child, of: node)
            fold.rows += exception.fold.rows - defaultRows(child, below(fold.levels, child), document)
        }
    }

    private func below(_ levels: Int) -> Int { levels == .max ? .max : max(levels - 1, 0) }

    // What is inside a leaf shows only where somebody opens it, or where a filter has found it.
    private func below(_ levels: Int, _ child: Node) -> Int {
        child.isLeaf && filter == nil ? 0 : below(levels)
    }

    /// The rows below a node that is open to `levels` levels without exceptions.
    private func defaultRows(_ node: Node, _ levels: Int, _ document: Document) -> Int {
        guard levels > 0 else { return 0 }
        guard node.layout.isNone else { return measure.total(node.layout, levels: levels, document.table) }
        if levels == 1, filter == nil { return node.childCount }
        var sum = 0
        for index in 0..<node.childCount {
            sum = sum.addingSaturated(rows(document.child(index, of: node), below(levels), document))
        }
        return sum
    }

    /// The row of a node itself and those below it.
    private func rows(_ node: Node, _ levels: Int, _ document: Document) -> Int {
        isKept(node, document) ? defaultRows(node, levels, document).addingSaturated(1) : 0
    }

    private func isKept(_ node: Node, _ document: Document) -> Bool { filter?.keeps(node, document) ?? true }
}

extension Outline {
    /// The node in a row, which must be below `rowCount`.
    public func path(atRow row: Int, _ document: Document) -> NodePath {
        var node = document.root
        var fold = rootFold
        var rest = max(0, min(row, rowCount - 1))
        while let step = step(to: rest, node, fold, document) {
            node = document.child(step.child, of: node)
            guard step.rest > 0 else { break }
            rest = step.rest - 1
            fold = childFold(step.child, node, fold, document)
        }
        return node.path
    }

    // The child of an open node that holds row `row`, and the row inside it (0: the child itself).
    private func step(to row: Int, _ node: Node, _ fold: Fold, _ document: Document) -> LayoutMeasure.Place? {
        guard fold.isOpen, row < fold.rows else { return nil }
        var shift = 0
        for exception in fold.exceptions {
            let start = rowsBefore(exception.child, node, fold.levels, document) + shift
            guard start <= row else { break }
            let child = document.child(exception.child, of: node)
            guard isKept(child, document) else { continue }
            if row <= start + exception.fold.rows { return .init(child: exception.child, rest: row - start) }
            shift += exception.fold.rows - defaultRows(child, below(fold.levels, child), document)
        }
        return locate(row - shift, node, fold.levels, document)
    }

    private func rowsBefore(_ child: Int, _ node: Node, _ levels: Int, _ document: Document) -> Int {
        guard node.layout.isNone else {
            return measure.before(child, in: node.layout, levels: levels, document.table)
        }
        var sum = 0
        for index in 0..<child { sum += rows(document.child(index, of: node), below(levels), document) }
        return sum
    }

    private func locate(_ row: Int, _ node: Node, _ levels: Int, _ document: Document) -> LayoutMeasure.Place?
    {
        guard node.layout.isNone else {
            return measure.locate(row, in: node.layout, levels: levels, document.table)
        }
        if levels == 1, filter == nil { return .init(child: row, rest: 0) }
        var rest = row
        for index in 0..<node.childCount {
            let rows = rows(document.child(index, of: node), below(levels), document)
            if rest < rows { return .init(child: index, rest: rest) }
            rest -= rows
        }
        return nil
    }

    private func childFold(_ child: Int, _ node: Node, _ fold: Fold, _ document: Document) -> Fold {
        if let exception = fold.exceptions.first(where: { $0.child == child }) { return exception.fold }
        var result = Fold(levels: below(fold.levels, node))
        count(&result, node, document)
        return result
    }

    /// The row of a node; nil for the root, while an ancestor is folded, and for what a filter hides.
    public func row(of path: NodePath, _ document: Document) -> Int? {
        guard !path.indices.isEmpty else { return nil }
        var row = -1
        var node = document.root
        var fold = rootFold
        for index in path.indices {
            guard fold.isOpen, index < node.childCount else { return nil }
            row += 1 + rowsBefore(index, node, fold.levels, document)
            for exception in fold.exceptions where exception.child < index {
                let child = document.child(exception.child, of: node)
                row += exception.fold.rows - defaultRows(child, below(fold.levels, child), document)
            }
            node = document.child(index, of: node)
            fold = childFold(index, node, fold, document)
        }
        return isKept(node, document) ? row : nil
    }

    /// Whether the children of a node show, once its ancestors are open.
    public func isExpanded(_ path: NodePath) -> Bool {
        var fold = rootFold
        var node = document.root
        for index in path.indices {
            guard index < node.childCount else { return false }
            node = document.child(index, of: node)
            fold = fold.exceptions.first { $0.child == index }?.fold ?? Fold(levels: below(fold.levels, node))
        }
        return fold.isOpen
    }

    /// Opens one level of a node.
    public mutating func expand(_ path: NodePath, _ document: Document) {
        guard !isExpanded(path) else { return }
        change(path, document) {
            $0.isClosed = false
            $0.levels = max($0.levels, 1)
        }
    }

    /// Closes a node; what was open inside stays so for the next time.
    public mutating func collapse(_ path: NodePath, _ document: Document) {
        change(path, document) { $0.isClosed = true }
    }

    /// Opens everything below a node. O(depth), whatever is below.
    public mutating func expandSubtree(_ path: NodePath, _ document: Document) {
        change(path, document) { $0 = Fold(levels: .max) }
    }

    /// Opens the whole tree to `levels` levels: 0 closes all, Int.max opens all.
    public mutating func setLevels(_ levels: Int, _ document: Document) {
        rootFold = Fold(levels: levels == .max ? .max : max(levels, 0) + 1)
        refresh(document)
    }

    /// Opens all ancestors of a node.
    public mutating func reveal(_ path: NodePath, _ document: Document) {
        for depth in 1..<max(path.depth, 1) { expand(NodePath(Array(path.indices.prefix(depth))), document) }
    }

    private mutating func change(_ path: NodePath, _ document: Document, _ body: (inout Fold) -> Void) {
        var root = rootFold
        change(&root, path.indices[...], document.root, document, body)
        rootFold = root
    }

    private func change(
        _ fold: inout Fold, _ path: ArraySlice<Int>, _ node: Node, _ document: Document,
        _ body: (inout Fold) -> Void
    ) {
        if let index = path.first {
            guard index < node.childCount else { return }
            let child = document.child(index, of: node)
            let place = fold.exceptions.firstIndex { $0.child >= index } ?? fold.exceptions.endIndex
            if place == fold.exceptions.endIndex || fold.exceptions[place].child != index {
                var inner = Fold(levels: below(fold.levels, child))
                count(&inner, child, document)
                fold.exceptions.insert((index, inner), at: place)
            }
            change(&fold.exceptions[place].fold, path.dropFirst(), child, document, body)
        } else {
            let wasOpen = fold.isOpen
            body(&fold)
            if !wasOpen { fold = recounted(fold, node, document) }
        }
        count(&fold, node, document)
    }
}

extension Outline {
    /// A node that somebody opened or closed.
    public struct FoldMark: Equatable, Sendable {
        public var path: NodePath
        /// How many levels below it are open; 0: none, Int.max: all.
        public var levels: Int
        /// Closed by hand: what is open inside shows when it is opened again.
        public var isClosed: Bool

        public init(path: NodePath, levels: Int, isClosed: Bool) {
            self.path = path
            self.levels = levels
            self.isClosed = isClosed
        }
    }

    /// What differs from a tree that nobody touched, the root first; at most `limit`. O(exceptions).
    public func foldMarks(limit: Int) -> [FoldMark] {
        var marks = [FoldMark(path: .root, levels: rootFold.levels, isClosed: false)]
        collect(rootFold, .root, limit, &marks)
        return marks
    }

    private func collect(_ fold: Fold, _ path: NodePath, _ limit: Int, _ marks: inout [FoldMark]) {
        for exception in fold.exceptions {
            guard marks.count < limit else { return }
            let child = path.appending(exception.child)
            marks.append(
                FoldMark(path: child, levels: exception.fold.levels, isClosed: exception.fold.isClosed))
            collect(exception.fold, child, limit, &marks)
        }
    }

    /// Opens and closes as the marks say, which come as `foldMarks` gives them.
    public mutating func restore(_ marks: [FoldMark], _ document: Document) {
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
