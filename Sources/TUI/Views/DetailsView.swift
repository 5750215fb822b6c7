import Bytes
import Stream

/// What is known about the selected node, as running text.
struct DetailsView {
    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    func draw(_ grid: inout Grid, _ rect: Rect) {
        let inset = rect.width > 2 ? 1 : 0
        let width = rect.width - 2 * inset
        guard width > 0, rect.height > 0 else { return }
        var flow = TextFlow(width: width, height: rect.height)
        for part in parts(rect.height > 1 ? width / 2 : 0) {
            flow.append(part.text, part.style, isJoined: part.isJoined, following: part.following)
        }
        flow.draw(&grid, x: rect.x + inset, y: rect.y)
    }

    private struct Part {
        var text: String
        var style: Style
        /// Whether it follows the part before after one space, as a value its label.
        var isJoined = false
        /// The columns of the part that is joined to it.
        var following = 0
    }

    /// `limit`: the columns of a value that may precede the place.
    private func parts(_ limit: Int) -> [Part] {
        let document = state.document
        let node = state.selectedNode
        var parts = [
            Part(text: document.pathText(node.path), style: theme.section),
            Part(text: document.typeName(node), style: theme.type),
        ]
        // A value of more than a line comes last but for the details, so that it pushes nothing out of sight.
        let shown = state.shownNode(node)
        let text = shown.map { $0.document.value($0.node).full } ?? "dropped: not in what is written"
        let value = Part(text: text, style: theme.value)
        let place = Part(text: placeText(node), style: theme.text)
        parts += value.text.utf8.count <= limit ? [value, place] : [place, value]
        let note = state.model.notes[node.path].map { [("note", DisplayText.escaped($0))] } ?? []
        var edited: [(String, String)] = []
        if node.isLeaf || node.role == .meaning, state.editKind(of: node) != nil, shown != nil {
            edited = [("before", document.value(node).full)]
        }
        for (label, text) in edited + note + document.details(node) {
            let columns = CharacterWidth.columns(of: text)
            parts.append(Part(text: "\(label):", style: theme.label, following: columns))
            parts.append(Part(text: text, style: style(ofLabel: label), isJoined: true))
        }
        return parts.filter { !$0.text.isEmpty }
    }

    private func placeText(_ node: Node) -> String {
        let offset = state.model.base == .decimal ? "\(node.offset)" : Hex.offset(node.offset)
        let size = "@\(offset) +\(node.size)"
        let text = node.size >= 1024 ? "\(size) (\(SizeText.long(node.size)))" : size
        let space = state.document.name(of: node.space)
        if !space.isEmpty { return "\(space) \(text)" }
        guard let place = state.document.fileOffset(ofStreamOffset: node.offset), place != node.offset else {
            return text
        }
        return text + "  file @" + (state.model.base == .decimal ? "\(place)" : Hex.offset(place))
    }

    private func style(ofLabel label: String) -> Style {
        switch Finding.Severity(rawValue: label) {
        case .error: theme.error
        case .warning: theme.warning
        case .note, nil: theme.text
        }
    }
}
