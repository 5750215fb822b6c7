/// A screen of cells that views draw on.
///
/// Nothing here fails: what falls outside is not drawn, and a wide character is never half there.
package struct Grid: Sendable, Equatable {
    package let size: Size
    private var cells: [Cell]
    /// Where the cursor of the terminal belongs: on what is selected.
    private(set) var cursor: Position?

    struct Position: Equatable, Sendable {
        var x: Int
        var y: Int
    }

    /// A blank grid. O(cells).
    package init(_ size: Size) {
        let size = Size(width: size.width, height: size.height)
        self.size = size
        self.cells = Array(repeating: .blank, count: size.width * size.height)
    }

    /// Writes outside are ignored, reads outside give a blank.
    package subscript(x: Int, y: Int) -> Cell {
        get {
            guard contains(x, y) else { return .blank }
            return cells[y * size.width + x]
        }
        set {
            guard contains(x, y) else { return }
            store(newValue, at: y * size.width + x, roomToTheRight: size.width - 1 - x)
        }
    }

    /// Draws `text` on one line, from column `x` and over at most `limit` columns.
    ///
    /// Scalars without a width (controls, combining marks) are left out. A wide character that
    /// does not fit whole is a blank.
    /// - Returns: the columns used, those outside the grid on the left included.
    @discardableResult
    package mutating func put(
        _ text: String, x: Int, y: Int, style: Style = .normal, limit: Int = .max
    ) -> Int {
        guard y >= 0, y < size.height, x < size.width, limit > 0 else { return 0 }
        let (sum, overflow) = x.addingReportingOverflow(limit)
        let end = overflow ? size.width : min(size.width, sum)
        var column = x
        for scalar in text.unicodeScalars {
            let columns = CharacterWidth.columns(of: scalar)
            if columns == 0 { continue }
            guard column < end else { break }
            let fits = columns <= end - column
            self[column, y] = Cell(fits ? scalar : " ", style: style)
            column += fits ? columns : 1
        }
        return column - x
    }

    /// Puts the cursor on a cell; outside of the grid is nowhere.
    mutating func placeCursor(x: Int, y: Int) {
        if contains(x, y) { cursor = Position(x: x, y: y) }
    }

    /// Fills a rectangle with one scalar. What lies outside the grid is ignored.
    package mutating func fill(
        x: Int, y: Int, width: Int, height: Int = 1, with scalar: Unicode.Scalar = " ", style: Style = .normal
    ) {
        let cell = Cell(scalar, style: style)
        for row in clamped(y, height, size.height) {
            for column in clamped(x, width, size.width) {
                self[column, row] = cell
            }
        }
    }

    /// Changes how a rectangle looks and leaves what is there.
    package mutating func restyle(x: Int, y: Int, width: Int, height: Int = 1, _ change: (Style) -> Style) {
        for row in clamped(y, height, size.height) {
            for column in clamped(x, width, size.width) {
                let index = row * size.width + column
                cells[index].style = change(cells[index].style)
            }
        }
    }

    /// The part of `start ..< start + length` that lies in `0 ..< limit`.
    private func clamped(_ start: Int, _ length: Int, _ limit: Int) -> Range<Int> {
        guard length > 0, start < limit else { return 0..<0 }
        let (sum, overflow) = start.addingReportingOverflow(length)
        let end = overflow ? limit : min(sum, limit)
        let first = max(start, 0)
        return first..<max(first, end)
    }

    private func contains(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < size.width && y < size.height
    }

    /// Stores one cell and keeps the halves of wide characters together.
    private mutating func store(_ cell: Cell, at index: Int, roomToTheRight room: Int) {
        let old = cells[index]
        if cell.width == 0 {
            // A right half only makes sense where one already is; else it is a blank.
            if old.width != 0 { cells[index] = Cell(" ", style: cell.style) }
            return
        }
        if old.width == 0, index > 0 {
            cells[index - 1] = Cell(" ", style: cells[index - 1].style)
        }
        if old.width == 2 {
            cells[index + 1] = Cell(" ", style: cells[index + 1].style)
        }
        guard cell.width == 2 else {
            cells[index] = cell
            return
        }
        guard room > 0 else {
            cells[index] = Cell(" ", style: cell.style)
            return
        }
        cells[index] = cell
        store(Cell(" ", style: cell.style), at: index + 1, roomToTheRight: room - 1)
        cells[index + 1] = .rightHalf(style: cell.style)
    }
}
