import Diagnose

extension Update {
    /// Handles a key in the prompt line.
    mutating func edit(_ key: Key) {
        switch key {
        case .enter: accept()
        case .escape, .control("c"), .control("g"): cancelPrompt()
        case .backspace where model.prompt?.scalars.isEmpty ?? true: cancelPrompt()
        case .up, .control("p"): recallLine(1)
        case .down, .control("n"): recallLine(-1)
        case .tab: complete()
        case .backTab: complete(step: -1)
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

    /// Inserts pasted text into the line, up to its first line break. Without an open line, pasted text does
    /// not act as keys; a message from QEMU opens the explain prompt.
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
        prompt.completion = nil
        prompt.recalled = nil
        prompt.recallStem = nil
        model.prompt = prompt
        changed()
    }

    private mutating func changed() {
        model.message = nil
        switch model.prompt?.kind {
        case .search, .searchBackward: searchWhileTyping()
        case .filter: filterWhileTyping()
        case .help: model.overlay = .help(top: 0, filter: model.prompt?.text ?? "")
        case .command, .goto, .write, .pipe, .explain, .note, .report, .value, nil: break
        }
    }

    private mutating func cancelPrompt() {
        guard let prompt = model.prompt else { return }
        restore(prompt.origin)
        model.prompt = nil
        if prompt.kind == .help { model.overlay = .help() }
        synchronize()
        changeView { _ in }
    }

    private mutating func accept() {
        guard let prompt = model.prompt else { return }
        model.prompt = nil
        arrange()
        if prompt.kind != .note, prompt.kind != .value { recall(prompt.text, prompt.kind.history) }
        switch prompt.kind {
        case .search, .searchBackward: acceptSearch(prompt)
        case .filter: acceptFilter(prompt)
        case .help: break
        case .note: setNote(prompt.text)
        case .report: writeReport(prompt.text)
        case .command: run(prompt.text, takesFirst: prompt.takesFirst)
        case .goto: go(to: prompt.text)
        case .write: write(to: prompt.text)
        case .pipe: pipe(to: prompt.text)
        case .explain: explain(prompt.text)
        case .value: setValue(prompt.text, at: prompt.subject?.path)
        }
        synchronize()
    }

    // MARK: Earlier lines

    // Only lines that begin with the typed text, as in shells and vim.
    private mutating func recallLine(_ step: Int) {
        guard var prompt = model.prompt else { return }
        let stem = prompt.recallStem ?? prompt.text
        let lines = (model.typed[prompt.kind.history] ?? []).filter { $0.hasPrefix(stem) && $0 != stem }
        let wanted = (prompt.recalled ?? -1) + step
        guard wanted < lines.count, wanted >= -1 else { return emit(.bell) }
        prompt.recalled = wanted < 0 ? nil : wanted
        prompt.recallStem = stem
        prompt.completion = nil
        prompt.replace(with: wanted < 0 ? stem : lines[lines.count - 1 - wanted])
        model.prompt = prompt
        changed()
    }
}
