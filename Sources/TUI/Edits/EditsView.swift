import Bytes
import Edit
import Meaning
import Stream

/// The unwritten edits, as a diff of bytes with offsets.
struct EditsList: ListedView {
    /// The selected line.
    var selected = 0

    func title(_ state: Update) -> String {
        state.hasUnwrittenEdits ? "\(state.editsText), not written" : "\(state.editsText), written"
    }
    var hints: [Hint] {
        [Hint(.toggle, "go to"), Hint(.drop, "revert"), Hint(.undo, "undo"), Hint(.write, "write")]
    }
    var opener: Action? { .edits }
    var keys: [(action: Action, title: String)] {
        [
            (.toggle, "go to the row"), (.drop, "revert this edit, and keep later ones"),
            (.undo, "undo the last edit"), (.redo, "redo the last undone edit"),
            (.write, "write the edited stream to a new file"),
            (.copyCommand, "copy the command that makes these edits"),
        ]
    }

    func rowCount(_ state: Update) -> Int { lines(state).count }

    func lines(_ state: Update) -> [EditLine] { EditLine.all(state.model.edits?.steps ?? []) }

    func choose(_ state: inout Update) {
        guard let step = step(state) else { return }
        state.showPanes()
        state.remember()
        state.select(step.step.path, isJump: true)
    }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        switch action {
        case .drop:
            guard let step = step(state) else { return true }
            state.revertEdit(step.number)
        case .undo: state.undo(max(count ?? 1, 1))
        case .redo: state.redo(max(count ?? 1, 1))
        case .write: state.openWrite()
        case .copyCommand: state.copyEdits()
        default: return false
        }
        if state.model.edits?.isEmpty ?? true { state.model.overlay = nil }
        if state.model.overlay?.is(EditsList.self) ?? false { move(0, &state) }
        return true
    }

    private func step(_ state: Update) -> (number: Int, step: PendingEdits.Step)? {
        let lines = lines(state)
        guard lines.indices.contains(selected), let steps = state.model.edits?.steps else { return nil }
        let number = lines[selected].step
        return steps.indices.contains(number) ? (number, steps[number]) : nil
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        let lines = lines(state)
        ListView(theme).draw(&grid, state.layout.overlayArea, count: lines.count, selected: selected) {
            number in
            let line = lines[number]
            switch line.kind {
            case .edit: return [("\(line.step + 1)", theme.key), (line.text, theme.section)]
            case .place: return [("   " + line.text, theme.offset)]
            case .before: return [("   - " + line.text, theme.error)]
            case .after: return [("   + " + line.text, theme.value)]
            }
        }
    }
}

/// A line of the diff.
struct EditLine: Equatable {
    enum Content { case edit, place, before, after }

    /// The number of the step, from 0.
    let step: Int
    let kind: Content
    let text: String

    private static let byteLimit = 16

    static func all(_ steps: [PendingEdits.Step]) -> [EditLine] {
        var lines: [EditLine] = []
        for (number, step) in steps.enumerated() {
            lines.append(EditLine(step: number, kind: .edit, text: step.title))
            for (index, change) in step.changes.enumerated() {
                // The offset in the open file.
                let offset = index == 0 ? step.mark.range.lowerBound : change.offset
                lines.append(
                    EditLine(step: number, kind: .place, text: "\(Hex.offset(offset))  \(change.path)")
                )
                for (kind, bytes) in [(Content.before, change.before), (.after, change.after)]
                where !bytes.isEmpty {
                    let more = bytes.count > byteLimit ? " … (\(bytes.count) bytes)" : ""
                    lines.append(
                        EditLine(
                            step: number, kind: kind, text: Hex.dump(Array(bytes.prefix(byteLimit))) + more))
                }
            }
        }
        return lines
    }
}

extension Update {
    /// Reverts one of the edits.
    mutating func revertEdit(_ number: Int) {
        guard let steps = model.edits?.steps, steps.indices.contains(number),
            edit({ edits throws(EditError) in try edits.revert(number) }) != nil
        else { return }
        note("reverted: \(steps[number].title)")
    }

    /// Copies the command that makes the same edits.
    mutating func copyEdits() {
        guard let edits = model.edits, !edits.isEmpty else { return }
        let words = ["migscope", "edit"] + inputArguments + edits.arguments + ["-o", "OUT"]
        let text = words.map(CopiedBytes.shellWord).joined(separator: " ")
        emit(.copy(CopiedText(text, what: "command", command: model.clipboard)))
        note("copied the command: \(DisplayText.escaped(text))")
    }
}
