/// A receiver of keys while it is in front: a pane, or a view that covers the panes.
protocol Component: Equatable, Sendable {
    /// The text in the frame.
    func title(_ state: Update) -> String
    /// The heading of its help.
    func helpTitle(_ state: Update) -> String
    /// The available keys, the most useful first; the close key is added automatically.
    var hints: [Hint] { get }
    /// The actions with a special meaning here, for its help.
    var keys: [(action: Action, title: String)] { get }
    /// Performs an action of its own; returns false for other actions.
    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool
}

extension Component {
    func helpTitle(_ state: Update) -> String { "In \(title(state))" }
}

/// A pane of the main screen, with its own title, keys, hints, drawing, and reactions to keys and mouse. It
/// passes unknown actions to the other panes, since all show the same node.
///
/// A new pane needs a case of `Pane`, its place in `ScreenLayout` and a file with a conforming type.
protocol PaneView: Component {
    /// Moves the selection.
    func move(_ rows: Int, _ state: inout Update)
    /// Scrolls without changing the selection.
    func scroll(_ rows: Int, _ state: inout Update)
    /// Returns the selected row, from the first visible one; nil when no row is selected.
    func rowInSight(_ state: Update) -> Int?
    /// Returns the visible rows that can be selected without scrolling.
    func rowsInSight(_ state: Update, _ height: Int) -> Range<Int>
    /// Moves by a number of rows at once; the selection keeps its place on the screen.
    func movePage(_ rows: Int, _ state: inout Update)
    /// Goes to a row by its number; a number beyond the end goes to the last row.
    func go(toRow row: Int, _ state: inout Update)
    /// Handles a click, at a column and a row of the pane.
    func press(x: Int, row: Int, isDouble: Bool, _ state: inout Update)
    func draw(_ grid: inout Grid, _ rect: Rect, _ state: Update, _ theme: Theme)
}

extension PaneView {
    func movePage(_ rows: Int, _ state: inout Update) {
        scroll(rows, &state)
        move(rows, &state)
    }

    func rowsInSight(_ state: Update, _ height: Int) -> Range<Int> { 0..<height }

    // Moves the selection to a visible row, so that nothing scrolls.
    private func select(_ height: Int, _ state: inout Update, row: (Range<Int>) -> Int) {
        let rows = rowsInSight(state, height)
        guard let present = rowInSight(state), !rows.isEmpty else { return }
        move(min(max(row(rows), rows.lowerBound), rows.upperBound - 1) - present, &state)
    }

    // Scrolls so that the selection is at a row of the pane.
    private func show(at row: Int, _ state: inout Update) {
        if let present = rowInSight(state) { scroll(present - row, &state) }
    }

    /// Moves and scrolls in the pane's own way. Returns false for other actions.
    func performMove(_ action: Action, _ count: Int?, in pane: Pane, _ state: inout Update) -> Bool {
        let times = max(count ?? 1, 1)
        let height = max(state.layout.rect(of: pane)?.height ?? 1, 1)
        switch action {
        case .moveDown: move(times, &state)
        case .moveUp: move(-times, &state)
        case .halfPageDown: movePages(times, of: max(height / 2, 1), &state)
        case .halfPageUp: movePages(-times, of: max(height / 2, 1), &state)
        case .pageDown: movePages(times, of: max(height - 1, 1), &state)
        case .pageUp: movePages(-times, of: max(height - 1, 1), &state)
        case .first: go(toRow: count.map { $0 - 1 } ?? 0, &state)
        case .last: go(toRow: count.map { $0 - 1 } ?? .max, &state)
        case .scrollDown: scroll(times, &state)
        case .scrollUp: scroll(-times, &state)
        case .screenTop: select(height, &state) { $0.lowerBound.addingSaturated(times - 1) }
        case .screenMiddle: select(height, &state) { ($0.lowerBound + $0.upperBound) / 2 }
        case .screenBottom: select(height, &state) { $0.upperBound.subtractingSaturated(times) }
        case .rowToTop: show(at: 0, &state)
        case .rowToMiddle: show(at: height / 2, &state)
        case .rowToBottom: show(at: height - 1, &state)
        default: return false
        }
        return true
    }

    private func movePages(_ times: Int, of height: Int, _ state: inout Update) {
        let (rows, isFar) = times.multipliedReportingOverflow(by: height)
        movePage(isFar ? (times < 0 ? .min : .max) : rows, &state)
    }
}
