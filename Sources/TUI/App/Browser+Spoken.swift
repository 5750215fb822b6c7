import Bytes
import Stream

extension Browser {
    /// The selected node.
    package var selection: NodePath { state.model.selection }

    /// The response to a command, as lines without control characters: what happened, then the open list or
    /// the selected node.
    package var spoken: [String] {
        let message = state.model.message.map { [$0.text] } ?? []
        return message + (state.model.overlay == nil ? spokenNode : spokenOverlay)
    }

    private var spokenNode: [String] {
        let document = state.document
        let node = state.selectedNode
        let shown = state.shownNode(node).map { $0.document.tree.value($0.node).full } ?? "dropped"
        var words = [document.tree.pathText(node.path), document.tree.typeName(node), shown]
        if state.editKind(of: node) == .value([]), node.isLeaf {
            words.append("before: \(document.tree.value(node).full)")
        }
        words.append("at \(Hex.offset(node.offset))")
        words.append(Quantity.text(node.size, "byte"))
        if node.isExpandable {
            let count = node.isLazy ? "not read yet" : "\(node.childCount) below"
            words.append(state.isOpen(node) ? "open, \(count)" : "closed, \(count)")
        }
        let details = document.details(node).map { "\($0.label): \($0.text)" }
        let note = state.model.notes[node.path].map { ["note: " + DisplayText.escaped($0)] } ?? []
        return [words.filter { !$0.isEmpty }.joined(separator: ", ")] + details + note
    }

    // The overlay as drawn, without frames.
    private var spokenOverlay: [String] {
        let frame = render(size: Size(width: 120, height: 60))
        let area = ScreenLayout(frame.grid.size, .init()).overlayArea
        let lines = frame.grid.text().split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropFirst(area.y).prefix(area.height).compactMap { line in
            let inner = line.unicodeScalars.drop { $0 == "│" || $0 == ">" || $0 == " " }
            let text = String(
                String.UnicodeScalarView(inner.reversed().drop { $0 == "│" || $0 == " " }.reversed()))
            return text.isEmpty || text.unicodeScalars.allSatisfy { $0 == "─" } ? nil : text
        }
    }

    /// Returns the events for a typed line: a search, a filter, a place, or an action by name; an empty line
    /// moves to the next row.
    package static func events(line: String) -> [Event] {
        let scalars = Array(line.unicodeScalars.filter { $0.value >= 0x20 })
        guard let first = scalars.first else { return events(line: Action.moveDown.name) }
        let start: [Key] = first == "/" || first == "&" || first == ":" ? [] : [.character(":")]
        return (start + scalars.map { Key($0) } + [.enter]).map { .key($0) }
    }
}
