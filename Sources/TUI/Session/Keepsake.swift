/// What the browser wants to have again the next time.
package struct Keepsake: Sendable {
    /// Of this stream: folds, selection, marks, notes; nil where nothing is to be kept.
    package var session: String?
    /// What was typed, oldest first: each line begins with the sign of its prompt.
    package var history: [String]

    package init(session: String? = nil, history: [String] = []) {
        self.session = session
        self.history = history
    }

    /// Lines of one kind that are remembered.
    static let lines = 100
}

extension Prompt.Kind {
    /// The prompts whose lines are kept, and the sign that their lines begin with.
    static let kept: [(kind: Prompt.Kind, sign: Character)] = [
        (.search, "/"), (.filter, "&"), (.command, ":"), (.goto, "o"),
    ]
}
