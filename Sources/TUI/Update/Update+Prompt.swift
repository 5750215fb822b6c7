import Core

extension Update {
    private static let recalledLines = 100

    mutating func openPrompt(_ kind: Prompt.Kind) {
        let origin = Prompt.Origin(
            outline: model.outline, unfiltered: model.unfiltered, selection: model.selection,
            treeTop: model.treeTop,
            hexCursor: model.hexCursor, hexTop: model.hexTop, search: model.search,
            hits: model.hits)
        model.prompt = Prompt(kind, origin: origin)
    }

    /// Brings back what was on the screen before the prompt.
    mutating func restore(_ origin: Prompt.Origin) {
        model.outline = origin.outline
        model.unfiltered = origin.unfiltered
        model.selection = origin.selection
        model.treeTop = origin.treeTop
        model.hexCursor = origin.hexCursor
        model.hexTop = origin.hexTop
        model.search = origin.search
        model.hits = origin.hits
    }

    /// Takes a key of the line that is typed.
    mutating func edit(_ key: Key) {
        switch key {
        case .enter: accept()
        case .escape, .control("c"), .control("g"): cancelPrompt()
        case .backspace where model.prompt?.scalars.isEmpty ?? true: cancelPrompt()
        case .up, .control("p"): recallLine(1)
        case .down, .control("n"): recallLine(-1)
        case .tab: complete()
        case .character(let scalar): change { $0.insert(String(Character(scalar))) }
        case .space: change { $0.insert(" ") }
        default: editLine(key)
        }
    }

    private mutating func editLine(_ key: Key) {
        switch key {
        case .left, .control("b"): model.prompt?.move(by: -1)
        case .right, .control("f"): model.prompt?.move(by: 1)
        case .home, .control("a"): model.prompt?.moveToStart()
        case .end, .control("e"): model.prompt?.moveToEnd()
        case .backspace: change { $0.deleteBackward() }
        case .delete, .control("d"): change { $0.deleteForward() }
        case .control("u"): change { $0.deleteToStart() }
        case .control("k"): change { $0.deleteToEnd() }
        case .control("w"): change { $0.deleteWord() }
        default: emit(.bell)
        }
    }

    /// Pasted text goes into the line, up to its first line break; without a line it is no keys, but a message
    /// of QEMU's is offered to be explained.
    mutating func paste(_ text: String) {
        if model.prompt == nil, FailureLog.isReport(text) { openPrompt(.explain) }
        if model.prompt?.takesLines ?? false {
            return change { $0.insert(text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")) }
        }
        let line = text.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }
        change { $0.insert(String(String.UnicodeScalarView(line))) }
    }

    private mutating func change(_ edit: (inout Prompt) -> Void) {
        guard var prompt = model.prompt else { return }
        edit(&prompt)
        prompt.completing = nil
        prompt.recalled = nil
        model.prompt = prompt
        changed()
    }

    private mutating func changed() {
        model.message = nil
        switch model.prompt?.kind {
        case .search: searchWhileTyping()
        case .filter: filterWhileTyping()
        case .command, .goto, .write, .pipe, .explain, nil: break
        }
    }

    private mutating func cancelPrompt() {
        if let prompt = model.prompt { restore(prompt.origin) }
        model.prompt = nil
        synchronize()
        changeView { _ in }
    }

    private mutating func accept() {
        guard let prompt = model.prompt else { return }
        model.prompt = nil
        arrange()
        recall(prompt.text, prompt.kind)
        switch prompt.kind {
        case .search: acceptSearch(prompt)
        case .filter: acceptFilter(prompt)
        case .command: run(prompt.text)
        case .goto: go(to: prompt.text)
        case .write: write(to: prompt.text)
        case .pipe: pipe(to: prompt.text)
        case .explain: explain(prompt.text)
        }
        synchronize()
    }

    // MARK: Earlier lines

    /// Remembers a line as typed.
    mutating func recall(_ text: String, _ kind: Prompt.Kind) {
        guard !text.isEmpty else { return }
        var lines = model.typed[kind] ?? []
        lines.removeAll { $0 == text }
        lines.append(text)
        model.typed[kind] = lines.suffix(Self.recalledLines)
    }

    private mutating func recallLine(_ step: Int) {
        guard var prompt = model.prompt, let lines = model.typed[prompt.kind] else { return emit(.bell) }
        let wanted = (prompt.recalled ?? -1) + step
        guard wanted < lines.count else { return emit(.bell) }
        prompt.recalled = wanted < 0 ? nil : wanted
        prompt.replace(with: wanted < 0 ? "" : lines[lines.count - 1 - wanted])
        model.prompt = prompt
        changed()
    }

    /// Completes the name of an action; again: the next one.
    private mutating func complete() {
        guard var prompt = model.prompt, prompt.kind == .command else { return emit(.bell) }
        let start = prompt.completing ?? prompt.text
        let names = Action.allCases.map(\.name).filter { $0.hasPrefix(start) }
        guard !names.isEmpty else { return emit(.bell) }
        let next = names.firstIndex(of: prompt.text).map { ($0 + 1) % names.count } ?? 0
        prompt.replace(with: names[next])
        prompt.completing = start
        model.prompt = prompt
    }
}
