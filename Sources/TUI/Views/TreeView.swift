import Meaning
import Stream

/// The tree: sections, subsections and fields as rows.
struct TreePane: PaneView {
    func title(_ state: Update) -> String { "tree" }
    func helpTitle(_ state: Update) -> String { "In the tree" }
    var hints: [Hint] {
        [
            Hint(.otherPane, "bytes"), Hint(.filter, "filter"), Hint(.findings, "check"),
            Hint(.ramMap, "RAM"),
            Hint(.details, "details"), Hint(.tag, "tag"),
        ]
    }
    var keys: [(action: Action, title: String)] {
        [
            (.right, "expand, or first child"), (.left, "collapse, or parent"), (.otherPane, "to the bytes"),
            (.details, "all details of the row"), (.selectBytes, "select all bytes of the row"),
            (.tag, "tag the row"), (.filterByName, "only rows with its name"),
            (.filterByType, "only rows with its type"), (.filterByValue, "only rows with its value"),
        ]
    }

    func move(_ rows: Int, _ state: inout Update) {
        state.select(row: state.selectedRow.addingSaturated(rows))
    }

    func rowInSight(_ state: Update) -> Int? { state.selectedRow - state.model.treeTop }

    // Sticky rows cover the first ones.
    func rowsInSight(_ state: Update, _ height: Int) -> Range<Int> {
        let count = min(height, state.model.outline.rowCount - state.model.treeTop)
        return min(state.stickyRows.count, max(count, 0))..<max(count, 0)
    }

    func scroll(_ rows: Int, _ state: inout Update) {
        state.model.treeTop = state.model.treeTop.addingSaturated(rows)
        state.clampTreeTop()
    }

    func go(toRow row: Int, _ state: inout Update) {
        state.remember()
        state.select(row: row)
    }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        performFold(action, count, &state) || performOnRow(action, count, &state)
    }

    private func performFold(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        let times = max(count ?? 1, 1)
        switch action {
        case .nextSibling: state.moveSiblings(times)
        case .previousSibling: state.moveSiblings(-times)
        case .parent: state.moveToParent(times)
        case .nextSection: state.moveSections(times, step: 1)
        case .previousSection: state.moveSections(times, step: -1)
        case .right: state.moveRight()
        case .left: state.moveLeft()
        case .toggle: state.toggle()
        case .expandSubtree: state.expandSubtree()
        case .expandAll: state.setLevels(.max)
        case .collapseAll: state.setLevels(0)
        case .expandToLevel: state.setLevels(count ?? 1)
        default: return false
        }
        return true
    }

    private func performOnRow(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        switch action {
        case .sort: state.sort()
        case .sortBy: state.openPrompt(.command, Action.sortBy.name + " ")
        case .shares: state.toggleShares()
        case .tag: state.tagRows(max(count ?? 1, 1))
        case .showTagged: state.showTagged()
        case .filterByName, .filterByType, .filterByValue: state.filterBySelection(action)
        case .selectBytes: state.toggleRange(ofNode: true)
        default: return false
        }
        return true
    }

    func press(x: Int, row: Int, isDouble: Bool, _ state: inout Update) {
        let sticky = state.stickyRows
        guard !sticky.indices.contains(row) else { return state.select(sticky[row].node.path) }
        let row = state.model.treeTop + row
        guard row < state.model.outline.rowCount else { return }
        state.select(row: row)
        let level = state.model.outline.entry(atRow: row, state.document).level
        let glyph = TreeRowView.glyphX(level: level, width: state.layout.tree?.width ?? 0)
        if isDouble != (x == glyph || x == glyph + 1) { state.toggle() }
    }

    func draw(_ grid: inout Grid, _ rect: Rect, _ state: Update, _ theme: Theme) {
        TreeView(state, theme).draw(&grid, rect)
    }
}

/// The rows of the tree pane. O(visible rows).
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
                // Draws the line below the sticky rows.
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
