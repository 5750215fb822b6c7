import Bytes
import Stream

/// Information about the selected node, or all readings of the bytes at the hex cursor.
struct DetailsPane: PaneView {
    func title(_ state: Update) -> String { state.model.isInspecting ? "inspect" : "details" }
    func helpTitle(_ state: Update) -> String { "In the \(title(state))" }
    var hints: [Hint] {
        [
            Hint(.otherPane, "tree"), Hint(.moveDown, "down"), Hint(.moveUp, "up"),
            Hint(.inspector, "inspect"),
            Hint(.zoom, "alone"),
        ]
    }
    var keys: [(action: Action, title: String)] {
        [
            (.moveDown, "scroll down"), (.moveUp, "scroll up"), (.otherPane, "to the tree"),
            (.details, "back to the previous place"), (.inspector, "the bytes at the hex cursor instead"),
            (.zoom, "only the details"), (.nextSibling, "details of the next sibling"),
            (.nextSection, "details of the next section"),
        ]
    }

    func move(_ rows: Int, _ state: inout Update) { scroll(rows, &state) }
    func rowInSight(_ state: Update) -> Int? { nil }

    func scroll(_ rows: Int, _ state: inout Update) {
        guard let rect = state.layout.details else { return }
        go(toRow: DetailsView.top(state, rect).addingSaturated(rows), &state)
    }

    func movePage(_ rows: Int, _ state: inout Update) { scroll(rows, &state) }

    func go(toRow row: Int, _ state: inout Update) {
        guard let rect = state.layout.details else { return }
        let last = max(DetailsView.lineCount(state, rect) - rect.height, 0)
        state.model.detailsTop = DetailsTop(path: state.model.selection, line: min(max(row, 0), last))
    }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        switch action {
        case .details: state.toggleDetails()
        case .inspector: state.toggleInspector()
        default: return false
        }
        return true
    }

    func press(x: Int, row: Int, isDouble: Bool, _ state: inout Update) {}

    func draw(_ grid: inout Grid, _ rect: Rect, _ state: Update, _ theme: Theme) {
        if state.model.isInspecting {
            InspectorView(state, theme).draw(&grid, rect)
        } else {
            DetailsView(state, theme).draw(&grid, rect)
        }
    }
}

extension Update {
    /// Moves to the details, which take half of the screen; or back.
    mutating func toggleDetails() {
        let active = model.activePane
        if active != .details { model.paneBeforeDetails = active }
        let next = active == .details ? model.paneBeforeDetails : .details
        changeView {
            $0.activePane = next
            $0.detailsTop = DetailsTop()
        }
    }
}

/// The information about the selected node, as running text.
struct DetailsView {
    // The details of any node are shorter; a text of any length is clipped here.
    private static let mostLines = 4096

    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    /// Returns the first visible line.
    static func top(_ state: Update, _ rect: Rect) -> Int {
        let top = state.model.detailsTop
        return top.path == state.model.selection ? top.line : 0
    }

    /// Returns the number of lines at the width of the pane.
    static func lineCount(_ state: Update, _ rect: Rect) -> Int {
        if state.model.isInspecting { return ByteInspection.lineCount }
        return DetailsView(state, Theme()).flow(rect, height: mostLines).lineCount
    }

    func draw(_ grid: inout Grid, _ rect: Rect) {
        let inset = rect.width > 2 ? 1 : 0
        guard rect.width > 2 * inset, rect.height > 0 else { return }
        let isWhole = Self.top(state, rect) > 0 || state.model.activePane == .details
        let flow = flow(rect, height: isWhole ? Self.mostLines : rect.height)
        // The pane may have been narrower before.
        let top = min(Self.top(state, rect), max(flow.lineCount - rect.height, 0))
        flow.draw(&grid, x: rect.x + inset, y: rect.y, lines: top..<top + rect.height)
        guard state.model.activePane == .details else { return }
        grid.placeCursor(x: rect.x, y: rect.y)
        let rest = flow.lineCount - top - rect.height
        guard rest > 0, rect.height > 1, rect.width > 20 else { return }
        let text = "\(rest + 1) more lines"
        let y = rect.bottom - 1
        grid.fill(x: rect.x, y: y, width: rect.width, style: .normal)
        grid.put(text, x: rect.x + inset, y: y, style: theme.label)
    }

    private func flow(_ rect: Rect, height: Int) -> TextFlow {
        let width = rect.width - (rect.width > 2 ? 2 : 0)
        var flow = TextFlow(width: width, height: height)
        for part in parts(rect.height > 1 ? width / 2 : 0) {
            flow.append(part.text, part.style, isJoined: part.isJoined, following: part.following)
        }
        return flow
    }

    private struct Part {
        var text: String
        var style: Style
        /// Whether the part follows the previous one after one space, as a value follows its label.
        var isJoined = false
        /// The number of columns of the part joined to it.
        var following = 0
    }

    /// `limit`: the maximum number of columns of a value before the place.
    private func parts(_ limit: Int) -> [Part] {
        let document = state.document
        let node = state.selectedNode
        var parts = [
            Part(text: document.tree.pathText(node.path), style: theme.section),
            Part(text: document.tree.typeName(node), style: theme.type),
        ]
        // A value longer than a line comes just before the last details, so that it hides nothing else.
        let shown = state.shownNode(node)
        let text = shown.map { $0.document.tree.value($0.node).full } ?? "dropped: not in the output"
        let value = Part(text: text, style: theme.value)
        let place = Part(text: placeText(node), style: theme.text)
        parts += value.text.utf8.count <= limit ? [value, place] : [place, value]
        let note = state.model.notes[node.path].map { [("note", DisplayText.escaped($0))] } ?? []
        var edited: [(String, String)] = []
        if node.isLeaf || node.role == .meaning, state.editKind(of: node) != nil, shown != nil {
            edited = [("before", document.tree.value(node).full)]
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
        let space = state.document.store.name(of: node.space)
        if !space.isEmpty { return "\(space) \(text)" }
        guard let place = state.document.store.fileOffset(ofStreamOffset: node.offset), place != node.offset
        else {
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
