import Bytes

/// All readings of the bytes at the hex cursor: big-endian at the left, little-endian at the right.
struct InspectorView {
    private static let labelColumns = 9

    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    func draw(_ grid: inout Grid, _ rect: Rect) {
        let offset = state.shownCursor
        let bytes = state.shownBytes(offset..<offset.addingSaturated(ByteInspection.byteCount))
        let x = rect.x + Self.labelColumns
        let columns = max((rect.width - Self.labelColumns) / 2, 1)
        if let y = state.layout.detailsRuleY {
            drawTitle(&grid, "big-endian", x, y, limit: columns)
            drawTitle(&grid, "little-endian", x + columns, y, limit: columns)
        }
        let lines = ByteInspection(bytes).lines
        let top = min(DetailsView.top(state, rect), max(lines.count - rect.height, 0))
        let rest = lines.count - top - rect.height
        // When not everything fits, the last line says so.
        let shown = rest > 0 && rect.height > 1 ? rect.height - 1 : rect.height
        for (row, line) in lines.dropFirst(top).prefix(shown).enumerated() {
            draw(&grid, line, x: x, y: rect.y + row, rect, columns)
        }
        guard shown < rect.height else { return }
        grid.put(
            "\(rest + 1) more lines", x: rect.x + 1, y: rect.bottom - 1, style: theme.label,
            limit: rect.width - 1)
    }

    private func draw(
        _ grid: inout Grid, _ line: ByteInspection.Line, x: Int, y: Int, _ rect: Rect, _ columns: Int
    ) {
        grid.put(line.label, x: rect.x + 1, y: y, style: theme.label, limit: Self.labelColumns - 2)
        guard !line.littleEndian.isEmpty else {
            return drawValue(&grid, line.bigEndian, x, y, limit: rect.right - x)
        }
        let width = CharacterWidth.columns(of: line.bigEndian)
        let second = line.hasCommonEnd ? max(columns, min(width + 1, rect.right - x)) : columns
        drawValue(&grid, line.bigEndian, x, y, limit: line.hasCommonEnd ? second - 1 : columns - 2)
        drawValue(&grid, line.littleEndian, x + second, y, limit: rect.right - x - second)
    }

    // The hexadecimal digits are in the hex pane too, so they go first when room is short.
    private func drawValue(_ grid: inout Grid, _ text: String, _ x: Int, _ y: Int, limit: Int) {
        var text = text[...]
        if text.utf8.count > limit, text.hasPrefix("0x"), let sign = text.firstRange(of: " = ") {
            text = text[sign.upperBound...]
        }
        grid.put(clipped: String(text), x: x, y: y, style: theme.value, limit: limit)
    }

    private func drawTitle(_ grid: inout Grid, _ text: String, _ x: Int, _ y: Int, limit: Int) {
        guard text.utf8.count + 1 < limit else { return }
        grid.put(text + " ", x: x, y: y, style: theme.borderTitle, limit: limit)
    }
}
