import Core

/// The tree pane. O(visible rows).
struct TreeView {
    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    func draw(_ grid: inout Grid, _ rect: Rect) {
        let model = state.model
        for row in 0..<max(0, min(rect.height, model.outline.rowCount - model.treeTop)) {
            let path = model.outline.path(atRow: model.treeTop + row, state.document)
            let line = Rect(x: rect.x, y: rect.y + row, width: rect.width, height: 1)
            TreeRowView(state, theme, state.document.node(path)).draw(&grid, line)
            MarksView(state, theme).drawSigns(&grid, line, path)
            if path == model.selection { mark(&grid, line, path) }
        }
    }

    private func mark(_ grid: inout Grid, _ line: Rect, _ path: NodePath) {
        let isActive = state.model.activePane == .tree
        if isActive {
            let x = TreeRowView.glyphX(depth: path.depth, width: line.width) + 2
            grid.placeCursor(x: line.x + min(x, line.width - 1), y: line.y)
        }
        if theme.hasMarks { grid[line.x, line.y] = Cell(">", style: .normal) }
        grid.restyle(x: line.x, y: line.y, width: line.width) {
            isActive ? theme.selection($0) : theme.idleSelection($0)
        }
    }
}
