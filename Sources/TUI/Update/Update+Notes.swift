/// A mark, a note, or both on one node.
struct MarkedPlace: Equatable {
    /// The number of the mark's letter.
    var mark: Int?
    var entry: History.Entry
    var note: String?
}

extension Update {
    /// A note is a line.
    private static let longestNote = 1000

    /// Marks by their letters, then notes without a mark in the order of the tree.
    var markedPlaces: [MarkedPlace] {
        let marks = model.marks.sorted { $0.key < $1.key }.map { number, entry in
            MarkedPlace(mark: number, entry: entry, note: model.notes[entry.selection])
        }
        let marked = Set(marks.map(\.entry.selection))
        return marks
            + model.notes.filter { !marked.contains($0.key) }.sorted { $0.key < $1.key }.map { path, note in
                MarkedPlace(entry: .init(selection: path, offset: document.node(path).offset), note: note)
            }
    }

    mutating func openNote() { openPrompt(.note, model.notes[model.selection] ?? "") }

    /// Writes a note on the selected node; an empty one removes it.
    mutating func setNote(_ text: String) {
        let scalars = text.unicodeScalars.prefix(Self.longestNote).map { $0.value < 0x20 ? " " : $0 }
        let line = String(String.UnicodeScalarView(scalars))
        let isEmpty = line.allSatisfy { $0 == " " }
        guard !isEmpty || model.notes[model.selection] != nil else { return }
        model.notes[model.selection] = isEmpty ? nil : line
        emit(.keep)
        let name = document.pathText(model.selection)
        note(isEmpty ? "removed the note on \(name)" : "note on \(name)")
    }
}
