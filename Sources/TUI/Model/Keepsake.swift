/// The state that the browser keeps for the next session.
package struct Keepsake: Sendable {
    /// The state of this stream: open nodes, selection, marks, notes; nil when nothing is kept.
    package var session: String?
    /// The typed lines, oldest first; each begins with the sign of its prompt.
    package var history: [String]

    package init(session: String? = nil, history: [String] = []) {
        self.session = session
        self.history = history
    }

    /// Returns the state to keep when another browser of the stream has saved `other` since this one began
    /// with `base`. O(marks + notes + lines).
    package func merged(with other: Keepsake, since base: Keepsake) -> Keepsake {
        var result = self
        // Lines typed elsewhere meanwhile count as older than the lines typed here.
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

    /// The maximum number of lines for each prompt.
    static let lines = 100
}

extension Prompt.Purpose {
    /// The prompts whose lines are kept, and the sign at the start of their lines.
    static let kept: [(kind: Prompt.Purpose, sign: Character)] = [
        (.search, "/"), (.filter, "&"), (.command, ":"), (.goto, "o"),
    ]
}
