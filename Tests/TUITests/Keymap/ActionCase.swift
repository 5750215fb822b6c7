@testable import TUI

/// What an action does: where it is done, and how one sees that it was.
struct ActionCase: Sendable {
    /// The browser in front of the action and after it, and what it asked the terminal to do.
    struct Outcome {
        let before: Browser
        let after: Browser
        let effects: [Effect]

        var path: String { after.selectedPath }
        var moved: Int { after.row - before.row }
        var message: String { after.model.message?.text ?? "" }

        /// What was copied, by the word that the status line uses for it.
        func copied(_ what: String) -> String? {
            effects.compactMap {
                if case .copy(let copied) = $0, copied.what == what { copied.text } else { nil }
            }
            .first
        }
    }

    /// Keys that lead to where the action is done.
    let setup: String
    let stream: ViewCase.Stream
    /// The last key where the action takes one, and what is typed after it.
    let rest: String
    let isDone: @Sendable (Outcome) -> Bool

    init(
        _ setup: String = "", on stream: ViewCase.Stream = .sample, then rest: String = "",
        _ isDone: @escaping @Sendable (Outcome) -> Bool
    ) {
        self.setup = setup
        self.stream = stream
        self.rest = rest
        self.isDone = isDone
    }

    /// Does the action after `setup`, by these keys.
    func outcome(_ keys: String) throws -> Outcome {
        let size = Size(width: 80, height: 24)
        let place = ViewCase(name: "", keys: setup, stream: stream)
        let after = try place.browser(size)
        var effects: [Effect] = []
        for event in try KeyScript.parse(keys + rest) {
            effects += after.handle(event, size: size)
            after.finishWork(size)
        }
        return Outcome(before: try place.browser(size), after: after, effects: effects)
    }
}

extension Browser {
    /// The row of the selection in the whole tree.
    var row: Int { model.outline.row(of: model.selection, state.document) ?? -1 }

    var isOpen: Bool { model.outline.isExpanded(model.selection) }
}
