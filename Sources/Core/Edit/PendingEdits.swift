import Bytes
import Stream

/// Edits that were made and not written. Each can be undone and redone, also independently of later ones.
///
/// Places refer to the source, which never changes; `draft` is the result of the edits.
package struct PendingEdits {
    /// The change that an edit makes to the source.
    package struct Mark: Equatable {
        package enum Effect: Equatable {
            /// The present bytes of the range.
            case value([UInt8])
            case dropped
        }

        /// The range in bytes from the start of the source.
        package var range: Range<Int>
        package var kind: Effect
    }

    package struct Step {
        package let edit: StreamEdit
        /// The changes, in offsets at the time of the edit.
        package fileprivate(set) var changes: [EditChange]
        package let mark: Mark
        /// The edited node of the source.
        package let path: NodePath
    }

    package let base: StreamDraft
    package private(set) var draft: StreamDraft
    /// The edits, in order.
    package private(set) var steps: [Step] = []
    /// The undone edits; the last one is redone first.
    package private(set) var undone: [Step] = []
    /// Increases with each change.
    package private(set) var revision = 0

    /// Creates an empty list of edits. O(device state).
    ///
    /// - Throws: `EditError` for a stream that can't become a draft.
    package init(_ source: Document) throws(EditError) {
        base = try StreamDraft(source)
        draft = base
    }

    package var isEmpty: Bool { steps.isEmpty }
    package var source: Document { base.source }

    // MARK: Editing and undoing

    /// Sets the value of a node of the source. O(device state).
    ///
    /// - Returns: false when it has that value already.
    /// - Throws: `EditError` when the node can't have the value, or can't be edited.
    package mutating func set(_ node: Node, to value: String) throws(EditError) -> Bool {
        let own = try editable(node)
        let bytes = try EditValue(draft.document).bytes(value, for: own)
        guard bytes != draft.document.tree.bytes(of: own) else { return false }
        let mark = Mark(range: node.range, kind: .value(bytes))
        let path = draft.document.tree.pathText(own.path)
        try make(.set(path: path, .assign, value: value), mark, node.path)
        return true
    }

    /// Drops the section or subsection that is or contains the node. O(device state).
    ///
    /// - Returns: the dropped node.
    package mutating func drop(_ node: Node) throws(EditError) -> Node {
        let document = source
        let along = document.tree.nodes(along: node.path)
        guard
            let place = along.last(where: { node in
                node.role == .subsection || document.tree.record(of: node)?.kind == .full
            })
        else {
            let isStart = along.contains { document.tree.record(of: $0)?.kind == .start }
            throw EditError(
                isStart
                    ? "its parts are between RAM sections; try: migscope edit --drop section=NAME"
                    : "only sections and subsections can be dropped")
        }
        let own = try editable(place)
        let edit: StreamEdit
        if place.role == .subsection {
            edit = .dropSubsection(draft.document.tree.pathText(own.path))
        } else {
            guard let section = draft.sections.first(where: { $0.record.offset == own.offset }) else {
                throw EditError("\(document.tree.pathText(place.path)): not a section of the draft")
            }
            edit = .dropSection(section.editName)
        }
        try make(edit, Mark(range: place.range, kind: .dropped), place.path)
        return place
    }

    private mutating func make(_ edit: StreamEdit, _ mark: Mark, _ path: NodePath) throws(EditError) {
        var editor = Self.editor(of: draft)
        let changes = try editor.apply(edit)
        draft = editor.draft
        steps.append(Step(edit: edit, changes: changes, mark: mark, path: path))
        undone = []
        revision += 1
    }

    // These edits take nothing from other streams.
    private static func editor(of draft: StreamDraft) -> StreamEditor {
        StreamEditor(draft) { file throws(EditError) in
            throw EditError("\(file): other files can't be used here")
        }
    }

    /// Undoes the last edit. O(edits × device state).
    ///
    /// - Returns: the undone edit; nil when there is none.
    package mutating func undo() throws(EditError) -> Step? {
        guard let last = steps.last else { return nil }
        let before = undone
        try revert(steps.count - 1)
        undone = before + [last]
        return last
    }

    /// Redoes the edit that was undone last. O(device state).
    package mutating func redo() throws(EditError) -> Step? {
        guard let next = undone.last else { return nil }
        let rest = undone.dropLast()
        try make(next.edit, next.mark, next.path)
        undone = Array(rest)
        return next
    }

    /// Undoes the edit with this number, and keeps later ones. O(edits × device state).
    ///
    /// - Throws: `EditError` when a later edit depends on it; then nothing changes.
    package mutating func revert(_ number: Int) throws(EditError) {
        guard steps.indices.contains(number) else { return }
        var editor = Self.editor(of: base)
        var left: [Step] = []
        for (index, step) in steps.enumerated() where index != number {
            var again = step
            again.changes = try editor.apply(step.edit)
            left.append(again)
        }
        steps = left
        draft = editor.draft
        undone = []
        revision += 1
    }

    // MARK: Places

    // Returns the node of the draft that corresponds to a node of the source.
    private func editable(_ node: Node) throws(EditError) -> Node {
        let document = source
        let path = document.tree.pathText(node.path)
        guard node.space == .stream else {
            throw EditError("\(path): belongs to the container, not to the stream")
        }
        guard !base.live.overlaps(node.range) || node.range.isEmpty else {
            throw EditError("\(path): guest RAM, and sections between RAM sections, can't be edited here")
        }
        guard node.range.upperBound <= base.trailing.lowerBound else {
            throw EditError("\(path) is beyond the end of the stream")
        }
        guard !isDropped(node.range) else { throw EditError("\(path): is dropped; undo restores it") }
        guard let found = draft.document.path(text: path) else {
            throw EditError("\(path): is not found in the edited stream")
        }
        let own = draft.document.tree.node(found)
        // Names may be ambiguous, so compare the bytes.
        guard own.size == node.size || node.role == .subsection || node.isRecord,
            !node.isLeaf || draft.document.tree.bytes(of: own) == bytes(node.range)
        else {
            throw EditError("\(path): can no longer be distinguished from other nodes with the same name")
        }
        return own
    }

    /// Returns the node of the draft with the path of a node of the source; nil when it has none.
    package func node(for path: NodePath) -> Node? {
        draft.document.path(text: source.tree.pathText(path)).map { draft.document.tree.node($0) }
    }

    /// Whether an edit changes or drops bytes of a range. O(edits).
    package func touches(_ range: Range<Int>) -> Bool {
        steps.contains { $0.mark.range.overlaps(range) }
    }

    /// Whether the whole range is dropped. O(edits).
    package func isDropped(_ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        return steps.contains {
            $0.mark.kind == .dropped && $0.mark.range.lowerBound <= range.lowerBound
                && range.upperBound <= $0.mark.range.upperBound
        }
    }

    /// Returns bytes of the source after the edits; dropped bytes are unchanged. O(edits + bytes).
    package func bytes(_ range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<source.store.region.count)
        var bytes = source.store.region.copy(range)
        for step in steps {
            guard case .value(let new) = step.mark.kind, new.count == step.mark.range.count else { continue }
            for offset in step.mark.range.clamped(to: range) {
                bytes[offset - range.lowerBound] = new[offset - step.mark.range.lowerBound]
            }
        }
        return bytes
    }

    /// The arguments of `migscope edit` for the same edits.
    package var arguments: [String] {
        steps.flatMap { step -> [String] in
            switch step.edit {
            case .set(let path, let operation, let value): ["--set", path + operation.rawValue + value]
            case .dropSection(let name): ["--drop", "section=" + name]
            case .dropSubsection(let path): ["--drop", "subsection=" + path]
            default: []
            }
        }
    }
}

