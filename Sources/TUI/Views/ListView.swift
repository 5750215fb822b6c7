/// A list that covers the panes, with one line per entry. O(visible lines).
struct ListView {
    typealias Part = (text: String, style: Style)

    private let theme: Theme

    init(_ theme: Theme) { self.theme = theme }

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
        let height = max(area.height, 1)
        let top = max(0, min(selected - height / 2, count - height))
        for row in 0..<max(0, min(area.height, count - top)) {
            let line = Rect(x: area.x, y: area.y + row, width: area.width, height: 1)
            entry(&grid, top + row, line)
            guard top + row == selected else { continue }
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
