import Compare
import Stream

/// What differs between two nodes of a stream: the field, and its value in both.
struct TwinsView {
    private let state: Update
    private let theme: Theme
    private let twins: NodeComparison

    init(_ state: Update, _ theme: Theme, _ twins: NodeComparison) {
        self.state = state
        self.theme = theme
        self.twins = twins
    }

    func draw(_ grid: inout Grid, selected: Int) {
        let area = state.layout.overlayArea
        let differences = twins.differences
        let columns = max((area.width - 6) / 3, 1)
        ListView(theme).draw(&grid, area, count: differences.count, selected: selected) { row in
            let difference = differences[row]
            return [
                (Self.padded(name(difference), columns), theme.section),
                (Self.padded(value(difference.left), columns), theme.value),
                (value(difference.right), theme.value),
            ]
        }
    }

    // From the compared node on.
    private func name(_ difference: NodeComparison.Difference) -> String {
        let (path, outer) =
            difference.left.map { ($0, twins.left) } ?? (difference.right ?? .root, twins.right)
        let rest = state.document.pathText(path).dropFirst(state.document.pathText(outer).count)
        return rest.isEmpty ? state.document.name(state.document.node(path)) : String(rest.drop { $0 == "/" })
    }

    private func value(_ path: NodePath?) -> String {
        guard let path else { return "-" }
        let node = state.document.node(path)
        let value = state.document.value(node)
        let text = state.model.base == .decimal ? value.decimal : value.short
        return text.isEmpty ? SizeText.long(node.size) : text
    }

    private static func padded(_ text: String, _ columns: Int) -> String {
        let clipped = ClippedText.clip(text, columns: columns, keeping: .end)
        return clipped + String(repeating: " ", count: max(columns - CharacterWidth.columns(of: clipped), 0))
    }
}
