import Core

extension Update {
    /// Runs a line of the command prompt: an action by name with a number, or a place.
    mutating func run(_ line: String) {
        let words = line.split(separator: " ")
        guard let first = words.first else { return }
        if let action = Action(name: first), let argument = argument(of: action, words.dropFirst()) {
            return run(action, argument)
        }
        go(to: line)
    }

    // Nil when what follows the name can't belong to an action.
    private func argument(of action: Action, _ words: ArraySlice<Substring>) -> String? {
        if words.isEmpty { return "" }
        let text = words.joined(separator: " ")
        switch action {
        case .goto, .search, .command: return text
        default: return Int(text) == nil ? nil : text
        }
    }

    private mutating func run(_ action: Action, _ argument: String) {
        switch action {
        case .goto where !argument.isEmpty: go(to: argument)
        case .command where !argument.isEmpty: run(argument)
        case .search where !argument.isEmpty:
            remember()
            recall(argument, .search)
            find(argument)
        default: perform(action, count: Int(argument))
        }
    }

    /// Goes to an offset, a path, a section or a guest page.
    mutating func go(to text: String) {
        guard text.contains(where: { $0 != " " }) else { return }
        do throws(PlaceError) {
            let place = try document.place(text, from: model.hexCursor)
            synchronize()
            remember()
            select(place.path, isJump: true)
            if let offset = place.offset {
                model.hexCursor = clampedOffset(offset)
                revealHexCursor()
            }
        } catch {
            fail(error.description)
        }
    }
}
