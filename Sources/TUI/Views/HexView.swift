import Bytes
import Format
import Meaning

/// The bytes of the stream, of a container, or of a page with the content that the guest had.
struct HexPane: PaneView {
    /// Returns the offset of the cursor.
    func title(_ state: Update) -> String {
        if let page = state.model.page { return page.title }
        let offset = state.model.hexCursor
        let place = state.document.store.name(of: state.shownSpace)
        let number =
            state.model.base == .decimal ? "\(offset)" : "0x" + Hex.digits(UInt64(max(offset, 0)), width: 8)
        return (place.isEmpty ? "" : place + ":") + number
    }
    func helpTitle(_ state: Update) -> String { "In the bytes" }
    var hints: [Hint] {
        [
            Hint(.otherPane, "tree"), Hint(.inspector, "inspect"), Hint(.selectBytes, "range"),
            Hint(.layout, "layout"),
        ]
    }
    var keys: [(action: Action, title: String)] {
        [
            (.right, "next byte"), (.left, "previous byte"), (.otherPane, "to the tree"),
            (.selectBytes, "begin or end a range at the byte"), (.extendDown, "extend the range by a row"),
            (.inspector, "the bytes as numbers, times and text"), (.hexColumns, "bytes in a row"),
            (.rawRecord, "a page as the guest had it, or as it was sent"),
            (.last, "last row; after a number: that row"),
        ]
    }

    func move(_ rows: Int, _ state: inout Update) { state.moveHexRows(rows) }
    func scroll(_ rows: Int, _ state: inout Update) { state.scrollHex(rows) }

    func rowInSight(_ state: Update) -> Int? {
        let width = state.layout.hexGeometry.bytesPerRow
        return state.shownCursor / width - state.shownTop / width
    }

    func go(toRow row: Int, _ state: inout Update) {
        state.remember()
        let (offset, isFar) = row.multipliedReportingOverflow(by: state.layout.hexGeometry.bytesPerRow)
        if !state.moveInPage(to: isFar ? .max : offset) { state.moveHexCursor(to: isFar ? .max : offset) }
    }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        let times = max(count ?? 1, 1)
        switch action {
        case .right: state.moveHexCursor(by: times)
        case .left: state.moveHexCursor(by: -times)
        case .selectBytes: state.toggleRange(ofNode: false)
        case .extendUp: state.extendRange(rows: -times)
        case .extendDown: state.extendRange(rows: times)
        case .extendLeft: state.extendRange(bytes: -times)
        case .extendRight: state.extendRange(bytes: times)
        case .hexColumns: state.nextHexColumns(count)
        case .rawRecord: state.toggleRecord()
        default: return false
        }
        return true
    }

    func press(x: Int, row: Int, isDouble: Bool, _ state: inout Update) {
        let geometry = state.layout.hexGeometry
        guard let byte = geometry.byte(atX: x) else { return }
        let offset = (state.shownTop / geometry.bytesPerRow + row) * geometry.bytesPerRow + byte
        guard offset < state.shownRegion.count, !state.moveInPage(to: offset) else { return }
        state.model.anchor = nil
        state.moveHexCursor(to: offset)
        state.model.pressedByte = ByteAnchor(offset: offset, space: state.shownSpace)
    }

    func draw(_ grid: inout Grid, _ rect: Rect, _ state: Update, _ theme: Theme) {
        var view = HexView(state, theme)
        view.draw(&grid, rect)
    }
}