/// The destination of the output, until it gets its name; without a name, nothing of it remains.
package protocol StreamOutput: PieceSink {
    /// Returns all written bytes, for verification.
    mutating func written() throws(EditError) -> MappedRegion
    /// Gives the file its name.
    mutating func publish() throws(EditError)
}

/// Writes a draft and verifies it in steps, so that the program can do other work in between.
package struct DraftWriting {
    private enum Phase { case writing, reading(VerifyingSink), done }

    /// The name as the user gave it.
    package let path: String
    private let draft: StreamDraft
    // Nil after the file has its name, or after a failure.
    private var output: (any StreamOutput)?
    /// In order; each piece is part of a mapped region.
    private let pieces: [(region: MappedRegion, range: Range<Int>)]
    private let total: Int
    private var phase = Phase.writing
    private var piece = 0
    private var position = 0
    private var doneBytes = 0
    private var region: MappedRegion?

    package init(_ draft: StreamDraft, to output: any StreamOutput, path: String) {
        self.draft = draft
        self.output = output
        self.path = path
        pieces = draft.copiedPieces ?? []
        total = pieces.reduce(0) { $0 + $1.range.count }
        position = pieces.first?.range.lowerBound ?? 0
    }

    /// The number of bytes in the output.
    package var byteCount: Int { total }

    package var isFinished: Bool { if case .done = phase { true } else { false } }

    /// The progress, from 0 to 1; writing is half of it.
    package var progress: Double {
        guard total > 0 else { return 0 }
        let part = Double(doneBytes) / Double(total) / 2
        if case .writing = phase { return part }
        return isFinished ? 1 : 0.5 + part
    }

    /// Writes or verifies up to `budget` bytes.
    ///
    /// - Throws: `EditError` on failure; nothing of the file remains then.
    package mutating func step(budget: Int) throws(EditError) {
        do throws(EditError) {
            try advance(max(budget, 1))
        } catch {
            cancel()
            throw error
        }
    }

    private mutating func advance(_ budget: Int) throws(EditError) {
        guard var output else { return }
        switch phase {
        case .done: return
        case .writing:
            if doneBytes == 0 { try draft.requireWhole() }
            guard draft.keepsLivePart else {
                try draft.write(to: &output)
                return try readBack(&output)
            }
            if let (source, range) = next(budget) {
                try output.copy(source, range)
                self.output = output
            } else {
                try readBack(&output)
            }
        case .reading(var sink):
            guard let (source, range) = next(budget) else {
                try sink.finish()
                return try finish(&output)
            }
            try sink.copy(source, range)
            phase = .reading(sink)
        }
    }

    // Returns the next part of a piece; nil after the last.
    private mutating func next(_ budget: Int) -> (MappedRegion, Range<Int>)? {
        while piece < pieces.count {
            let (source, whole) = pieces[piece]
            if position < whole.upperBound {
                let range = position..<min(position.addingSaturated(budget), whole.upperBound)
                position = range.upperBound
                doneBytes += range.count
                return (source, range)
            }
            piece += 1
            if piece < pieces.count { position = pieces[piece].range.lowerBound }
        }
        return nil
    }

    private mutating func readBack(_ output: inout any StreamOutput) throws(EditError) {
        let written = try output.written()
        region = written
        self.output = output
        guard draft.keepsLivePart else { return try finish(&output) }
        piece = 0
        position = pieces.first?.range.lowerBound ?? 0
        doneBytes = 0
        phase = .reading(VerifyingSink(written))
    }

    private mutating func finish(_ output: inout any StreamOutput) throws(EditError) {
        if let region {
            if draft.keepsLivePart { try draft.verifySections(region) } else { try draft.verify(region) }
        }
        try output.publish()
        cancel()
    }

    /// Removes the output; does nothing after the end.
    package mutating func cancel() {
        output = nil
        phase = .done
    }
}
