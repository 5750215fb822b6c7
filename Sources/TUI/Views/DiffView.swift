import Bytes
import Compare
import Meaning

/// The list of differences from the other stream; the session keeps the selection.
struct DifferencesList: CoveringView {
    func title(_ state: Update) -> String { "differences" }
    var hints: [Hint] {
        [Hint(.toggle, "go to"), Hint(.nextFinding, "next"), Hint(.otherPane, "other stream")]
    }
    var opener: Action? { .differences }
    var keys: [(action: Action, title: String)] {
        [
            (.toggle, "go to it, or open and close the group"), (.right, "open the group"),
            (.left, "close the group"), (.nextFinding, "next difference"),
            (.previousFinding, "previous difference"), (.otherPane, "the list from the other stream"),
        ]
    }

    func move(_ rows: Int, _ state: inout Update) { state.diff?.move(rows) }
    func choose(_ state: inout Update) { _ = state.performOnDifferences(.toggle, nil) }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        state.performOnDifferences(action, count)
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        if let diff = state.diff { DiffView(state, theme, diff).draw(&grid) }
    }
}

extension Overlay {
    static let differences = Overlay(DifferencesList())
}

/// The differences of two streams, and both values of the selected one.
struct DiffView {
    private let state: Update
    private let theme: Theme
    private let session: DiffSession

    init(_ state: Update, _ theme: Theme, _ session: DiffSession) {
        self.state = state
        self.theme = theme
        self.session = session
    }

    func draw(_ grid: inout Grid) {
        var area = state.layout.overlayArea
        if area.height >= 10 {
            let lines = min(area.height / 3, 12)
            area.height -= lines + 1
            let foot = Rect(x: area.x, y: area.bottom + 1, width: area.width, height: lines)
            grid.fill(x: area.x, y: area.bottom, width: area.width, with: "─", style: theme.border)
            drawSides(&grid, foot)
        }
        guard area.height >= 2 else { return drawList(&grid, area) }
        let columns = Columns(area.width)
        drawHead(&grid, area, columns)
        area.y += 1
        area.height -= 1
        drawList(&grid, area)
    }

    /// The columns of path and values.
    private struct Columns {
        let left: Int
        let right: Int
        let width: Int

        init(_ width: Int) {
            self.width = width
            left = width * 45 / 100
            right = left + (width - left) / 2
        }
    }

    private func drawHead(_ grid: inout Grid, _ area: Rect, _ columns: Columns) {
        for (side, x) in [(DiffSide.left, columns.left), (.right, columns.right)] {
            let isShown = side == state.side
            grid.put(
                clipped:
                    "\(side.letter) \(ClippedText.clip(session.name(side), columns: columns.right - columns.left - 4, keeping: .end))",
                x: area.x + x, y: area.y,
                style: isShown ? theme.activeTitle : theme.label,
                limit: columns.right - columns.left - 2)
        }
    }

    // MARK: The list

    private func drawList(_ grid: inout Grid, _ area: Rect) {
        let list = session.list
        ListView(theme).draw(&grid, area, count: list.rowCount, selected: session.selected) {
            draw(&$0, list, $1, $2)
        }
    }

    private func draw(_ grid: inout Grid, _ list: DiffList, _ row: Int, _ line: Rect) {
        guard let place = list.place(ofRow: row) else { return }
        let group = list.groups[place.group]
        guard let number = place.difference else { return drawGroup(&grid, group, line) }
        let difference = group.differences[number]
        let columns = Columns(line.width)
        let style = self.style(difference)
        grid.put(difference.change.mark, x: line.x + 3, y: line.y, style: style, limit: line.width - 3)
        grid.put(
            clipped: label(difference, group), x: line.x + 5, y: line.y, style: theme.name,
            limit: columns.left - 6, keeping: .end)
        let values = ClippedText.clip(
            compared: difference.left, difference.right, columns: columns.right - 1 - columns.left)
        for (text, x, end) in [
            (values.left, columns.left, columns.right - 1), (values.right, columns.right, line.width),
        ] {
            grid.put(
                clipped: text, x: line.x + x, y: line.y,
                style: group.kind == .noise ? theme.label : theme.value,
                limit: end - x)
        }
    }

    private func drawGroup(_ grid: inout Grid, _ group: DiffList.Group, _ line: Rect) {
        grid.put(
            group.isOpen ? "▾" : "▸", x: line.x + 1, y: line.y, style: theme.glyph, limit: line.width - 1)
        let used = grid.put(
            clipped: group.title, x: line.x + 3, y: line.y,
            style: group.kind == .structure ? theme.warning : theme.section, limit: line.width - 3)
        grid.put(
            clipped: "\(group.differences.count)", x: line.x + used + 5, y: line.y, style: theme.size,
            limit: line.width - used - 5)
    }

