import Query
import Stream

extension Update {
    /// The state to keep for the next session. A comparison has no session of its own.
    var keepsake: Keepsake {
        Keepsake(session: diff == nil ? keptSession.text : nil, history: keptHistory)
    }

    private var keptSession: KeptSession {
        var kept = KeptSession()
        kept.fileName = document.overview.fileName
        let outline = model.unfiltered ?? model.outline
        kept.folds = outline.foldMarks(limit: KeptSession.limit).map {
            .init(path: document.tree.pathText($0.path), levels: $0.levels, isClosed: $0.isClosed)
        }
        kept.selection = .init(path: document.tree.pathText(model.selection), offset: model.hexCursor)
        for (number, entry) in model.marks.sorted(by: { $0.key < $1.key }) {
            let place = KeptSession.KeptPlace(
                path: document.tree.pathText(entry.selection), offset: entry.offset, length: entry.length)
            kept.marks.append(.init(number: number, place: place))
        }
        kept.marks += model.unplaced.marks.filter { model.marks[$0.number] == nil }
        kept.notes = model.notes.sorted { $0.key < $1.key }.map {
            .init(path: document.tree.pathText($0.key), text: $0.value)
        }
        kept.notes += model.unplaced.notes
        return kept
    }

    /// Restores the kept state. It reads no lazy node; marks and notes below one follow when it is read.
    mutating func restore(session text: String) {
        guard diff == nil, let kept = KeptSession(text: text) else { return }
        let marks = kept.folds.compactMap { fold in
            document.tree.knownPath(text: fold.path).map {
                Outline.FoldMark(path: $0, levels: fold.levels, isClosed: fold.isClosed)
            }
        }
        model.outline.restore(marks, document)
        model.unplaced = kept
        model.unplaced.folds = []
        placeKept()
        if let place = kept.selection, let path = document.tree.knownPath(text: place.path) {
            go(to: History.Visit(selection: path, offset: place.offset))
        }
    }

    /// Finds the nodes of marks and notes in what was read meanwhile.
    mutating func placeKept() {
        guard !model.unplaced.marks.isEmpty || !model.unplaced.notes.isEmpty else { return }
        let kept = model.unplaced
        model.unplaced.marks = []
        model.unplaced.notes = []
        for mark in kept.marks {
            if let path = document.tree.knownPath(text: mark.place.path) {
                model.marks[mark.number] = .init(
                    selection: path, offset: mark.place.offset, length: mark.place.length)
            } else {
                model.unplaced.marks.append(mark)
            }
        }
        for note in kept.notes {
            if let path = document.tree.knownPath(text: note.path) {
                model.notes[path] = note.text
            } else {
                model.unplaced.notes.append(note)
            }
        }
    }

    // MARK: Typed lines

    private var keptHistory: [String] {
        Prompt.Purpose.kept.flatMap { kind, sign in
            (model.typed[kind] ?? []).suffix(Keepsake.lines)
                .filter { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } }
                .map { String(sign) + $0 }
        }
    }

    mutating func restore(history lines: [String]) {
        for line in lines {
            guard let kept = Prompt.Purpose.kept.first(where: { $0.sign == line.first }) else { continue }
            recall(String(line.dropFirst()), kept.kind)
        }
    }
}
