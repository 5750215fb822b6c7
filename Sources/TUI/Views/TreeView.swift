import Meaning
import Stream

/// The tree pane. O(visible rows).
struct TreeView {
    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    func draw(_ grid: inout Grid, _ rect: Rect) {
        let outline = state.model.outline
        let sticky = state.stickyRows
        for row in 0..<max(0, min(rect.height, outline.rowCount - state.model.treeTop)) {
            let line = Rect(x: rect.x, y: rect.y + row, width: rect.width, height: 1)
            if row < sticky.count {
                draw(&grid, line, sticky[row].node, level: sticky[row].level)
                // The line under them.
                if row + 1 == sticky.count { restyle(&grid, line, theme.sticky) }
            } else {
                let (node, level) = outline.entry(atRow: state.model.treeTop + row, state.document)
                draw(&grid, line, node, level: level)
            }
        }
    }

    private func draw(_ grid: inout Grid, _ line: Rect, _ node: Node, level: Int) {
        TreeRowView(state, theme, node, level: level).draw(&grid, line)
        MarksView(state, theme).drawSigns(&grid, line, node.path, level: level)
        EditSignsView(state, theme).draw(&grid, line, node, level: level)
        if node.path == state.model.selection { mark(&grid, line, level: level) }
    }

    private func restyle(_ grid: inout Grid, _ line: Rect, _ overlay: Theme.Overlay) {
        grid.restyle(x: line.x, y: line.y, width: line.width) { overlay($0) }
    }

    private func mark(_ grid: inout Grid, _ line: Rect, level: Int) {
        let isActive = state.model.activePane == .tree
        if isActive {
            let x = TreeRowView.glyphX(level: level, width: line.width) + 2
            grid.placeCursor(x: line.x + min(x, line.width - 1), y: line.y)
        }
        if theme.hasMarks { grid[line.x, line.y] = Cell(">", style: .normal) }
        grid.restyle(x: line.x, y: line.y, width: line.width) {
            isActive ? theme.selection($0) : theme.idleSelection($0)
        }
    }
}