    // The line of the group has the section's name.
    private func label(_ difference: Difference, _ group: DiffList.Group) -> String {
        var text = difference.path
        if group.kind == .values, text.hasPrefix(group.title + "/") {
            text = String(text.dropFirst(group.title.count + 1))
        }
        if let first = difference.also.first {
            let more = difference.also.count - 1
            text += more == 0 ? " (also \(first))" : " (also \(difference.also.count) more)"
        }
        return text
    }

    private func style(_ difference: Difference) -> Style {
        switch difference.change {
        case .removed: theme.error
        case .added: theme.match
        case .changed: theme.warning
        }
    }

    // MARK: Both sides

    private func drawSides(_ grid: inout Grid, _ area: Rect) {
        guard let difference = session.selectedDifference else { return }
        grid.put(
            clipped: difference.path, x: area.x + 1, y: area.y, style: theme.section, limit: area.width - 2,
            keeping: .end)
        let half = (area.width - 1) / 2
        for (side, x, width) in [
            (DiffSide.left, area.x, half), (.right, area.x + half + 1, area.width - half - 1),
        ] {
            let rect = Rect(x: x + 1, y: area.y + 1, width: width - 2, height: area.height - 1)
            drawSide(&grid, side, difference, rect)
        }
        for y in area.y + 1..<max(area.bottom, area.y + 1) {
            grid[area.x + half, y] = Cell("│", style: theme.border)
        }
    }

    private func drawSide(_ grid: inout Grid, _ side: DiffSide, _ difference: Difference, _ rect: Rect) {
        let text = side == .left ? difference.left : difference.right
        let range = session.range(of: difference, side)
        let place = range.map { " @\(Hex.offset($0.lowerBound)) +\($0.count)" } ?? ""
        var used = grid.put(
            side.letter + place, x: rect.x, y: rect.y, style: theme.offset, limit: rect.width)
        used += 2
        grid.put(
            clipped: text.isEmpty ? "absent" : text, x: rect.x + used, y: rect.y,
            style: text.isEmpty ? theme.label : theme.value, limit: rect.width - used)
        guard let range, let region = session.region(side) else { return }
        let other = session.range(of: difference, side.other)
        drawBytes(
            &grid, region, range, other.flatMap { other in session.region(side.other).map { ($0, other) } },
            Rect(x: rect.x, y: rect.y + 1, width: rect.width, height: rect.height - 1))
    }

    // Draws bytes and marks those that differ from the other side; begins at the first difference when they
    // do not all fit.
    private func drawBytes(
        _ grid: inout Grid, _ region: MappedRegion, _ range: Range<Int>, _ other: (MappedRegion, Range<Int>)?,
        _ rect: Rect
    ) {
        let perRow = max(min((rect.width - 2) / 3, 16) / 4 * 4, 4)
        let room = rect.height * perRow
        guard room > 0, rect.width >= 12 else { return }
        var start = 0
        if range.count > room, let first = firstDifference(region, range, other) {
            start = min(first / perRow * perRow, max(0, range.count - room + perRow - 1) / perRow * perRow)
        }
        let bytes = region.copy(
            range.lowerBound + start..<min(range.upperBound, range.lowerBound + start + room))
        let others = other.map { region, range in
            region.copy(
                min(
                    range.lowerBound + start, range.upperBound)..<min(
                        range.upperBound, range.lowerBound + start + room))
        }
        for (index, byte) in bytes.enumerated() {
            let isSame = others.map { index < $0.count && $0[index] == byte } ?? true
            let style = isSame ? (byte == 0 ? theme.zeroByte : theme.byte) : theme.selectedBytes(theme.byte)
            grid.put(
                Hex.digits(UInt64(byte), width: 2), x: rect.x + index % perRow * 3,
                y: rect.y + index / perRow, style: style,
                limit: max(rect.width - index % perRow * 3, 0))
        }
    }

    private static let searchedBytes = 1 << 16

    private func firstDifference(
        _ region: MappedRegion, _ range: Range<Int>, _ other: (MappedRegion, Range<Int>)?
    ) -> Int? {
        guard let (otherRegion, otherRange) = other else { return nil }
        let count = min(range.count, otherRange.count, Self.searchedBytes)
        let compared = range.lowerBound..<range.lowerBound + count
        return region.differingRuns(compared, to: otherRegion, at: otherRange.lowerBound, limit: 1)
            .runs.first?.lowerBound
    }
}
