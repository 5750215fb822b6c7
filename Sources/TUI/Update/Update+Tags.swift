import Bytes
import Query
import Stream

/// Tagged rows: copying, writing, reports and comparisons use all of them.
extension Update {
    /// Tags a number of rows from the selection on, or removes the tag of a tagged one; moves to the next
    /// row.
    mutating func tagRows(_ count: Int) {
        let start = selectedRow
        let end = min(start.addingSaturated(min(count, Self.mostTags)), model.outline.rowCount)
        guard start < end else { return emit(.bell) }
        let isTagged = !model.tags.contains(model.selection)
        for row in start..<end { tag(model.outline.path(atRow: row, document), isTagged) }
        select(row: end)
        noteTags()
    }

    // Nobody tags more rows by hand.
    private static let mostTags = 10_000

    mutating func tag(_ path: NodePath, _ isTagged: Bool) {
        guard isTagged else {
            model.tags.remove(path)
            return
        }
        guard model.tags.count < Self.mostTags else {
            return fail("\(Self.mostTags) rows are already tagged")
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

    /// The tagged rows in tree order, or else the selection.
    var chosenPaths: [NodePath] { model.tags.isEmpty ? [model.selection] : model.tags.sorted() }

    /// The bytes to write: the range, or else those of the chosen rows, each byte once, in stream order. Nil
    /// when they are not in one address space.
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

    /// Shows only tagged rows and their ancestors.
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
