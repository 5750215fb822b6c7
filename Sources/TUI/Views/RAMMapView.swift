import Bytes
import Meaning

/// The RAM blocks. The model keeps the selection, so that it persists.
struct RAMMapPanel: CoveringView {
    func title(_ state: Update) -> String { "RAM" }
    var hints: [Hint] {
        [
            Hint(.toggle, "go to"), Hint(.nextSection, "next block"), Hint(.dividerRight, "zoom in"),
            Hint(.searchNext, "next sent again"),
        ]
    }
    var isList: Bool { false }
    var opener: Action? { .ramMap }
    var keys: [(action: Action, title: String)] {
        [
            (.toggle, "go to the page"), (.right, "next cell"), (.left, "previous cell"),
            (.nextSection, "next block"), (.previousSection, "previous block"), (.dividerRight, "zoom in"),
            (.dividerLeft, "zoom out"), (.zoom, "the whole block"),
            (.searchNext, "next page that was sent again"),
            (.searchPrevious, "previous page that was sent again"),
        ]
    }

    func move(_ rows: Int, _ state: inout Update) { state.moveInRAMMap(lines: rows) }
    func choose(_ state: inout Update) { state.goToRAMPage() }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        state.performOnRAMMap(action, count)
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) { RAMMapView(state, theme).draw(&grid) }
}

extension Overlay {
    static let ramMap = Overlay(RAMMapPanel())
}

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
        let geometry = RAMMapGeometry(
            state.layout, map, place: state.model.ramPlace, zoom: state.model.ramZoom)
        var y = geometry.area.y
        let bottom = geometry.area.bottom
        for number in geometry.firstBlock..<geometry.firstBlock + geometry.blockCount where y < bottom {
            // A single line is used for the strip.
            if geometry.area.height > 1 {
                drawHeader(&grid, map.blocks[number], isSelected: number == selected, geometry.area, y)
                y += 1
            }
            let lines = min(number == selected ? geometry.lines : 1, bottom - y)
            drawStrip(&grid, map, number, geometry, y, lines: lines)
            y += max(lines, 0)
        }
        drawFoot(&grid, map, geometry)
    }

    private func drawWaiting(_ grid: inout Grid) {
        let area = state.layout.overlayArea
        grid.put(
            clipped: "reading the pages of the stream; \(state.keymap.hint(.cancel)) stops", x: area.x + 1,
            y: area.y,
            style: theme.label,
            limit: area.width - 1)
    }

    private func drawHeader(
        _ grid: inout Grid, _ block: RAMMap.Block, isSelected: Bool, _ area: Rect, _ y: Int
    ) {
        let style = isSelected ? theme.section : theme.name
        if isSelected, theme.hasMarks { grid[area.x, y] = Cell(">") }
        let used = grid.put(clipped: block.name, x: area.x + 1, y: y, style: style, limit: area.width - 1)
        let text = Self.text(block.tally(0..<block.pageCount), block.pageCount)
        grid.put(clipped: text, x: area.x + used + 3, y: y, style: theme.label, limit: area.width - used - 4)
    }

    /// Returns `15 pages: 12 raw  3 zero`, without kinds that do not occur.
    private static func text(_ tally: RAMMap.Tally, _ count: Int) -> String {
        let parts = [
            (tally.raw, "raw"), (tally.zero, "zero"), (tally.xbzrle, "xbzrle"),
            (tally.compressed, "compressed"),
            (tally.absent, "absent"), (tally.resent, "sent again"),
        ]
        let kinds = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: "  ")
        return "\(Quantity.text(count, "page")): \(kinds)"
    }

    private func drawStrip(
        _ grid: inout Grid, _ map: RAMMap, _ number: Int, _ geometry: RAMMapGeometry, _ y: Int, lines: Int
    ) {
        let block = map.blocks[number]
        let isSelected = number == state.model.ramPlace.block
        let count = geometry.pagesPerCell(block, isSelected: isSelected)
        let start = isSelected ? geometry.start(block) : 0
        let end = isSelected ? geometry.window.upperBound : block.pageCount
        for line in 0..<max(lines, 0) {
            for column in 0..<geometry.width {
                let first = start + (line * geometry.width + column) * count
                guard first < end else { return }
                let pages = first..<min(first + count, block.pageCount)
                let (scalar, style) = look(map.tally(block: number, pages, state.document.store.region))
                let isCursor = isSelected && (first..<first + count).contains(state.model.ramPlace.page)
                let x = geometry.area.x + min(1, geometry.area.width - 1) + column
                if isCursor { grid.placeCursor(x: x, y: y + line) }
                grid[x, y + line] = Cell(scalar, style: isCursor ? theme.selection(style) : style)
            }
        }
    }

    /// Returns the look of a cell; rare states take precedence over common ones.
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
        let legend = "█▓▒░ raw, by share  . zero  / absent  x xbzrle  c compressed  2 sent again"
        var y = area.bottom
        func put(_ text: String, _ style: Style) {
            guard y < area.bottom + geometry.footLines else { return }
            grid.put(clipped: text, x: area.x + 1, y: y, style: style, limit: area.width - 2)
            y += 1
        }
        put(selectedText(map, geometry), theme.text)
        if geometry.passLines == 1 {
            put(passesText(map), theme.label)
        } else {
            let chart = PassChart(map.index.passes, limit: geometry.passLines)
            for line in chart.lines where y < area.bottom + geometry.footLines {
                draw(&grid, line, Rect(x: area.x + 1, y: y, width: area.width - 2, height: 1))
                y += 1
            }
        }
        put(legend, theme.label)
    }

    // Draws one line of the chart of passes.
    private func draw(_ grid: inout Grid, _ line: PassChart.Line, _ rect: Rect) {
        let text = Quantity.text(line.pages, "page")
        grid.put(clipped: "pass \(line.label)", x: rect.x, y: rect.y, style: theme.label, limit: 12)
        grid.put(text, endingAt: rect.x + 28, y: rect.y, style: theme.text, limit: 15)
        grid.put(SizeText.long(line.bytes), endingAt: rect.x + 39, y: rect.y, style: theme.size, limit: 10)
        let columns = min(rect.width - 41, 80)
        guard columns > 0 else { return }
        grid.put(line.share.bar(columns), x: rect.x + 41, y: rect.y, style: theme.glyph, limit: columns)
    }

    private func selectedText(_ map: RAMMap, _ geometry: RAMMapGeometry) -> String {
        guard let pages = state.selectedRAMPages else { return "" }
        let number = state.model.ramPlace.block
        let block = map.blocks[number]
        let address = { (page: Int) in
            Hex.offset(page.multipliedReportingOverflow(by: map.index.pageSize).partialValue)
        }
        let tally = map.tally(block: number, pages, state.document.store.region)
        let first = pages.lowerBound.multipliedReportingOverflow(by: map.index.pageSize).partialValue
        let physical = state.model.guestMap?.physical(block: number, offset: first)
        let guest = physical.map { "  guest \(Hex.offset($0))" } ?? ""
        let text = "\(block.name)@\(Hex.offset(first))  \(Self.text(tally, pages.count))\(guest)"
        guard state.model.ramZoom > 0 else { return text }
        let window = geometry.window
        return text + "  of \(address(window.lowerBound))…\(address(window.upperBound))"
    }

    private func passesText(_ map: RAMMap) -> String {
        let shown = map.index.passes.prefix(100).enumerated().map { number, pass in
            "\(number + 1): \(pass.pages) pages, \(SizeText.long(pass.bytes))"
        }
        return shown.isEmpty ? "" : "passes  " + shown.joined(separator: "  ")
    }
}
