import Bytes
import Query
import Stream

/// Rows that are tagged: what copies, writes, reports and compares takes them all.
extension Update {
    /// Tags a number of rows from the selection on, or takes the tag of a tagged one away; goes to the row after them.
    mutating func tagRows(_ count: Int) {
        let start = selectedRow
        let end = min(start.addingSaturated(min(count, Self.mostTags)), model.outline.rowCount)
        guard start < end else { return emit(.bell) }
        let isTagged = !model.tags.contains(model.selection)
        for row in start..<end { tag(model.outline.path(atRow: row, document), isTagged) }
        select(row: end)
        noteTags()
    }

    // Nobody tags more by hand.
    private static let mostTags = 10_000

    mutating func tag(_ path: NodePath, _ isTagged: Bool) {
        guard isTagged else {
            model.tags.remove(path)
            return
        }
        guard model.tags.count < Self.mostTags else {
            return fail("\(Self.mostTags) rows are tagged already")
        }
        model.tags.insert(path)
    }

    mutating func noteTags() {
        if model.message == nil { note(tagText) }
    }

    /// `3 rows tagged`.
    var tagText: String {
        model.tags.isEmpty ? "no row tagged" : Quantity.text(model.tags.count, "row") + " tagged"
    }

    /// Tagged rows in the order of the tree, else the selection.
    var chosenPaths: [NodePath] { model.tags.isEmpty ? [model.selection] : model.tags.sorted() }

    /// The bytes that are written: the range, else those of the chosen rows, each once, in the order of the stream. Nil
    /// where they are not in one space.
    var chosenStreamBytes: StreamBytes? {
        if let range = selectedBytes { return editedStreamBytes(shownSpace, [range]) }
        let nodes = chosenPaths.map { document.tree.node($0) }
        guard let space = nodes.first?.space, nodes.allSatisfy({ $0.space == space }) else { return nil }
        var ranges: [Range<Int>] = []
        for range in nodes.map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = ranges.last, range.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
        }
        return editedStreamBytes(space, ranges)
    }

    /// Shows only tagged rows, and what leads to them.
    mutating func showTagged() {
        guard !model.tags.isEmpty else {
            return fail("no row is tagged; \(keymap.hint(.tag)) tags one")
        }
        let paths = model.tags.sorted()
        model.search = nil
        model.hits = Hits(text: "tagged", offsets: paths.map { document.tree.node($0).offset }, paths: paths)
        showOnly(PathSet(paths))
    }
}
