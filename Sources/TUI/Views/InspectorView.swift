/// The bytes at the hex cursor as everything they may be: big-endian at the left, little-endian at the right.
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
        let bytes = state.shownBytes(offset..<offset.addingClamped(ByteInspection.byteCount))
        let x = rect.x + Self.labelColumns
        let columns = max((rect.width - Self.labelColumns) / 2, 1)
        if let y = state.layout.detailsRuleY {
            drawTitle(&grid, "big-endian", x, y, limit: columns)
            drawTitle(&grid, "little-endian", x + columns, y, limit: columns)
        }
        let top = min(DetailsView.top(state, rect), max(ByteInspection.lineCount - rect.height, 0))
        for (row, line) in ByteInspection(bytes).lines.dropFirst(top).prefix(rect.height).enumerated() {
            let y = rect.y + row
            grid.put(line.label, x: rect.x + 1, y: y, style: theme.label, limit: Self.labelColumns - 2)
            let isWide = line.littleEndian.isEmpty
            let room = isWide ? rect.width - Self.labelColumns : columns - 2
            drawValue(&grid, line.bigEndian, x, y, limit: room)
            if !isWide { drawValue(&grid, line.littleEndian, x + columns, y, limit: columns - 1) }
        }
    }

    // The hexadecimal digits are in the hex pane too: they make way first.
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
