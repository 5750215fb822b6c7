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
    func editKind(of node: Node) -> PendingEdits.Mark.Effect? {
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
        let (before, after) = (document.tree.value(node), edits.draft.document.tree.value(own))
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
            return document.store.region(of: shownSpace).copy(range)
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
        else { return StreamBytes(document.store.region(of: space), ranges) }
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

// MARK: What the screen says of edits

extension Update {
    /// Whether there are edits that no file has.
    var hasUnwrittenEdits: Bool {
        guard let edits = model.edits, !edits.isEmpty else { return false }
        return edits.revision != model.writtenRevision
    }

    /// `2 edits`.
    var editsText: String { Quantity.text(model.edits?.steps.count ?? 0, "edit") }

    /// What is wrong with a value that is typed, or what it does to the bytes.
    func valueNote(_ prompt: Prompt) -> (text: String, isWrong: Bool) {
        guard let edits = model.edits, let path = prompt.subject?.path,
            let own = edits.node(for: path)
        else { return ("", false) }
        do throws(EditError) {
            let before = edits.draft.document.tree.bytes(of: own)
            let after = try EditValue(edits.draft.document).bytes(prompt.text, for: own)
            guard before != after else { return ("as it is", false) }
            return before.count > 8 ? ("", false) : ("\(Hex.dump(before)) → \(Hex.dump(after))", false)
        } catch {
            let words = error.description.split(separator: ": ").last.map(String.init) ?? ""
            return (ClippedText.clip(words, columns: 40), true)
        }
    }
}
