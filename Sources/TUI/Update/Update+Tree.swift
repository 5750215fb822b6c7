import Compare
import Query
import Stream

extension Update {
    /// Selects a node whose ancestors may be closed, and shows its first byte.
    ///
    /// After a jump, a node that was out of sight appears with some context; a step scrolls as little as
    /// possible.
    mutating func select(_ path: NodePath, isJump: Bool = false) {
        let node = document.tree.node(path)
        model.selection = node.path
        synchronize()
        if isJump { endFilter(hiding: model.selection) }
        model.outline.reveal(model.selection, document)
        model.hexCursor = clampedOffset(node.offset)
        revealSelection(isJump: isJump)
        revealHexCursor(node.range)
    }

    /// Scrolls the tree to make the selection visible. When the selection is inside a closed node, that node
    /// becomes the selection.
    mutating func revealSelection(isJump: Bool = false) {
        let row = selectRow()
        let height = max(layout.tree?.height ?? 1, 1)
        if row < model.treeTop || row >= model.treeTop + height {
            let isNear = row >= model.treeTop - height / 2 && row < model.treeTop + height + height / 2
            let minimal = row < model.treeTop ? row : row - height + 1
            model.treeTop = isNear && !isJump ? minimal : row - height / 2
        }
        clampTreeTop()
        uncover(row: row)
    }

    /// Scrolls the tree so that the rows after the selection are visible, for reading on.
    mutating func showInUpperThird() {
        let row = selectRow()
        model.treeTop = row - max(layout.tree?.height ?? 1, 1) / 3
        clampTreeTop()
        uncover(row: row)
    }

    mutating func clampTreeTop() {
        let height = max(layout.tree?.height ?? 1, 1)
        model.treeTop = max(0, min(model.treeTop, model.outline.rowCount - height))
    }

    /// Returns the row of the selection; moves the selection up to the first node that has a row.
    @discardableResult
    private mutating func selectRow() -> Int {
        var path = model.selection
        while true {
            if let row = model.outline.row(of: path, document) {
                model.selection = path
                return row
            }
            guard let parent = model.outline.parent(of: path, document), parent != .root else { return 0 }
            path = parent
        }
    }

    /// The row of the selection; 0 when it has none.
    var selectedRow: Int { model.outline.row(of: model.selection, document) ?? 0 }

    mutating func select(row: Int) {
        guard model.outline.rowCount > 0 else { return }
        select(model.outline.path(atRow: min(max(row, 0), model.outline.rowCount - 1), document))
    }

    var selectedNode: Node { document.tree.node(model.selection) }

    /// Whether the children of a node show. Those of an unread node do not, even when everything is open.
    func isOpen(_ node: Node) -> Bool {
        hasRowsBelow(node) && !node.isLazy && model.outline.isExpanded(node.path)
    }

    /// Whether a node can be opened in the visible tree: a filter may hide everything below it.
    func hasRowsBelow(_ node: Node) -> Bool {
        guard model.unfiltered != nil else { return node.isExpandable }
        return model.outline.childCount(of: node, document) > 0
    }

    // MARK: Open and close

    /// Opens the node, or goes to the first child.
    mutating func moveRight() {
        let node = selectedNode
        if hasRowsBelow(node), !isOpen(node) {
            expand(node.path)
        } else if let first = model.outline.firstChild(of: node, document) {
            select(first)
        }
    }

    /// Closes the node, or goes to the parent.
    mutating func moveLeft() {
        if isOpen(selectedNode) {
            collapse(model.selection)
        } else {
            moveToParent(1)
        }
    }

    mutating func toggle() {
        guard hasRowsBelow(selectedNode) else { return }
        if isOpen(selectedNode) {
            collapse(model.selection)
        } else {
            expand(model.selection)
        }
    }

    private mutating func expand(_ path: NodePath) {
        readIfLazy(path)
        model.outline.expand(path, document)
        showChildren(of: path)
    }

    mutating func expandSubtree() {
        readIfLazy(model.selection)
        model.outline.expandSubtree(model.selection, document)
        showChildren(of: model.selection)
    }

