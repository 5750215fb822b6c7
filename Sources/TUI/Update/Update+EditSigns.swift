import Bytes
import Edit
import Format
import Stream

/// The signs of edits in the panes, which do not depend on color.
enum EditSigns {
    /// The sign of a row with edited bytes.
    static let changed: Unicode.Scalar = "~"
    /// The sign of a dropped row.
    static let dropped: Unicode.Scalar = "-"
}

extension Update {
    /// Returns the effect of the edits on a node; nil when no edit touches it.
    func editKind(of node: Node) -> PendingEdits.Mark.Effect? {
        guard let edits = model.edits, !edits.isEmpty, node.space == .stream, !node.range.isEmpty else {
            return nil
        }
        if edits.isDropped(node.range) { return .dropped }
        guard edits.touches(node.range) else { return nil }
        if node.role == .meaning, !isBitsEdited(node) { return nil }
        return .value([])
    }

    /// Whether the bits of a row, or its represented value, have changed.
    func isBitsEdited(_ node: Node) -> Bool {
        guard let edits = model.edits, edits.touches(node.range), let own = edits.node(for: node.path) else {
            return false
        }
        let (before, after) = (document.tree.value(node), edits.draft.document.tree.value(own))
        return before.full != after.full
    }

    /// Returns the edited node, with its document: the stream's own node when no edit touches it; nil when it
    /// is dropped.
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

    /// Returns the bytes for the hex pane after the edits.
    func shownBytes(_ range: Range<Int>) -> [UInt8] {
        guard let edits = model.edits, !edits.isEmpty, model.page == nil, shownSpace == .stream else {
            return shownRegion.copy(range)
        }
        return edits.bytes(range)
    }

    /// Returns bytes of the stream of the tree after the edits.
    func streamBytes(_ range: Range<Int>) -> [UInt8] {
        guard let edits = model.edits, shownSpace == .stream else {
            return document.store.region(of: shownSpace).copy(range)
        }
        return edits.bytes(range)
    }

    // Larger edited ranges are not copied.
    private static let largestEditedRange = 256 << 20

    /// Returns the bytes of ranges after the edits; for more than 256 MiB, the bytes of the file.
    func editedStreamBytes(_ space: ByteSpace, _ ranges: [Range<Int>]) -> StreamBytes {
        let size = ranges.reduce(0) { $0.addingSaturated($1.count) }
        guard let edits = model.edits, space == .stream, ranges.contains(where: edits.touches),
            size <= Self.largestEditedRange
        else { return StreamBytes(document.store.region(of: space), ranges) }
        let bytes = ranges.flatMap { edits.bytes($0) }
        return StreamBytes(MappedRegion(copying: bytes), [0..<bytes.count])
    }

    /// Returns the effect of the edits on each byte of a range in the hex pane; empty without an effect.
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

// MARK: Texts about edits

extension Update {
    /// Whether there are unwritten edits.
    var hasUnwrittenEdits: Bool {
        guard let edits = model.edits, !edits.isEmpty else { return false }
        return edits.revision != model.writtenRevision
    }

    /// `2 edits`.
    var editsText: String { Quantity.text(model.edits?.steps.count ?? 0, "edit") }

    /// Returns the error in a typed value, or its effect on the bytes.
    func valueNote(_ prompt: Prompt) -> (text: String, isWrong: Bool) {
        guard let edits = model.edits, let path = prompt.subject?.path,
            let own = edits.node(for: path)
        else { return ("", false) }
        do throws(EditError) {
            let before = edits.draft.document.tree.bytes(of: own)
            let after = try EditValue(edits.draft.document).bytes(prompt.text, for: own)
            guard before != after else { return ("unchanged", false) }
            return before.count > 8 ? ("", false) : ("\(Hex.dump(before)) → \(Hex.dump(after))", false)
        } catch {
            let words = error.description.split(separator: ": ").last.map(String.init) ?? ""
            return (ClippedText.clip(words, columns: 40), true)
        }
    }
}
