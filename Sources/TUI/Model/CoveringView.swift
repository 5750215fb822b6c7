import Meaning

/// A view that covers the panes, with its own title, keys, hints, drawing and actions.
///
/// A new view needs a file with a conforming type, and a line that opens it: `model.overlay =
/// Overlay(MyView())`. Views stack: closing a view returns to the view below it.
protocol CoveringView: Component {
    /// Whether a click selects the line under the mouse.
    var isList: Bool { get }
    /// The action that opens the view; a second press closes it.
    var opener: Action? { get }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme)
    /// Moves the selection, or scrolls.
    func move(_ rows: Int, _ state: inout Update)
    /// Performs the action of Enter.
    func choose(_ state: inout Update)
    /// Leaves a state of the view, such as a filter, instead of closing it; returns false when there is none.
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

    /// Whether another view of any type is equal.
    fileprivate func isEqual(_ other: any CoveringView) -> Bool { other as? Self == self }
}

/// A key and its action, as the last line shows them.
struct Hint {
    let action: Action
    let word: String

    init(_ action: Action, _ word: String) {
        self.action = action
        self.word = word
    }
}

/// A list whose rows can be selected and followed.
protocol ListedView: CoveringView {
    var selected: Int { get set }
    func rowCount(_ state: Update) -> Int
}

extension ListedView {
    func move(_ rows: Int, _ state: inout Update) {
        var moved = self
        moved.selected = min(max(selected.addingSaturated(rows), 0), max(rowCount(state) - 1, 0))
        state.model.overlay = Overlay(moved)
    }
}

/// The topmost view, of any type.
struct Overlay: Equatable, Sendable {
    let view: any CoveringView

    init(_ view: any CoveringView) { self.view = view }

    static func == (left: Overlay, right: Overlay) -> Bool { left.view.isEqual(right.view) }

    /// Whether the view has a type.
    func `is`<View: CoveringView>(_ type: View.Type) -> Bool { view is View }
}

extension Action {
    /// Whether the action works in all views, and does not lead to the panes below.
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
    /// The topmost view; nil while the panes are visible. Setting it replaces a view of the same type, or
    /// pushes a new view; nil closes the topmost one.
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
