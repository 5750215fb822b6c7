import Bytes
import Edit
import Meaning
import Stream

/// The bits of a word as check boxes: each change is an edit.
struct FlagsList: ListedView {
    /// The leaf, or the register in it, that contains these bits.
    let word: NodePath
    let rows: [NodePath]
    var selected = 0

    private static let rowLimit = 1024

    /// Lists the bits of a node, or of the word that a bit belongs to; nil for nodes without bits.
    init?(_ node: Node, _ document: Document) {
        let isBit = Self.isBits(node, document)
        guard let parent = isBit ? node.path.parent.map({ document.tree.node($0) }) : node,
            isBit || parent.opensMeaning || parent.role == .meaning
        else { return nil }
        let bits = (0..<min(parent.childCount, Self.rowLimit)).map { document.tree.child($0, of: parent) }
            .filter { Self.isBits($0, document) }
        // A word with a single value is typed instead.
        guard bits.contains(where: { Self.isFlag($0, document) }) else { return nil }
        word = parent.path
        rows = bits.map(\.path)
        selected = rows.firstIndex(of: node.path) ?? 0
    }

    /// Whether a node is a row for bits of a word: of type `bit 5` or `bits 7:4`.
    static func isBits(_ node: Node, _ document: Document) -> Bool {
        node.role == .meaning && document.tree.typeName(node).hasPrefix("bit")
            && document.tree.typeName(node).split(separator: " ").count == 2
    }

    private static func isFlag(_ node: Node, _ document: Document) -> Bool {
        document.tree.typeName(node).hasPrefix("bit ")
    }

    func title(_ state: Update) -> String {
        let node = state.document.tree.node(word)
        let value = state.shownNode(node).map { $0.document.tree.value($0.node).short } ?? ""
        return "\(state.document.tree.pathText(word)) = \(value)"
    }
    var hints: [Hint] {
        [
            Hint(.toggle, "set or clear"), Hint(.editValue, "whole value"), Hint(.undo, "undo"),
            Hint(.edits, "edits"),
        ]
    }
    var opener: Action? { nil }
    var keys: [(action: Action, title: String)] {
        [
            (.toggle, "set or clear the flag; ask for a value of several bits"),
            (.editValue, "ask for the value of the whole word"), (.undo, "undo the last edit"),
            (.redo, "redo the last undone edit"),
        ]
    }

    func rowCount(_ state: Update) -> Int { rows.count }

    func choose(_ state: inout Update) {
        guard rows.indices.contains(selected),
            let edits = state.model.edits
        else { return }
        let row = state.document.tree.node(rows[selected])
        guard Self.isFlag(row, state.document) else { return state.openValuePrompt(row, edits) }
        state.setValue(isSet(row, state) ? "0" : "1", at: row.path)
    }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        switch action {
        case .editValue:
            guard let edits = state.model.edits else { return true }
            state.openValuePrompt(state.document.tree.node(word), edits)
        case .undo: state.undo(max(count ?? 1, 1))
        case .redo: state.redo(max(count ?? 1, 1))
        case .edits: state.openEdits()
        default: return false
        }
        return true
    }

    private func isSet(_ row: Node, _ state: Update) -> Bool {
        guard let shown = state.shownNode(row) else { return false }
        return EditValue(shown.document).bits(of: shown.node).map { $0 != 0 } ?? false
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        let document = state.document
        ListView(theme).draw(&grid, state.layout.overlayArea, count: rows.count, selected: selected) {
            number in
            let row = document.tree.node(rows[number])
            let isEdited = state.isBitsEdited(row)
            let sign = isEdited ? EditSigns.changed : " "
            let box = Self.isFlag(row, document) ? (isSet(row, state) ? "[x]" : "[ ]") : " = "
            let shown = state.shownNode(row)
            let value =
                Self.isFlag(row, document) ? "" : shown.map { $0.document.tree.value($0.node).short } ?? ""
            return [
                (String(Character(sign)) + " " + box, isEdited ? theme.match : theme.key),
                (document.tree.name(row), theme.section), (value, theme.value),
                (document.tree.typeName(row), theme.type),
            ]
        }
    }
}