/// The rows of the hex pane. O(visible bytes).
struct HexView {
    private let state: Update
    private let theme: Theme
    private let geometry: HexGeometry
    private let selectedBytes: Range<Int>?
    // The marked ranges, the smallest first: it is the visible one.
    private let bookmarks: [(number: Int, bytes: Range<Int>)]
    /// The effects of edits on the visible bytes.
    private var edits: [Unicode.Scalar?] = []
    private var firstByte = 0

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
        geometry = state.layout.hexGeometry
        selectedBytes = state.selectedBytes
        let isStream = state.shownSpace == .stream && state.model.page == nil
        bookmarks =
            !isStream
            ? []
            : state.model.marks.filter { $0.value.length > 0 }.map { number, entry in
                (number, entry.offset..<entry.offset.addingSaturated(entry.length))
            }
            .sorted { $0.bytes.count < $1.bytes.count }
    }

    mutating func draw(_ grid: inout Grid, _ rect: Rect) {
        let count = geometry.bytesPerRow
        let region = state.shownRegion
        let start = state.shownTop / count * count
        let end = min(start.addingSaturated(rect.height * count), region.count)
        guard rect.width > 0, start < end else { return }
        let bytes = state.shownBytes(start..<end)
        edits = state.editedBytes(start..<end)
        firstByte = start
        let hasLosses = region === state.document.store.region && state.document.store.isLost(start..<end)
        let marks =
            state.model.page == nil
            ? ByteMarks(state.document, selection: state.model.selection, range: start..<end)
            : ByteMarks(page: start..<end)
        for row in 0...((end - start - 1) / count) {
            let first = start + row * count
            let line = Rect(x: rect.x, y: rect.y + row, width: rect.width, height: 1)
            drawOffset(&grid, line, first)
            let rowBytes = bytes[(first - start)..<min(first - start + count, bytes.count)]
            for (index, byte) in rowBytes.enumerated() {
                let offset = first + index
                let isLost = hasLosses && state.document.store.isLost(offset..<offset + 1)
                draw(
                    &grid, line, isLost || edit(offset) == EditSigns.dropped ? nil : byte, index: index,
                    offset: offset, marks)
            }
            if !edits.isEmpty { drawEdits(&grid, line, first..<first + rowBytes.count) }
            if theme.hasMarks { drawBrackets(&grid, line, first..<first + rowBytes.count) }
        }
    }

    // The offsets of a page count from the start of its block.
    private var base: Int { state.model.page?.page.address ?? 0 }

    private func drawOffset(_ grid: inout Grid, _ line: Rect, _ offset: Int) {
        if geometry.digits > 0 {
            let text = Hex.digits(UInt64(offset.addingSaturated(base)), width: geometry.digits)
            grid.put(text, x: line.x + geometry.offsetX, y: line.y, style: theme.offset, limit: line.width)
        }
        if let x = geometry.separatorX {
            grid.put("│", x: line.x + x, y: line.y, style: theme.border, limit: line.width - x)
        }
    }

    private func draw(
        _ grid: inout Grid, _ line: Rect, _ byte: UInt8?, index: Int, offset: Int, _ marks: ByteMarks
    ) {
        let x = geometry.x(ofByte: index)
        guard x < line.width else { return }
        let mark = marks[offset]
        let style = cellStyle(byte, offset, mark, field: marks.field(offset))
        grid[line.x + x, line.y] = Cell(Self.digit(byte.map { $0 >> 4 }), style: style)
        if offset == state.model.hexCursor, state.model.activePane == .hex {
            grid.placeCursor(x: line.x + x, y: line.y)
        }
        if x + 1 < line.width {
            grid[line.x + x + 1, line.y] = Cell(Self.digit(byte.map { $0 & 15 }), style: style)
        }
        if index + 1 < geometry.bytesPerRow {
            let end = min(geometry.x(ofByte: index + 1), line.width)
            let gap = Rect(x: line.x + x + 2, y: line.y, width: end - x - 2, height: 1)
            drawGap(&grid, gap, offset, mark, marks)
        }
        if let textX = geometry.textX, textX + index < line.width {
            grid[line.x + textX + index, line.y] = Cell(Self.character(byte), style: style)
        }
    }

    // Draws the column between a byte and the next: a continuous bar inside a field, hatched in a gap;
    // without colors, a line between fields.
    private func drawGap(
        _ grid: inout Grid, _ gap: Rect, _ offset: Int, _ mark: ByteMarks.Mark, _ marks: ByteMarks
    ) {
        let isJoined = marks[offset + 1] == mark
        var style = isJoined && mark != .foreign ? overlay(mark)(.normal) : .normal
        if isInRange(offset), isInRange(offset + 1) { style = theme.rangeBytes(style) }
        let isGap = marks.isGap(offset) && marks.isGap(offset + 1)
        let isBorder = theme.hasMarks && marks.isBorder(after: offset)
        guard isGap || isBorder || style != .normal else { return }
        grid.fill(x: gap.x, y: gap.y, width: gap.width, style: style)
        if isGap || isBorder, gap.width > 0 {
            let line = Style(
                foreground: theme.border.foreground, background: style.background,
                attributes: style.attributes.union(theme.border.attributes))
            grid[gap.x, gap.y] = Cell(isGap ? "╱" : "╎", style: line)
        }
    }

    private func edit(_ offset: Int) -> Unicode.Scalar? {
        edits.indices.contains(offset - firstByte) ? edits[offset - firstByte] : nil
    }

    private func isInRange(_ offset: Int) -> Bool { selectedBytes?.contains(offset) ?? false }

    /// `byte` is nil where the file has lost it.
    private func cellStyle(_ byte: UInt8?, _ offset: Int, _ mark: ByteMarks.Mark, field: Int) -> Style {
        var plain =
            byte.map { $0 == 0 ? theme.zeroByte : Self.isPrintable($0) ? theme.textByte : theme.byte }
            ?? theme.error
        if let byte, byte != 0, !theme.fields.isEmpty {
            plain.foreground = theme.fields[field % theme.fields.count]
        }
        if edit(offset) != nil { plain = theme.match }
        var marked = overlay(mark)(plain)
        if isInRange(offset) { marked = theme.rangeBytes(marked) }
        if let bookmark = bookmarks.first(where: { $0.bytes.contains(offset) }) {
            marked = theme.bookmark(bookmark.number, marked)
        }
        guard offset == state.shownCursor else { return marked }
        return state.model.activePane == .hex ? theme.cursor(marked) : theme.idleCursor(marked)
    }

    private func overlay(_ mark: ByteMarks.Mark) -> Theme.Overlay {
        switch mark {
        case .selected: theme.selectedBytes
        case .sibling: theme.siblingBytes
        case .otherSibling: theme.otherSiblingBytes
        case .foreign: theme.foreignBytes
        }
    }

    // The sign goes before the first changed byte, in the free column; dropped bytes show no digits.
    private func drawEdits(_ grid: inout Grid, _ line: Rect, _ row: Range<Int>) {
        for offset in row {
            guard let sign = edit(offset), sign == EditSigns.changed,
                edit(offset - 1) != sign || offset == row.lowerBound
            else {
                continue
            }
            let x = geometry.x(ofByte: offset - row.lowerBound) - 1
            if x >= 0, x < line.width { grid[line.x + x, line.y] = Cell(sign, style: theme.match) }
        }
    }

    // Brackets go around the first and the last byte of the range or the node, in the free columns.
    private func drawBrackets(_ grid: inout Grid, _ line: Rect, _ row: Range<Int>) {
        let node = state.selectedNode
        guard state.model.page == nil else { return }
        if let selectedBytes { return drawBrackets(&grid, line, row, "<", selectedBytes, ">") }
        if node.path != .root { drawBrackets(&grid, line, row, "[", node.range, "]") }
    }

    private func drawBrackets(
        _ grid: inout Grid, _ line: Rect, _ row: Range<Int>, _ left: Unicode.Scalar, _ bytes: Range<Int>,
        _ right: Unicode.Scalar
    ) {
        guard !bytes.isEmpty else { return }
        if row.contains(bytes.lowerBound) {
            let x = geometry.x(ofByte: bytes.lowerBound - row.lowerBound) - 1
            if x >= 0, x < line.width { grid[line.x + x, line.y] = Cell(left, style: .normal) }
        }
        let last = bytes.upperBound - 1
        if row.contains(last) {
            let x = geometry.x(ofByte: last - row.lowerBound) + 2
            if x < line.width { grid[line.x + x, line.y] = Cell(right, style: .normal) }
        }
    }

    private static let digits = Array("0123456789abcdef".unicodeScalars)

    private static func isPrintable(_ byte: UInt8) -> Bool { (0x20..<0x7f).contains(byte) }

    private static func digit(_ value: UInt8?) -> Unicode.Scalar { value.map { digits[Int($0)] } ?? "-" }

    private static func character(_ byte: UInt8?) -> Unicode.Scalar {
        guard let byte else { return " " }
        return isPrintable(byte) ? Unicode.Scalar(byte) : "."
    }
}
