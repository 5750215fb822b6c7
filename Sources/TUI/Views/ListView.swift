/// A list that covers the panes, with one line per entry. O(visible lines).
struct ListView {
    typealias Part = (text: String, style: Style)

    private let theme: Theme

    init(_ theme: Theme) { self.theme = theme }

    /// Returns the entries that are visible: those around the selected one.
    static func shown(of count: Int, selected: Int, height: Int) -> Range<Int> {
        let top = max(0, min(selected - max(height, 1) / 2, count - max(height, 1)))
        return top..<max(top, min(top.addingSaturated(max(height, 0)), count))
    }

    /// Draws the part of the list around `selected` into `area`.
    func draw(_ grid: inout Grid, _ area: Rect, count: Int, selected: Int, _ parts: (Int) -> [Part]) {
        draw(&grid, area, count: count, selected: selected) { grid, number, line in
            draw(&grid, parts(number), line)
        }
    }

    /// Draws entries that draw their own lines.
    func draw(
        _ grid: inout Grid, _ area: Rect, count: Int, selected: Int,
        entry: (inout Grid, _ number: Int, _ line: Rect) -> Void
    ) {
        for (row, number) in Self.shown(of: count, selected: selected, height: area.height).enumerated() {
            let line = Rect(x: area.x, y: area.y + row, width: area.width, height: 1)
            entry(&grid, number, line)
            guard number == selected else { continue }
            grid.placeCursor(x: line.x, y: line.y)
            if theme.hasMarks { grid[line.x, line.y] = Cell(">") }
            grid.restyle(x: line.x, y: line.y, width: line.width) { theme.selection($0) }
        }
    }

    private func draw(_ grid: inout Grid, _ parts: [Part], _ line: Rect) {
        var x = 1
        for part in parts where !part.text.isEmpty && x < line.width {
            x +=
                grid.put(
                    clipped: part.text, x: line.x + x, y: line.y, style: part.style, limit: line.width - x)
                + 2
        }
    }
}