    private mutating func readIfLazy(_ path: NodePath) {
        if document.tree.node(path).isLazy { read(path) }
    }

    // Scrolls so that as many children as possible are visible below the node.
    private mutating func showChildren(of path: NodePath) {
        revealSelection()
        let height = max(layout.tree?.height ?? 1, 1)
        guard let row = model.outline.row(of: path, document) else { return }
        let last = row + min(model.outline.childCount(of: document.tree.node(path), document), height - 1)
        if last >= model.treeTop + height { model.treeTop = min(row, last - height + 1) }
        clampTreeTop()
        uncover(row: row)
    }

    private mutating func collapse(_ path: NodePath) {
        model.outline.collapse(path, document)
        afterFolding()
    }

    /// Opens the tree to this many levels below the sections.
    mutating func setLevels(_ levels: Int) {
        model.outline.setLevels(levels, document)
        afterFolding()
    }

    // When the selection is inside a closed node now, its visible ancestor replaces it.
    private mutating func afterFolding() {
        let before = model.selection
        revealSelection()
        if model.selection != before { select(model.selection) }
    }
}

extension Update {
    /// Switches to the next order of sections and members; the selection stays.
    mutating func sort() { sort(model.outline.order.next) }

    private mutating func sort(_ order: TreeOrder) {
        guard model.outline.filter?.set == nil else {
            return fail(
                "matches of a condition keep the stream's order; \(keymap.hint(.cancel)) shows all")
        }
        // From the first row, show the start of a new order; elsewhere keep the selection visible.
        let isAtStart = selectedRow == 0 && order != .stream
        model.outline.sort(order, document)
        if isAtStart { select(row: 0) } else { revealSelection() }
        note("sorted by \(order.title)")
    }

    /// Sorts by a column, given as a word or a prefix of it; a minus sign reverses the order. Returns false
    /// for an unknown word.
    mutating func sort(by word: String) -> Bool {
        let isReversed = word.hasPrefix("-")
        let name = word.drop { $0 == "-" }
        let columns: [TreeOrder.Column] = [.size, .name, .type, .value, .stream]
        guard !name.isEmpty, let column = columns.first(where: { $0.rawValue.hasPrefix(name) })
        else { return false }
        sort(TreeOrder(column, isReversed: isReversed))
        return true
    }

    /// Shows or hides shares. They come with the largest first, unless the user has chosen an order.
    mutating func toggleShares() {
        model.showsShares.toggle()
        switch (model.showsShares, model.outline.order) {
        case (true, .stream) where model.outline.filter?.set == nil:
            sort(.size)
            remember()
            if let largest = model.outline.sibling(-.max, of: model.selection, document) { select(largest) }
        case (false, .size): sort(.stream)
        default: break
        }
    }
}

extension Update {
    /// A row at the top of the tree pane for an ancestor of the rows below.
    struct StickyRow {
        var node: Node
        var level: Int
    }

    /// The ancestors of the first visible row whose own rows are scrolled away. They cover the same number of
    /// rows.
    ///
    /// When there are too many, the outermost and the innermost. O(rows · depth).
    var stickyRows: [StickyRow] {
        guard let height = layout.tree?.height, height >= 8, model.treeTop > 0 else { return [] }
        let limit = min(height / 3, 5)
        var count = 0
        while model.treeTop + count < model.outline.rowCount {
            let path = model.outline.path(atRow: model.treeTop + count, document)
            let ancestors = model.outline.ancestors(of: path, document)
            guard ancestors.count > count, count < limit else {
                let rows = ancestors.enumerated().map { StickyRow(node: $1, level: $0 + 1) }
                return rows.count <= limit ? rows : [rows[0]] + rows.suffix(limit - 1)
            }
            count += 1
        }
        return []
    }

    /// Scrolls up until the row is not covered.
    mutating func uncover(row: Int) {
        while model.treeTop > 0, row - model.treeTop < stickyRows.count { model.treeTop -= 1 }
    }
}
