import Query

extension Update {
    /// The maximum number of offered names: nobody steps through more.
    private static let mostNames = 500

    /// Completes the typed line; repeated, goes to the next completion, or with a negative step to the
    /// previous one.
    mutating func complete(step: Int = 1) {
        guard var prompt = model.prompt else { return }
        if var completion = prompt.completion {
            let count = completion.lines.count
            completion.index = (completion.index + step + count) % count
            prompt.replace(with: completion.lines[completion.index])
            prompt.completion = completion
            model.prompt = prompt
        } else if let start = fileName(in: prompt) {
            emit(.listFiles(beginning: String(start)))
        } else {
            offer(completions(of: prompt.text, prompt.kind), step: step)
        }
    }

    /// Completes the line with file names, unless it has changed since the request.
    mutating func complete(_ names: [String], of start: String) {
        guard let prompt = model.prompt, fileName(in: prompt).map(String.init) == start else { return }
        let before = prompt.text.dropLast(start.count)
        offer(names.filter { $0 != start }.map { before + $0 }, step: 1)
    }

    private mutating func offer(_ lines: [String], step: Int) {
        let index = step > 0 ? 0 : lines.count - 1
        guard let stem = model.prompt?.text, lines.indices.contains(index) else { return emit(.bell) }
        model.prompt?.replace(with: lines[index])
        // With only one completion, the next key completes what follows it.
        if lines.count > 1 {
            model.prompt?.completion = Completion(stem: stem, lines: lines, index: index)
        }
    }

    /// Returns the typed part of a file name; nil when the line takes none.
    private func fileName(in prompt: Prompt) -> Substring? {
        let text = prompt.text
        switch prompt.kind {
        case .write: return text[...]
        // Paths follow the file name of a report.
        case .report: return text.contains(" ") ? nil : text[...]
        case .command:
            guard let space = text.firstIndex(of: " "), let action = Action(name: text[..<space]) else {
                return nil
            }
            let rest = text[space...].drop { $0 == " " }
            return action == .write || action == .open || action == .report && !rest.contains(" ")
                ? rest : nil
        default: return nil
        }
    }

    /// Returns the possible completions of a text.
    func completions(of text: String, _ kind: Prompt.Purpose) -> [String] {
        switch kind {
        case .command:
            let lines = commandLines(text)
            // After an action's name comes its argument; else a blank may be one of a note.
            let isWord = text.firstIndex(of: " ").map { Action(name: text[..<$0]) == nil } ?? true
            return lines.isEmpty && isWord ? fuzzyLines(text) : lines
        case .goto: return placeNames(text)
        case .search: return fieldNames(text)
        case .filter: return Filter.completions(of: text, in: document, limit: Self.mostNames)
        default: return []
        }
    }

    private func commandLines(_ text: String) -> [String] {
        guard let space = text.firstIndex(of: " "), let action = Action(name: text[..<space]) else {
            let names = Action.allCases.map(\.name).filter { $0.hasPrefix(text) }
            return names + placeNames(text)
        }
        let start = text[...space]
        let argument = String(text[text.index(after: space)...])
        return arguments(argument, of: action).map { start + $0 }.filter { $0 != text }
    }

    private func arguments(_ text: String, of action: Action) -> [String] {
        switch action.parameter {
        case .place: return placeNames(text)
        case .line: return commandLines(text)
        case .choice(let words): return words.filter { $0.hasPrefix(text) }
        case .letter: return model.marks.keys.sorted().map(KeyArgument.letter).filter { $0.hasPrefix(text) }
        case .setting: return settings(text)
        case .text where action == .search: return fieldNames(text)
        case .text where action == .filter:
            return Filter.completions(of: text, in: document, limit: Self.mostNames)
        case .text, .number: return []
        }
    }

    private func settings(_ text: String) -> [String] {
        guard let space = text.firstIndex(of: " ") else {
            return Setting.allCases.filter(\.isLive).map(\.rawValue).filter { $0.hasPrefix(text) }
        }
        guard let setting = Setting(rawValue: String(text[..<space])) else { return [] }
        let value = text[text.index(after: space)...]
        return setting.values.filter { $0.hasPrefix(value) }.map { text[...space] + $0 }
    }

    // MARK: Names of the tree

    /// Returns paths that begin with the text, with one more component. It reads no lazy node.
    private func placeNames(_ text: String) -> [String] {
        // Names contain slashes too, so the text before one need not be a node.
        let cuts = text.indices.filter { text[$0] == "/" }.map { text.index(after: $0) }
        for cut in cuts.reversed() + [text.startIndex] {
            let start = String(text[..<cut])
            guard let parent = document.knownPath(text: String(start.dropLast())) else { continue }
            let found = document.tree.componentNames(
                of: document.tree.node(parent), beginning: String(text[cut...]), limit: Self.mostNames)
            if !found.isEmpty { return found.map { start + $0 }.filter { $0 != text } }
        }
        // The sections of a stream that is cut are below a group.
        return document.knownSections.prefix(Self.mostNames)
            .map { document.tree.component(document.tree.node($0)) }
            .filter { $0.hasPrefix(text) && $0 != text }
    }

    /// Returns names in the tree that begin with the last word of a search.
    private func fieldNames(_ text: String) -> [String] {
        guard let first = text.first, first.isLetter || first == "_" else { return [] }
        return document.tree.names(beginning: text, limit: Self.mostNames).filter { $0 != text }
    }
}
