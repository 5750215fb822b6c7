import Stream

/// The signs of edits in the tree.
struct EditSignsView {
    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    /// Draws the sign in the row of a node, in the free column after its glyph.
    func draw(_ grid: inout Grid, _ line: Rect, _ node: Node, level: Int) {
        guard let kind = state.editKind(of: node) else { return }
        var x = line.x + TreeRowView.glyphX(level: level, width: line.width) + 1
        guard x < line.right else { return }
        // A tag or a note uses the column after the glyph.
        if grid[x, line.y].scalar != " ", x - 2 >= line.x { x -= 2 }
        grid[x, line.y] = Cell(kind == .dropped ? EditSigns.dropped : EditSigns.changed, style: theme.match)
    }
}
