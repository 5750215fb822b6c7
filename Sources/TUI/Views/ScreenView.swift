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
            drawOverlay(overlay, &grid)
        } else {
            if let rect = layout.tree { TreeView(state, theme).draw(&grid, rect) }
            if let rect = layout.hex { HexView(state, theme).draw(&grid, rect) }
            if let rect = layout.details { drawDetails(&grid, rect) }
        }
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

    private func drawMatches(_ grid: inout Grid, _ selected: Int) {
        let document = state.document
        let area = state.layout.overlayArea
        ListView(theme).draw(&grid, area, count: state.matchTotal, selected: selected) { row in
            guard let found = state.match(row) else { return [] }
            let (number, offset) = ("\(row + 1)", Hex.offset(found.offset))
            let value = document.value(document.node(found.path)).short
            // The end of a path says more than its start.
            let room = area.width - number.utf8.count - offset.utf8.count - min(value.utf8.count, 20) - 8
            let path = ClippedText.clip(document.pathText(found.path), columns: max(room, 8), keeping: .end)
            return [
                (number, theme.label), (offset, theme.offset), (path, theme.section), (value, theme.value),
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
        case .marks(let selected): MarksView(state, theme).draw(&grid, selected: selected)
        case .matches(let selected): drawMatches(&grid, selected)
        case .twins(let selected):
            if let twins = state.model.twins {
                TwinsView(state, theme, twins).draw(&grid, selected: selected)
            }
        case .ramMap: RAMMapView(state, theme).draw(&grid)
        }
    }
}
