extension Update {
    mutating func setMark(_ number: Int) {
        guard KeyArgument.letters.indices.contains(number - 1) else { return emit(.bell) }
        let range = shownSpace == .stream ? selectedBytes : nil
        model.marks[number] = .init(
            selection: model.selection, offset: range?.lowerBound ?? model.hexCursor,
            length: range?.count ?? 0)
        emit(.keep)
        let size = range.map { "  \(SizeText.long($0.count)) at \(Hex.offset($0.lowerBound))" } ?? ""
        note("mark \(KeyArgument.letter(number)): \(document.pathText(model.selection))\(size)")
    }

    mutating func goToMark(_ number: Int) {
        let letter = KeyArgument.letter(number)
        guard let mark = model.marks[number] else {
            return fail("no mark \(letter); \(keymap.hint(.setMark, argument: number)) sets it")
        }
        remember()
        go(to: mark)
    }

    mutating func openMarks() {
        guard !markedPlaces.isEmpty else {
            let mark = keymap.hint(.setMark, argument: 1)
            return note(
                "no marks and no notes; \(mark) marks a place, \(keymap.hint(.note)) writes a note")
        }
        model.overlay = .marks(selected: 0)
    }

    /// Selects a place as it was left, its byte or its range of bytes too.
    mutating func go(to entry: History.Entry) {
        select(entry.selection, isJump: true)
        if entry.length > 0, model.page == nil, shownSpace == .stream {
            return selectRange(entry.offset..<entry.offset.addingSaturated(entry.length))
        }
        guard document.node(model.selection).range.contains(entry.offset) else { return }
        model.hexCursor = entry.offset
        revealHexCursor()
    }

    /// Shows or hides the inspector.
    mutating func toggleInspector() {
        changeView { $0.isInspecting.toggle() }
        if model.isInspecting, layout.details == nil {
            changeView { $0.isInspecting = false }
            fail("no room for the inspector")
        }
    }
}
