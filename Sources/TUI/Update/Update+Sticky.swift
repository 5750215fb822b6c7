import Stream

extension Update {
    /// A row at the top of the tree pane for what the rows below belong to.
    struct StickyRow {
        var node: Node
        var level: Int
    }

    /// The ancestors of the first row in sight whose own rows are scrolled away. They cover as many rows.
    ///
    /// Of many the outermost and the innermost. O(rows · depth).
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

    /// Scrolls up as far as a row is covered.
    mutating func uncover(row: Int) {
        while model.treeTop > 0, row - model.treeTop < stickyRows.count { model.treeTop -= 1 }
    }
}
