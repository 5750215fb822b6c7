import Bytes
import Edit
import Format
import Stream

/// What edits look like in the panes. Nothing is said by color alone.
enum EditSigns {
    /// Beside a row whose bytes, or some of them, are edited.
    static let changed: Unicode.Scalar = "~"
    /// Beside a row that is left out.
    static let dropped: Unicode.Scalar = "-"
}

extension Update {
    /// What an edit has made of a node; nil where none has touched it.
    func editKind(of node: Node) -> PendingEdits.Mark.Kind? {
        guard let edits = model.edits, !edits.isEmpty, node.space == .stream, !node.range.isEmpty else {
            return nil
        }
        if edits.isDropped(node.range) { return .dropped }
        guard edits.touches(node.range) else { return nil }
        if node.role == .meaning, !isBitsEdited(node) { return nil }
        return .value([])
    }

    /// Whether the bits of a row, or what the row represents, are others now.
    func isBitsEdited(_ node: Node) -> Bool {
        guard let edits = model.edits, edits.touches(node.range), let own = edits.node(for: node.path) else {
            return false
        }
        let (before, after) = (document.value(node), edits.draft.document.value(own))
        return before.full != after.full
    }

    /// A node as the edits have left it, with the document that it is of: the stream's own where none has touched it;
    /// nil where it is left out.
    func shownNode(_ node: Node) -> (document: Document, node: Node)? {
        guard let edits = model.edits, !edits.isEmpty, node.space == .stream, edits.touches(node.range) else {
            return (document, node)
        }
        guard !edits.isDropped(node.range) else { return nil }
        guard node.isLeaf || node.role == .meaning || node.isRecord, let own = edits.node(for: node.path)
        else {
            return (document, node)
        }
        return (edits.draft.document, own)
    }

    /// Bytes of the hex pane as edits have left them, and which of them are other ones.
    func shownBytes(_ range: Range<Int>) -> [UInt8] {
        guard let edits = model.edits, !edits.isEmpty, model.page == nil, shownSpace == .stream else {
            return shownRegion.copy(range)
        }
        return edits.bytes(range)
    }

    /// Bytes of what the tree is of, as edits have left them.
    func streamBytes(_ range: Range<Int>) -> [UInt8] {
        guard let edits = model.edits, shownSpace == .stream else {
            return document.region(of: shownSpace).copy(range)
        }
        return edits.bytes(range)
    }

    // More edited bytes than this are not copied together.
    private static let largestEditedRange = 256 << 20

    /// Bytes of ranges as edits have left them; of more than 256 MiB as the file has them.
    func editedStreamBytes(_ space: ByteSpace, _ ranges: [Range<Int>]) -> StreamBytes {
        let size = ranges.reduce(0) { $0.addingSaturated($1.count) }
        guard let edits = model.edits, space == .stream, ranges.contains(where: edits.touches),
            size <= Self.largestEditedRange
        else { return StreamBytes(document.region(of: space), ranges) }
        let bytes = ranges.flatMap { edits.bytes($0) }
        return StreamBytes(MappedRegion(copying: bytes), [0..<bytes.count])
    }

    /// What edits have done to each byte of a range that the hex pane shows; empty where they have done nothing.
    func editedBytes(_ range: Range<Int>) -> [Unicode.Scalar?] {
        guard let edits = model.edits, model.page == nil, shownSpace == .stream, edits.touches(range) else {
            return []
        }
        var signs = [Unicode.Scalar?](repeating: nil, count: range.count)
        for step in edits.steps {
            let sign = step.mark.kind == .dropped ? EditSigns.dropped : EditSigns.changed
            for offset in step.mark.range.clamped(to: range) { signs[offset - range.lowerBound] = sign }
        }
        return signs
    }
}

/// The signs of edits in the tree.
struct EditSignsView {
    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    /// In the row of a node, in the column that is free after its glyph.
    func draw(_ grid: inout Grid, _ line: Rect, _ node: Node, level: Int) {
        guard let kind = state.editKind(of: node) else { return }
        var x = line.x + TreeRowView.glyphX(level: level, width: line.width) + 1
        guard x < line.right else { return }
        // A tag or a note has the place after the glyph.
        if grid[x, line.y].scalar != " ", x - 2 >= line.x { x -= 2 }
        grid[x, line.y] = Cell(kind == .dropped ? EditSigns.dropped : EditSigns.changed, style: theme.match)
    }
}
