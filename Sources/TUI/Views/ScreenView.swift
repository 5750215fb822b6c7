import Bytes
import Meaning

/// Draws the whole screen.
struct ScreenView {
    let state: Update
    let theme: Theme

    init(_ state: Update) {
        self.state = state
        theme = Theme.theme(for: state.model.look)
    }

    /// O(cells).
    func frame() -> Frame {
        let layout = state.layout
        var grid = Grid(state.size)
        if let y = layout.titleY { TitleView(state, theme).draw(&grid, y: y) }
        FrameView(state, theme).draw(&grid)
        if let overlay = state.model.overlay {
            overlay.view.draw(&grid, state, theme)
        } else {
            if let rect = layout.tree { TreeView(state, theme).draw(&grid, rect) }
            if let rect = layout.hex {
                var hex = HexView(state, theme)
                hex.draw(&grid, rect)
            }
            if let rect = layout.details { drawDetails(&grid, rect) }
        }
        CandidatesView(state, theme).draw(&grid)
        let cursor = layout.statusY.flatMap { StatusView(state, theme).draw(&grid, y: $0) }
        TutorView(state, theme).draw(&grid)
        if state.model.look.ascii { grid.reduceToASCII() }
        return Frame(grid: grid, cursor: cursor ?? grid.cursor.map { ($0.x, $0.y) })
    }

    private func drawDetails(_ grid: inout Grid, _ rect: Rect) {
        if state.model.isInspecting {
            InspectorView(state, theme).draw(&grid, rect)
        } else {
            DetailsView(state, theme).draw(&grid, rect)
        }
    }
}
