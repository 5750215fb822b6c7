import Core

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
            drawOverlay(overlay, &grid)
        } else {
            if let rect = layout.tree { TreeView(state, theme).draw(&grid, rect) }
            if let rect = layout.hex { HexView(state, theme).draw(&grid, rect) }
            if let rect = layout.details { drawDetails(&grid, rect) }
        }
        let cursor = layout.statusY.flatMap { StatusView(state, theme).draw(&grid, y: $0) }
        if state.model.look.ascii { grid.reduceToASCII() }
        return Frame(grid: grid, cursor: cursor)
    }

    private func drawDetails(_ grid: inout Grid, _ rect: Rect) {
        if state.model.isInspecting {
            InspectorView(state, theme).draw(&grid, rect)
        } else {
            DetailsView(state, theme).draw(&grid, rect)
        }
    }

    private func drawMarks(_ grid: inout Grid, _ selected: Int) {
        let document = state.document
        let area = HelpView.area(state.layout)
        let marks = state.markNumbers.compactMap { number in state.model.marks[number].map { (number, $0) } }
        ListView(theme).draw(&grid, area, count: marks.count, selected: selected) { row in
            let (number, mark) = marks[row]
            return [
                (KeyArgument.letter(number), theme.key), (Hex.offset(mark.offset), theme.offset),
                (document.pathText(mark.selection), theme.section),
                (document.value(document.node(mark.selection)).short, theme.value),
            ]
        }
    }

    private func drawOverlay(_ overlay: Overlay, _ grid: inout Grid) {
        switch overlay {
        case .help(let top, let filter):
            HelpView(theme, state.keymap, filter).draw(&grid, state.layout, top: top)
        case .findings(let selected):
            FindingsView(theme, state.findings).draw(&grid, state.layout, selected: selected)
        case .explanation(let selected):
            FindingsView(theme, state.model.explained).draw(&grid, state.layout, selected: selected)
        case .differences:
            if let diff = state.diff { DiffView(state, theme, diff).draw(&grid) }
        case .marks(let selected): drawMarks(&grid, selected)
        case .ramMap: RAMMapView(state, theme).draw(&grid)
        }
    }
}
