/// The lines around and between the panes, and the texts on them.
struct FrameView {
    private let state: Update
    private let theme: Theme
    private let layout: ScreenLayout

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
        layout = state.layout
    }

    func draw(_ grid: inout Grid) {
        if layout.isBoxed { drawSides(&grid) }
        if let y = layout.topRuleY { drawRule(&grid, y, left: "┌", right: "┐") }
        if let y = layout.bottomRuleY { drawRule(&grid, y, left: "└", right: "┘") }
        guard state.model.overlay == nil else { return drawOverlayTitle(&grid) }
        if let y = layout.hexRuleY { drawRule(&grid, y, left: "├", right: "┤") }
        if let y = layout.detailsRuleY { drawRule(&grid, y, left: "├", right: "┤") }
        if let x = layout.dividerX { drawDivider(&grid, x) }
        drawTitles(&grid)
    }

    private func drawSides(_ grid: inout Grid) {
        let body = layout.body
        for x in [body.x, body.right - 1] {
            grid.fill(x: x, y: body.y, width: 1, height: body.height, with: "│", style: theme.border)
        }
    }

    private func drawRule(_ grid: inout Grid, _ y: Int, left: Unicode.Scalar, right: Unicode.Scalar) {
        grid.fill(x: 0, y: y, width: grid.size.width, with: "─", style: theme.border)
        guard layout.isBoxed else { return }
        grid[0, y] = Cell(left, style: theme.border)
        grid[grid.size.width - 1, y] = Cell(right, style: theme.border)
    }

    private func drawDivider(_ grid: inout Grid, _ x: Int) {
        guard let top = layout.topRuleY, let bottom = layout.detailsRuleY ?? layout.bottomRuleY else {
            return
        }
        grid.fill(x: x, y: top, width: 1, height: bottom - top, with: "│", style: theme.border)
        grid[x, top] = Cell("┬", style: theme.border)
        grid[x, bottom] = Cell("┴", style: theme.border)
    }

    private func drawTitles(_ grid: inout Grid) {
        if let tree = layout.tree, let y = layout.topRuleY {
            drawTitle(&grid, .tree, x: tree.x + margin, y: y, limit: tree.width - margin)
            drawAncestors(&grid, tree, y)
        }
        if let details = layout.details, state.model.activePane == .details,
            let y = layout.detailsRuleY ?? layout.topRuleY
        {
            drawTitle(&grid, .details, x: details.x + margin, y: y, limit: details.width - margin)
        }
        guard let hex = layout.hex, let y = layout.hexRuleY ?? layout.topRuleY else { return }
        drawTitle(&grid, .hex, x: hex.x + margin, y: y, limit: hex.width - margin)
        if layout.details == nil { drawPath(&grid, hex, y) }
    }

    private func drawTitle(_ grid: inout Grid, _ pane: Pane, x: Int, y: Int, limit: Int) {
        let text = pane.view.title(state)
        let isActive = state.model.activePane == pane
        let shown = isActive && theme.hasMarks ? "[\(text)]" : " \(text) "
        grid.put(
            clipped: shown, x: x, y: y, style: isActive ? theme.activeTitle : theme.borderTitle, limit: limit)
    }

    // The ancestor of the first row when it is scrolled out of sight; in a tree that is alone on the screen,
    // without details, the selection's path.
    private func drawAncestors(_ grid: inout Grid, _ tree: Rect, _ y: Int) {
        let model = state.model
        let isAlone = layout.details == nil && layout.hex == nil
        guard isAlone || state.stickyRows.isEmpty && model.treeTop > 0,
            model.treeTop < model.outline.rowCount,
            let parent = isAlone
                ? model.selection : model.outline.path(atRow: model.treeTop, state.document).parent,
            parent != .root
        else { return }
        let start = tree.x + margin + 7
        let room = tree.right - start - 3
        guard room > 8 else { return }
        let path = ClippedText.clip(state.document.tree.pathText(parent), columns: room, keeping: .end)
        grid.put(" \(path) ", x: start, y: y, style: theme.borderTitle, limit: room + 2)
    }

    // Without a details pane, this is the only display of the present path.
    private func drawPath(_ grid: inout Grid, _ hex: Rect, _ y: Int) {
        let start = hex.x + margin + Pane.hex.view.title(state).utf8.count + 3
        let path = state.document.tree.pathText(state.model.selection)
        guard hex.right - start > 8, !path.isEmpty else { return }
        let text = " \(ClippedText.clip(path, columns: hex.right - start - 3, keeping: .end)) "
        grid.put(text, x: start, y: y, style: theme.borderTitle, limit: hex.right - start - 1)
    }

    // A rule without a box begins with a short line.
    private var margin: Int { layout.isBoxed ? 0 : 1 }

    private func drawOverlayTitle(_ grid: inout Grid) {
        let text = " \(state.model.overlay?.view.title(state) ?? "") "
        guard let y = layout.topRuleY ?? layout.titleY else { return }
        // Without a rule, the title line is replaced.
        if layout.topRuleY == nil { drawRule(&grid, y, left: "─", right: "─") }
        grid.put(text, x: 1, y: y, style: theme.activeTitle)
    }
}
