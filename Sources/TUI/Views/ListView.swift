/// A list that covers the panes, one line an entry. O(visible lines).
struct ListView {
    typealias Part = (text: String, style: Style)

    private let theme: Theme

    init(_ theme: Theme) { self.theme = theme }

    /// Draws the part of the list around `selected` into `area`.
    func draw(_ grid: inout Grid, _ area: Rect, count: Int, selected: Int, _ parts: (Int) -> [Part]) {
        let height = max(area.height, 1)
        let top = max(0, min(selected - height / 2, count - height))
        for row in 0..<max(0, min(area.height, count - top)) {
            let y = area.y + row
            draw(&grid, parts(top + row), area, y)
            guard top + row == selected else { continue }
            grid.placeCursor(x: area.x, y: y)
            if theme.hasMarks { grid[area.x, y] = Cell(">") }
            grid.restyle(x: area.x, y: y, width: area.width) { theme.selection($0) }
        }
    }

    private func draw(_ grid: inout Grid, _ parts: [Part], _ area: Rect, _ y: Int) {
        var x = 1
        for part in parts where !part.text.isEmpty && x < area.width {
            x +=
                grid.put(clipped: part.text, x: area.x + x, y: y, style: part.style, limit: area.width - x)
                + 2
        }
    }
}
