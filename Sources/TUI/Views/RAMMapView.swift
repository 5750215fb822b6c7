import Core

/// The RAM blocks as strips of cells, each cell a group of pages. O(cells).
struct RAMMapView {
    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    func draw(_ grid: inout Grid) {
        guard let map = state.model.ramMap else { return drawWaiting(&grid) }
        let selected = state.model.ramPlace.block
        let geometry = RAMMapGeometry(state.layout, map, selected: selected)
        var y = geometry.area.y
        let bottom = geometry.area.bottom
        for number in geometry.firstBlock..<geometry.firstBlock + geometry.blockCount where y < bottom {
            // Where there is one line only, it is a strip.
            if geometry.area.height > 1 {
                drawHeader(&grid, map.blocks[number], isSelected: number == selected, geometry.area, y)
                y += 1
            }
            let lines = min(number == selected ? geometry.lines : 1, bottom - y)
            drawStrip(&grid, map.blocks[number], number == selected, geometry, y, lines: lines)
            y += max(lines, 0)
        }
        drawFoot(&grid, map, geometry)
    }

    private func drawWaiting(_ grid: inout Grid) {
        let area = HelpView.area(state.layout)
        grid.put(
            clipped: "reading the pages of the stream; Esc stops", x: area.x + 1, y: area.y,
            style: theme.label,
            limit: area.width - 1)
    }

    private func drawHeader(
        _ grid: inout Grid, _ block: RAMMap.Block, isSelected: Bool, _ area: Rect, _ y: Int
    ) {
        let style = isSelected ? theme.section : theme.name
        if isSelected, theme.hasMarks { grid[area.x, y] = Cell(">") }
        let used = grid.put(clipped: block.name, x: area.x + 1, y: y, style: style, limit: area.width - 1)
        let text = Self.text(0..<block.pageCount, of: block)
        grid.put(clipped: text, x: area.x + used + 3, y: y, style: theme.label, limit: area.width - used - 4)
    }

    /// `15 pages: 12 raw  3 zero`, without what there is none of.
    private static func text(_ pages: Range<Int>, of block: RAMMap.Block) -> String {
        let tally = block.tally(pages)
        let parts = [
            (tally.raw, "raw"), (tally.zero, "zero"), (tally.xbzrle, "xbzrle"),
            (tally.compressed, "compressed"),
            (tally.absent, "absent"), (tally.resent, "sent again"),
        ]
        let kinds = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: "  ")
        return "\(pages.count == 1 ? "1 page" : "\(pages.count) pages"): \(kinds)"
    }

    private func drawStrip(
        _ grid: inout Grid, _ block: RAMMap.Block, _ isSelected: Bool, _ geometry: RAMMapGeometry, _ y: Int,
        lines: Int
    ) {
        let count = geometry.pagesPerCell(block, isSelected: isSelected)
        for line in 0..<max(lines, 0) {
            for column in 0..<geometry.width {
                let first = (line * geometry.width + column) * count
                guard first < block.pageCount else { return }
                let (scalar, style) = look(block.tally(first..<min(first + count, block.pageCount)))
                let isCursor = isSelected && (first..<first + count).contains(state.model.ramPlace.page)
                let x = geometry.area.x + min(1, geometry.area.width - 1) + column
                if isCursor { grid.placeCursor(x: x, y: y + line) }
                grid[x, y + line] = Cell(scalar, style: isCursor ? theme.selection(style) : style)
            }
        }
    }

    /// What is rare shows before what is common.
    private func look(_ tally: RAMMap.Tally) -> (Unicode.Scalar, Style) {
        if tally.total == 0 { return ("?", theme.decoration) }
        if tally.xbzrle > 0 { return ("x", theme.warning) }
        if tally.compressed > 0 { return ("c", theme.glyph) }
        if tally.resent > 0 { return ("2", theme.match) }
        if tally.raw > 0 {
            let shades: [Unicode.Scalar] = ["░", "▒", "▓", "█"]
            return (shades[min(tally.raw * 4 / tally.total, 3)], theme.value)
        }
        return tally.absent > tally.zero ? ("/", theme.decoration) : (".", theme.zeroByte)
    }

    private func drawFoot(_ grid: inout Grid, _ map: RAMMap, _ geometry: RAMMapGeometry) {
        let area = geometry.area
        let lines = [
            selectedText(map), passesText(map),
            "█▓▒░ raw, by share  . zero  / absent  x xbzrle  c compressed  2 sent again",
        ]
        for (number, text) in lines.prefix(geometry.footLines).enumerated() {
            grid.put(
                clipped: text, x: area.x + 1, y: area.bottom + number,
                style: number == 0 ? theme.text : theme.label,
                limit: area.width - 2)
        }
    }

    private func selectedText(_ map: RAMMap) -> String {
        guard let pages = state.selectedRAMPages else { return "" }
        let block = map.blocks[state.model.ramPlace.block]
        let address = Hex.offset(
            pages.lowerBound.multipliedReportingOverflow(by: map.index.pageSize).partialValue)
        return "\(block.name)@\(address)  \(Self.text(pages, of: block))"
    }

    private func passesText(_ map: RAMMap) -> String {
        let shown = map.index.passes.prefix(100).enumerated().map { number, pass in
            "\(number + 1): \(pass.raw + pass.zero + pass.xbzrle + pass.compressed) pages, \(SizeText.long(pass.bytes))"
        }
        return shown.isEmpty ? "" : "passes  " + shown.joined(separator: "  ")
    }
}
