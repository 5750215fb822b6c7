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
        case .goto, .search, .filter, .command, .write, .pipe, .explain: return text
        case .setMark, .goToMark: return text.unicodeScalars.count == 1 ? text : nil
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
        case .filter where !argument.isEmpty:
            recall(argument, .filter)
            filter(argument)
        case .write where !argument.isEmpty: write(to: argument)
        case .explain where !argument.isEmpty: explain(argument)
        case .pipe where !argument.isEmpty: pipe(to: argument)
        default: perform(action, count: Int(argument) ?? letter(argument, of: action))
        }
    }

    private func letter(_ text: String, of action: Action) -> Int? {
        text.unicodeScalars.first.flatMap { action.argument?.value(of: .character($0)) }
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
