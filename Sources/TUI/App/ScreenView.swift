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

    /// Draws the frame. O(cells).
    func frame() -> Frame {
        let layout = state.layout
        var grid = Grid(state.size)
        if let y = layout.titleY { TitleView(state, theme).draw(&grid, y: y) }
        FrameView(state, theme).draw(&grid)
        if let overlay = state.model.overlay {
            overlay.view.draw(&grid, state, theme)
        } else {
            for pane in Pane.allCases {
                if let rect = layout.rect(of: pane) { pane.view.draw(&grid, rect, state, theme) }
            }
        }
        CandidatesView(state, theme).draw(&grid)
        ContinuationsView(state, theme).draw(&grid)
        let cursor = layout.statusY.flatMap { StatusView(state, theme).draw(&grid, y: $0) }
        TutorView(state, theme).draw(&grid)
        if state.model.look.ascii { grid.reduceToASCII() }
        return Frame(grid: grid, cursor: cursor ?? grid.cursor.map { ($0.x, $0.y) })
    }
}
