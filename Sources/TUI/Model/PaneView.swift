/// What keys go to while it is in front: a pane, or a view that covers the panes.
protocol Component: Equatable, Sendable {
    /// What is on the frame.
    func title(_ state: Update) -> String
    /// What its help begins with.
    func helpTitle(_ state: Update) -> String
    /// What can be pressed here, the most useful first; closing follows by itself.
    var hints: [Hint] { get }
    /// Actions that do something of their own here, for its help.
    var keys: [(action: Action, title: String)] { get }
    /// Does an action that is its own; false for one that is not.
    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool
}

extension Component {
    func helpTitle(_ state: Update) -> String { "In \(title(state))" }
}

/// One of the panes that lie beside each other, with all that is its own: title, keys, hints, drawing, and what its
/// keys and the mouse do. Those that it does not know go to the other panes, since all show the same node.
///
/// A new pane is a case of `Pane`, its place in `ScreenLayout` and a file with a type that conforms.
protocol PaneView: Component {
    /// Moves what is selected in it.
    func move(_ rows: Int, _ state: inout Update)
    /// Scrolls, and leaves what is selected.
    func scroll(_ rows: Int, _ state: inout Update)
    /// The row that is selected, counted from the first in sight; nil where no row is selected.
    func rowInSight(_ state: Update) -> Int?
    /// The same by a number of rows at once, so that what is selected keeps its place on the screen.
    func movePage(_ rows: Int, _ state: inout Update)
    /// Goes to the row of a number; beyond the last means the last.
    func go(toRow row: Int, _ state: inout Update)
    /// Takes a click, at a column and a row of the pane.
    func press(x: Int, row: Int, isDouble: Bool, _ state: inout Update)
    func draw(_ grid: inout Grid, _ rect: Rect, _ state: Update, _ theme: Theme)
}

extension PaneView {
    func movePage(_ rows: Int, _ state: inout Update) {
        scroll(rows, &state)
        move(rows, &state)
    }

    // Scrolls so that what is selected is at a row of the pane.
    private func show(at row: Int, _ state: inout Update) {
        if let present = rowInSight(state) { scroll(present - row, &state) }
    }

    /// Moves and scrolls, which each pane does in its own way. False for other actions.
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
