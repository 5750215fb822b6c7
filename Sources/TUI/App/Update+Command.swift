import Bytes
import Stream

extension Update {
    /// Runs a line of the command prompt: an action by name with its argument, or a place; with `takesFirst`
    /// otherwise the first offered line.
    mutating func run(_ line: String, takesFirst: Bool = false) {
        let line = String(line.drop { $0 == " " })
        let name = line.prefix { $0 != " " }
        guard !name.isEmpty else { return }
        let argument = String(line.dropFirst(name.count).drop { $0 == " " })
        let action = Action(name: name)
        // `:q!`, as in vim.
        if action == .quit, name.hasSuffix("!") { return quit(isForced: true) }
        if let action, run(action, argument) { return }
        switch canGo(to: line) {
        case true?: return go(to: line)
        case nil: return go(to: onlyPlace(line) ?? line)
        case false?: break
        }
        if takesFirst, action == nil, let first = completions(of: line, .command).first, first != line {
            return run(first)
        }
        if let action {
            fail("\(action.name) takes \(action.parameter.expected)")
        } else if let place = onlyPlace(line) {
            go(to: place)
        } else {
            suggest(line, name: String(name))
        }
    }

    /// Returns the place that the list above the line shows, when it shows nothing else.
    private func onlyPlace(_ line: String) -> String? {
        let lines = completions(of: line, .command)
        guard lines.count == 1, let place = lines.first, Action(name: place) == nil else { return nil }
        return place
    }

    /// Returns false when the action can't take the text after its name.
    private mutating func run(_ action: Action, _ argument: String) -> Bool {
        guard !argument.isEmpty else {
            run(action, count: nil)
            return true
        }
        switch action.parameter {
        case .place: go(to: argument)
        case .line: run(argument)
        case .text: run(action, text: argument)
        case .setting: set(argument)
        case .choice: return choose(action, argument)
        case .letter:
            guard let number = letter(argument, of: action) else { return false }
            run(action, count: number)
        case .number:
            guard let number = Int(argument) else { return false }
            run(action, count: number)
        }
        return true
    }

    // An action without a meaning for the visible view goes to the panes below it.
    private mutating func run(_ action: Action, count: Int?) {
        if let view = model.overlay?.view {
            if view.perform(action, count, &self) { return }
            if !action.isForAllViews { showPanes() }
        }
        perform(action, count: count)
    }

    private func letter(_ text: String, of action: Action) -> Int? {
        guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else { return nil }
        return action.argument?.value(of: .character(scalar))
    }

    private mutating func run(_ action: Action, text: String) {
        switch action {
        case .search:
            remember()
            recall(text, .search)
            find(text)
        case .filter:
            recall(text, .filter)
            filter(text)
        case .compareRange: compareRange(at: text)
        case .open: request = .openFile(text)
        case .help: model.overlay = .help(filter: text)
        case .write: write(to: text)
        case .editValue: setValue(text)
        case .pipe: pipe(to: text)
        case .explain: explain(text)
        case .note: setNote(text)
        case .report: writeReport(text)
        default: emit(.bell)
        }
    }

    private mutating func choose(_ action: Action, _ word: String) -> Bool {
        switch action {
        case .layout:
            guard let arrangement = Arrangement(name: word) else { return false }
            changeView {
                $0.isZoomed = false
                $0.arrangement = arrangement
            }
        case .sort, .sortBy: return sort(by: word)
        case .numberBase:
            guard let base = NumberBase(rawValue: word) else { return false }
            model.base = base
        default: return false
        }
        return true
    }

    private mutating func suggest(_ line: String, name: String) {
        let near = Suggestion.text(for: name, among: Action.allCases.map(\.name) + sectionNames)
        guard !near.isEmpty, !line.contains("/") else { return go(to: line) }
        fail("no action or place \"\(DisplayText.escaped(line))\"\(near)")
    }

    // Nil: perhaps, after more was read.
    private func canGo(to line: String) -> Bool? {
        if PageSearch(line, document) != nil { return true }
        do throws(PlaceError) {
            _ = try document.place(line, from: model.hexCursor, reading: false)
            return true
        } catch {
            return error.isUnread ? nil : false
        }
    }

    /// The names of the records below the root, without their instance ids.
    private var sectionNames: [String] {
        let root = document.tree.root
        return (0..<root.childCount).map { document.tree.name(document.tree.child($0, of: root)) }
    }

    // MARK: Settings

    /// Changes a setting until the browser ends: `theme light`, `theme=light`.
    private mutating func set(_ text: String) {
        let words = text.split(maxSplits: 1) { $0 == " " || $0 == "=" }
        guard let word = words.first, let setting = Setting(rawValue: String(word)) else {
            let all = Setting.allCases.filter(\.isLive).map(\.rawValue)
            let near = Suggestion.text(for: String(words.first ?? ""), among: all)
            return fail(
                "no setting \"\(DisplayText.escaped(text))\"\(near.isEmpty ? "; " + all.joined(separator: ", ") : near)"
            )
        }
        guard setting.isLive else {
            return fail(
                "\(setting.rawValue) can be set only in the settings file or by an option, for the next start"
            )
        }
        var settings = Settings()
        let value = words.count > 1 ? words[1].drop { $0 == " " || $0 == "=" } : ""
        guard setting.set(setting.value(String(value)), in: &settings) else {
            return fail("expected \(setting.expected) for \(setting.rawValue)")
        }
        changeView { _ in }
        apply(settings)
        changeView { _ in }
        note("\(setting.rawValue): \(DisplayText.escaped(String(value)))")
    }
}
