import Compare
import Meaning
import Stream

/// The list of differences between two nodes of this stream.
struct TwinsList: ListedView {
    var selected = 0

    func title(_ state: Update) -> String { "differences" }
    var opener: Action? { .compareTwin }
    var keys: [(action: Action, title: String)] { [(.toggle, "go to the field")] }

    func rowCount(_ state: Update) -> Int { state.model.twins?.differences.count ?? 1 }

    func choose(_ state: inout Update) {
        state.showPanes()
        state.goToTwin(selected)
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        guard let twins = state.model.twins else { return }
        TwinsView(state, theme, twins).draw(&grid, selected: selected)
    }
}

extension Overlay {
    static func twins(selected: Int) -> Overlay { Overlay(TwinsList(selected: selected)) }
}

/// The differences between two nodes of a stream: each field, and its value in both.
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
        var area = state.layout.overlayArea
        let differences = twins.differences
        if area.height >= 10, differences.indices.contains(selected) {
            area.height -= Self.footLines + 1
            let foot = Rect(x: area.x, y: area.bottom + 1, width: area.width, height: Self.footLines)
            grid.fill(x: area.x, y: area.bottom, width: area.width, with: "─", style: theme.border)
            drawFoot(&grid, differences[selected], foot)
        }
        let columns = max((area.width - 6) / 3, 1)
        if area.height >= 3 {
            let document = state.document
            for (side, path, x) in [("A", twins.left, columns + 3), ("B", twins.right, 2 * columns + 5)] {
                grid.put(
                    clipped: "\(side) \(document.tree.pathText(path))", x: area.x + x, y: area.y,
                    style: theme.label,
                    limit: columns, keeping: .end)
            }
            area.y += 1
            area.height -= 1
        }
        ListView(theme).draw(&grid, area, count: differences.count, selected: selected) { row in
            let difference = differences[row]
            let values = ClippedText.clip(
                compared: value(difference.left), value(difference.right), columns: columns)
            return [
                (Self.padded(name(difference), columns), theme.section),
                (Self.padded(values.left, columns), theme.value), (values.right, theme.value),
            ]
        }
    }

    private static let footLines = 3

    // Draws the field, and on each side its value with the meaning of its bits.
    private func drawFoot(_ grid: inout Grid, _ difference: NodeComparison.Difference, _ area: Rect) {
        let document = state.document
        let path = difference.left ?? difference.right ?? .root
        let label = document.tree.label(document.tree.node(path))
        var used = grid.put(
            clipped: name(difference), x: area.x + 1, y: area.y, style: theme.section, limit: area.width - 2,
            keeping: .end)
        used += 2
        grid.put(
            clipped: label, x: area.x + 1 + used, y: area.y, style: theme.decoration,
            limit: area.width - 2 - used)
        for (row, (side, path)) in [("A", difference.left), ("B", difference.right)].enumerated() {
            let y = area.y + 1 + row
            grid.put(side, x: area.x + 1, y: y, style: theme.offset, limit: 1)
            let text = path.map { document.tree.meantValue(document.tree.node($0)) } ?? "absent"
            grid.put(
                clipped: text.isEmpty ? "no value of its own" : text, x: area.x + 3, y: y,
                style: path == nil ? theme.label : theme.value, limit: area.width - 4)
        }
    }

    // The name from the compared node on.
    private func name(_ difference: NodeComparison.Difference) -> String {
        let (path, outer) =
            difference.left.map { ($0, twins.left) } ?? (difference.right ?? .root, twins.right)
        let rest = state.document.tree.pathText(path).dropFirst(state.document.tree.pathText(outer).count)
        return rest.isEmpty
            ? state.document.tree.name(state.document.tree.node(path)) : String(rest.drop { $0 == "/" })
    }

    private func value(_ path: NodePath?) -> String {
        guard let path else { return "-" }
        let node = state.document.tree.node(path)
        let value = state.document.tree.value(node)
        let text = state.model.base == .decimal ? value.decimal : value.short
        return text.isEmpty ? SizeText.long(node.size) : text
    }

    private static func padded(_ text: String, _ columns: Int) -> String {
        let clipped = ClippedText.clip(text, columns: columns, keeping: .end)
        return clipped + String(repeating: " ", count: max(columns - CharacterWidth.columns(of: clipped), 0))
    }
}

extension Update {
    /// The maximum size, in bytes, of a compared node: nobody waits for more.
    private static let largestNode = 16 << 20

    /// Lists the differences between two tagged rows, a tagged one and the selection, or the selection and
    /// its twin.
    mutating func compareTwin() {
        guard model.tags.count < 3 else {
            return fail("\(keymap.hint(.compareTwin)) compares two rows: \(tagText)")
        }
        // One of the two rows may be the selection.
        let meant =
            model.tags.sorted()
            + (model.tags.count == 1 && !model.tags.contains(model.selection)
                ? [model.selection] : [])
        let node = document.tree.node(meant.count == 2 ? meant[0] : model.selection)
        guard let twin = meant.count == 2 ? meant[1] : document.tree.twin(of: node.path) else {
            return fail(
                "\(document.tree.name(node)) has no twin: c compares sections with the same name, and elements"
            )
        }
        guard max(node.size, document.tree.node(twin).size) <= Self.largestNode else {
            return fail("\(SizeText.long(node.size)) is too much to compare")
        }
        let found = NodeComparison(node.path, twin, in: document)
        let both = "\(document.tree.pathText(node.path)) and \(document.tree.pathText(twin))"
        guard !found.differences.isEmpty else { return note("\(both) are equal") }
        model.twins = found
        model.overlay = .twins(selected: 0)
        let count = found.differences.count
        note("\(both): \(count == 1 ? "1 difference" : "\(count)\(found.isComplete ? "" : "+") differences")")
    }

    /// Goes to the field of a difference.
    mutating func goToTwin(_ number: Int) {
        guard let twins = model.twins, twins.differences.indices.contains(number),
            let path = twins.differences[number].left ?? twins.differences[number].right
        else { return }
        remember()
        select(path, isJump: true)
    }
}
