import Bytes
import Edit
import Stream

extension Update {
    /// The number of bytes that a step writes or compares: some milliseconds.
    private static let bytesAStep = 16 << 20

    // MARK: Editable streams

    // The edits, created at the first use; nil after an error message when the stream can't be edited.
    private mutating func begunEdits() -> PendingEdits? {
        if let edits = model.edits { return edits }
        guard !document.isGrowing, !document.needsReading else {
            fail("the stream is still being read; edit it after that")
            return nil
        }
        do throws(EditError) {
            let edits = try PendingEdits(document)
            model.edits = edits
            return edits
        } catch {
            fail(error.description)
            return nil
        }
    }

    // Applies a change to the edits. An error is shown, and the edits stay as they were.
    mutating func edit<Result>(
        _ change: (inout PendingEdits) throws(EditError) -> Result
    ) -> Result? {
        guard var edits = begunEdits() else { return nil }
        do throws(EditError) {
            let result = try change(&edits)
            model.edits = edits
            return result
        } catch {
            fail(error.description)
            return nil
        }
    }

    // MARK: Values

    /// Asks for the value of the selected row: with check boxes when it has flags, otherwise on a line.
    mutating func openValue() {
        guard model.page == nil else { return fail("guest RAM can't be edited") }
        let node = selectedNode
        guard node.space == .stream, node.isLeaf || node.role == .meaning else {
            return fail("\(document.tree.name(node)) has no value of its own; edit a field or a flag")
        }
        guard let edits = begunEdits() else { return }
        guard !edits.isDropped(node.range) else { return failDropped() }
        if let list = FlagsList(node, document) { return model.overlay = Overlay(list) }
        openValuePrompt(node, edits)
    }

    /// Asks for the value of a node on a line that contains the present value.
    mutating func openValuePrompt(_ node: Node, _ edits: PendingEdits) {
        guard let own = edits.node(for: node.path) else {
            return edits.isDropped(node.range)
                ? failDropped() : fail("\(document.tree.name(node)) can't be edited")
        }
        let value = EditValue(edits.draft.document)
        openPrompt(.value, value.text(of: own, decimal: model.base == .decimal))
        let subject = Prompt.Subject(
            path: node.path, sign: "\(DisplayText.escaped(document.tree.name(node))) = ",
            hint: value.expectation(of: own))
        model.prompt?.subject = subject
    }

    private mutating func failDropped() { fail("it is dropped; \(keymap.hint(.undo)) restores it") }

    /// Sets the value of the selected row from typed text.
    mutating func setValue(_ text: String, at path: NodePath? = nil) {
        let node = path.map { document.tree.node($0) } ?? selectedNode
        guard let isChanged = edit({ edits throws(EditError) in try edits.set(node, to: text) }) else {
            return
        }
        // The row is in sight; a path would leave no room for the value.
        let name = document.tree.name(node)
        note(
            isChanged
                ? "\(name) = \(DisplayText.escaped(text)); \(pendingText)" : "\(name) already has that value")
    }

    private var pendingText: String {
        "\(keymap.hint(.undo)) undoes, :\(Action.write.name) FILE writes"
    }

    // MARK: Dropping, undo, redo

    /// Drops the section or subsection of the selected row.
    mutating func drop() {
        guard model.page == nil else { return fail("guest RAM can't be edited") }
        let node = selectedNode
        guard let place = edit({ edits throws(EditError) in try edits.drop(node) }) else { return }
        select(place.path)
        note("dropped \(document.tree.pathText(place.path)); \(pendingText)")
    }

    mutating func undo(_ times: Int) {
        moveInEdits(times, "undone", "nothing to undo") { edits throws(EditError) in try edits.undo() }
    }

    mutating func redo(_ times: Int) {
        moveInEdits(times, "redone", "nothing to redo") { edits throws(EditError) in
            try edits.redo()
        }
    }

    private mutating func moveInEdits(
        _ times: Int, _ word: String, _ nothing: String,
        _ move: (inout PendingEdits) throws(EditError) -> PendingEdits.Step?
    ) {
        var last: PendingEdits.Step?
        for _ in 0..<min(times, model.edits.map { $0.steps.count + $0.undone.count } ?? 0) {
            guard let step = edit(move) else { return }
            guard let step else { break }
            last = step
        }
        guard let last else { return fail(nothing) }
        if model.overlay == nil { select(last.path) }
        note("\(word): \(last.title); \(editsText)")
    }

    /// Shows the unwritten edits.
    mutating func openEdits() {
        guard let edits = model.edits, !edits.isEmpty else {
            return note(
                "no edits; \(keymap.hint(.editValue)) edits a value, \(keymap.hint(.drop)) drops a section")
        }
        model.overlay = Overlay(EditsList(selected: 0))
    }

    // MARK: Writing

    /// Whether `write` writes the edited stream, and not the bytes of a node or a range.
    var writesStream: Bool {
        !(model.edits?.isEmpty ?? true) && selectedBytes == nil && model.tags.isEmpty && model.page == nil
    }

    /// Asks for the output file, and names the content.
    mutating func openWrite() {
        openPrompt(.write)
        guard writesStream else { return }
        let subject = Prompt.Subject(
            path: model.selection, sign: "write the edited stream to: ", hint: "a new file; \(editsText)")
        model.prompt?.subject = subject
    }

    /// Begins to write the edited stream to a new file.
    mutating func writeStream(to path: String) {
        guard let edits = model.edits, !edits.isEmpty else { return fail("no edits to write") }
        guard let open = openOutput else {
            return fail("edits can't be written here; try: migscope edit FILE")
        }
        guard model.writing == nil else { return fail("a stream is already being written") }
        switch open(path) {
        case .failure(let problem): fail(DisplayText.escaped(problem.text))
        case .success(let output):
            model.writing = WritingJob(
                writing: DraftWriting(edits.draft, to: output, path: path), revision: edits.revision,
                editCount: edits.steps.count)
            // Write a small stream at once.
            for _ in 0..<8 { if let job = model.writing { step(job) } }
        }
    }

    mutating func step(_ job: WritingJob) {
        var job = job
        // The edits exist nowhere else.
        model.writing = nil
        do throws(EditError) {
            try job.writing.step(budget: Self.bytesAStep)
        } catch {
            return fail(DisplayText.escaped(error.description))
        }
        guard job.writing.isFinished else { return model.writing = job }
        model.writtenRevision = job.revision
        let edits = Quantity.text(job.editCount, "edit")
        note("wrote \(DisplayText.escaped(job.writing.path)) with \(edits), read back and compared")
    }

    // MARK: Quitting

    /// Quits. With unwritten edits, the first attempt only warns.
    mutating func quit(isForced: Bool = false) {
        let others = otherEditedFiles.map { DisplayText.escaped($0) }.joined(separator: ", ")
        guard !isForced, hasUnwrittenEdits || !others.isEmpty, !model.isWarnedOfEdits else {
            return emit(.quit)
        }
        model.isWarnedOfEdits = true
        let what = hasUnwrittenEdits ? "\(editsText) not written" : "edits of \(others) are not written"
        fail("\(what): :\(Action.write.name) FILE writes; again quits without")
    }
}

extension PendingEdits.Step {
    /// The edit as one line, escaped.
    var title: String {
        let (word, operands) = edit.words
        guard word != "set" else { return DisplayText.escaped(operands.joined(separator: " ")) }
        return DisplayText.escaped(([word] + operands).joined(separator: " "))
    }
}
