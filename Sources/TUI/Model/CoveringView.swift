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
        moved.selected = min(max(selected.addingSaturated(rows), 0), max(rowCount(state) - 1, 0))
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
