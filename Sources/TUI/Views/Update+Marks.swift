import Bytes
import Export
import Stream

extension Update {
    mutating func setMark(_ number: Int) {
        guard KeyArgument.letters.indices.contains(number - 1) else { return emit(.bell) }
        let range = shownSpace == .stream ? selectedBytes : nil
        model.marks[number] = .init(
            selection: model.selection, offset: range?.lowerBound ?? model.hexCursor,
            length: range?.count ?? 0)
        emit(.keep)
        let size = range.map { "  \(SizeText.long($0.count)) at \(Hex.offset($0.lowerBound))" } ?? ""
        note("mark \(KeyArgument.letter(number)): \(document.tree.pathText(model.selection))\(size)")
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

    /// Shows or hides the inspector.
    mutating func toggleInspector() {
        changeView { $0.isInspecting.toggle() }
        if model.isInspecting, layout.details == nil {
            changeView { $0.isInspecting = false }
            fail("no room for the inspector")
        }
    }
}

/// A mark, a note, or both on one node.
struct MarkedPlace: Equatable {
    /// The number of the mark's letter.
    var mark: Int?
    var entry: History.Visit
    var note: String?
}

extension Update {
    /// The maximum length of a note.
    private static let longestNote = 1000

    /// Marks by letter, then notes without a mark in tree order.
    var markedPlaces: [MarkedPlace] {
        let marks = model.marks.sorted { $0.key < $1.key }.map { number, entry in
            MarkedPlace(mark: number, entry: entry, note: model.notes[entry.selection])
        }
        let marked = Set(marks.map(\.entry.selection))
        return marks
            + model.notes.filter { !marked.contains($0.key) }.sorted { $0.key < $1.key }.map { path, note in
                MarkedPlace(
                    entry: .init(selection: path, offset: document.tree.node(path).offset), note: note)
            }
    }

    mutating func openNote() { openPrompt(.note, model.notes[model.selection] ?? "") }

    /// Sets a note on the selected node; an empty one removes it.
    mutating func setNote(_ text: String) {
        let scalars = text.unicodeScalars.prefix(Self.longestNote).map { $0.value < 0x20 ? " " : $0 }
        let line = String(String.UnicodeScalarView(scalars))
        let isEmpty = line.allSatisfy { $0 == " " }
        guard !isEmpty || model.notes[model.selection] != nil else { return }
        model.notes[model.selection] = isEmpty ? nil : line
        emit(.keep)
        let name = document.tree.pathText(model.selection)
        note(isEmpty ? "removed the note on \(name)" : "note on \(name)")
    }
}

extension Update {
    private static let withRAM = "--with-ram"

    /// Writes a report to a new file. The line is its name, then paths. Without paths the report covers the
    /// tagged rows, without tags the marks and notes, and without these the selected node.
    mutating func writeReport(_ line: String) {
        var words = line.split(separator: " ").map(String.init)
        let hasRAM = words.contains(Self.withRAM)
        words.removeAll { $0 == Self.withRAM }
        guard let file = words.first else { return }
        var items: [ReportItem] = []
        for word in words.dropFirst() {
            do throws(PlaceError) {
                items.append(item(try document.place(word, from: model.hexCursor, reading: false).path))
            } catch {
                let isUnread = "\(DisplayText.escaped(word)) has not been read yet; go there first"
                return fail(error.isUnread ? isUnread : error.description)
            }
        }
        if items.isEmpty, !model.tags.isEmpty { items = chosenPaths.map(item) }
        if items.isEmpty { items = markedItems }
        if items.isEmpty { items = [item(model.selection)] }
        synchronize()
        var text = CollectedBytes()
        ReportExport(document, withRAM: hasRAM).write(items, program: "migscope", to: &text)
        emit(.write(StreamBytes(MappedRegion(copying: text.bytes), [0..<text.bytes.count]), path: file))
        note(
            "a report of \(Quantity.text(items.count, "node")) to \(FileName.shown(file))"
        )
    }

    private func item(_ path: NodePath) -> ReportItem {
        let mark = model.marks.first { $0.value.selection == path }?.key
        return ReportItem(
            path: path, mark: mark.map(KeyArgument.letter) ?? "", note: model.notes[path] ?? "")
    }

    /// Marks and notes.
    var markedItems: [ReportItem] {
        markedPlaces.map {
            ReportItem(
                path: $0.entry.selection, mark: $0.mark.map(KeyArgument.letter) ?? "", note: $0.note ?? "")
        }
    }
}

private struct CollectedBytes: ByteSink {
    var bytes: [UInt8] = []

    mutating func write(_ bytes: [UInt8]) { self.bytes += bytes }
}
