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

    /// What is to be kept where another browser of the stream has kept `other` since this one began with `base`.
    /// O(marks + notes + lines).
    package func merged(with other: Keepsake, since base: Keepsake) -> Keepsake {
        var result = self
        // What was typed elsewhere meanwhile is older than what was typed here.
        let own = Set(history)
        let before = Set(base.history)
        result.history = other.history.filter { !own.contains($0) && !before.contains($0) } + history
        guard let mine = session.flatMap(KeptSession.init),
            let theirs = other.session.flatMap(KeptSession.init)
        else { return result }
        let old = base.session.flatMap(KeptSession.init) ?? KeptSession()
        result.session = mine.merged(with: theirs, since: old).text
        return result
    }

    /// Lines of one kind that are remembered.
    static let lines = 100
}

extension Prompt.Purpose {
    /// The prompts whose lines are kept, and the sign that their lines begin with.
    static let kept: [(kind: Prompt.Purpose, sign: Character)] = [
        (.search, "/"), (.filter, "&"), (.command, ":"), (.goto, "o"),
    ]
}
