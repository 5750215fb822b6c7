import Bytes
import Export
import Stream

extension Update {
    private static let withRAM = "--with-ram"

    /// Writes a report into a new file. The line is its name, then paths; without these it is about tagged
    /// rows, without any about marks and notes, and without these about the selected node.
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
                let isUnread = "\(DisplayText.escaped(word)) was not read yet; go there first"
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
