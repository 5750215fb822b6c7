import Meaning

/// A view that covers the panes, with all that is its own: title, keys, hints, drawing and what its keys do.
///
/// A new view is a file with a type that conforms, and the line that opens it:
/// `model.overlay = Overlay(MyView())`. Views stack: a view that is opened over another comes back to it when it is
/// closed.
protocol CoveringView: Component {
    /// Whether a click selects the line under the mouse.
    var isList: Bool { get }
    /// The action that opens it; pressed again, it closes it.
    var opener: Action? { get }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme)
    /// Moves what is selected, or scrolls.
    func move(_ rows: Int, _ state: inout Update)
    /// Does what Enter does.
    func choose(_ state: inout Update)
    /// Leaves something of its own, such as a filter, in place of closing; false when there is nothing.
    func leaves(_ state: inout Update) -> Bool
}

extension CoveringView {
    var hints: [Hint] { [Hint(.toggle, "go to"), Hint(.moveDown, "down"), Hint(.moveUp, "up")] }
    var keys: [(action: Action, title: String)] { [] }
    var isList: Bool { true }
    var opener: Action? { nil }
    func choose(_ state: inout Update) {}
    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool { false }
    func leaves(_ state: inout Update) -> Bool { false }

    /// Whether the other one is the same, for views of any type.
    fileprivate func isEqual(_ other: any CoveringView) -> Bool { other as? Self == self }
}

/// A key and what it does, as the last line shows it.
struct Hint {
    let action: Action
    let word: String

    init(_ action: Action, _ word: String) {
        self.action = action
        self.word = word
    }
}

/// A list whose rows can be selected and gone to.
protocol ListedView: CoveringView {
    var selected: Int { get set }
    func rowCount(_ state: Update) -> Int
}

extension ListedView {
    func move(_ rows: Int, _ state: inout Update) {
        var moved = self
        moved.selected = min(max(selected.addingClamped(rows), 0), max(rowCount(state) - 1, 0))
        state.model.overlay = Overlay(moved)
    }
}

/// The view on top, whatever it is.
struct Overlay: Equatable, Sendable {
    let view: any CoveringView

    init(_ view: any CoveringView) { self.view = view }

    static func == (left: Overlay, right: Overlay) -> Bool { left.view.isEqual(right.view) }

    /// Whether it is a view of a type.
    func `is`<View: CoveringView>(_ type: View.Type) -> Bool { view is View }
}

extension Action {
    /// Whether it is done over views, and does not lead to the panes below.
    var isForAllViews: Bool {
        switch self {
        case .moveDown, .moveUp, .halfPageDown, .halfPageUp, .pageDown, .pageUp, .first, .last, .scrollDown,
            .scrollUp,
            .toggle, .close, .cancel, .help, .command, .palette, .goto, .findings, .marks, .ramMap, .matches,
            .differences, .explain, .numberBase, .edits, .set, .quit, .redraw, .suspend:
            true
        default: false
        }
    }
}

extension Model {
    /// The view on top; nil: the panes are in sight. Setting it replaces a view of the same type, and puts another one
    /// over what is there; nil closes it.
    var overlay: Overlay? {
        get { views.last }
        set {
            guard let newValue else {
                _ = views.popLast()
                return
            }
            if let last = views.indices.last, type(of: views[last].view) == type(of: newValue.view) {
                views[last] = newValue
            } else {
                // A view is never twice in the stack.
                views.removeAll { type(of: $0.view) == type(of: newValue.view) }
                views.append(newValue)
            }
        }
    }
}

extension Update {
    /// Keys while a view covers the panes.
    mutating func performOnOverlay(_ action: Action, count: Int?) {
        guard let view = model.overlay?.view, !view.perform(action, count, &self) else { return }
        if action == view.opener { return model.overlay = nil }
        let times = max(count ?? 1, 1)
        let page = max(layout.body.height - 3, 1)
        switch action {
        case .moveDown, .scrollDown: view.move(times, &self)
        case .moveUp, .scrollUp: view.move(-times, &self)
        case .pageDown: view.move(page, &self)
        case .pageUp: view.move(-page, &self)
        case .halfPageDown: view.move(max(page / 2, 1), &self)
        case .halfPageUp: view.move(-max(page / 2, 1), &self)
        case .first: view.move(-.max, &self)
        case .last: view.move(.max, &self)
        case .toggle, .right: view.choose(&self)
        case .cancel where model.shownJob != nil:
            cancelJob()
            model.overlay = nil
        case .close, .cancel, .left: if !view.leaves(&self) { model.overlay = nil }
        case .nextFinding, .searchNext: view.move(times, &self)
        case .previousFinding, .searchPrevious: view.move(-times, &self)
        default: performOutside(action, count)
        }
    }

    // What does the same whatever is in sight: other views, the lines that are typed, and the program.
    private mutating func performOutside(_ action: Action, _ count: Int?) {
        if action == .goToMark { showPanes() }
        guard action.isForAllViews || action == .goToMark else { return emit(.bell) }
        performInPanes(action, count: count)
    }

    /// Closes all views: somebody goes to a place.
    mutating func showPanes() { model.views = [] }

    /// Selects the row of a list on which somebody has clicked. The cursor is on the line that is selected; the
    /// lines of a list are one row each.
    mutating func pressOnOverlay(_ mouse: MouseEvent) {
        guard let view = model.overlay?.view, view.isList, layout.overlayArea.contains(mouse.x, mouse.y),
            let cursor = ScreenView(self).frame().grid.cursor
        else { return }
        view.move(mouse.y - cursor.y, &self)
    }
}
