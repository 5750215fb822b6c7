import Core

/// Draws the whole screen.
struct ScreenView {
    let state: Update
    let theme: Theme
    let options: BrowserOptions

    init(_ state: Update, _ options: BrowserOptions) {
        self.state = state
        self.options = options
        theme = Theme.theme(for: options.colors)
    }

    /// O(cells).
    func frame() -> Frame {
        let layout = state.layout
        var grid = Grid(state.size)
        if let y = layout.titleY { TitleView(state.document, theme).draw(&grid, y: y) }
        FrameView(state, theme).draw(&grid)
        if let overlay = state.model.overlay {
            drawOverlay(overlay, &grid)
        } else {
            if let rect = layout.tree { TreeView(state, theme).draw(&grid, rect) }
            if let rect = layout.hex { HexView(state, theme).draw(&grid, rect) }
            if let rect = layout.details { DetailsView(state, theme).draw(&grid, rect) }
        }
        let cursor = layout.statusY.flatMap { StatusView(state, theme).draw(&grid, y: $0) }
        if options.ascii { grid.reduceToASCII() }
        return Frame(grid: grid, cursor: cursor)
    }

    private func drawOverlay(_ overlay: Overlay, _ grid: inout Grid) {
        switch overlay {
        case .help(let top): HelpView(theme).draw(&grid, state.layout, top: top)
        case .findings(let selected):
            FindingsView(theme, state.findings).draw(&grid, state.layout, selected: selected)
        }
    }
}
