/// A grid of cells that views draw on.
///
/// Drawing never fails: parts outside the grid are omitted, and a wide character is never cut in half.
package struct Grid: Sendable, Equatable {
    package let size: Size
    private var cells: [Cell]
    /// The position of the terminal's cursor: on the selection.
    private(set) var cursor: Position?

    struct Position: Equatable, Sendable {
        var x: Int
        var y: Int
    }

    /// Creates a blank grid. O(cells).
    package init(_ size: Size) {
        let size = Size(width: size.width, height: size.height)
        self.size = size
        self.cells = Array(repeating: .blank, count: size.width * size.height)
    }

    /// Ignores writes outside the grid; reads outside return a blank.
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

    /// Draws `text` on one line, from column `x`, over at most `limit` columns.
    ///
    /// Scalars without a width (controls, combining marks) are omitted. A wide character that does not fit
    /// becomes a blank.
    /// - Returns: the number of columns used, including those to the left of the grid.
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

    /// Puts the cursor on a cell; ignores cells outside the grid.
    mutating func placeCursor(x: Int, y: Int) {
        if contains(x, y) { cursor = Position(x: x, y: y) }
    }

    /// Fills a rectangle with one scalar. Ignores the part outside the grid.
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

    /// Changes the style of a rectangle and keeps its text.
    package mutating func restyle(x: Int, y: Int, width: Int, height: Int = 1, _ change: (Style) -> Style) {
        for row in clamped(y, height, size.height) {
            for column in clamped(x, width, size.width) {
                let index = row * size.width + column
                cells[index].style = change(cells[index].style)
            }
        }
    }

    /// Returns the part of `start ..< start + length` inside `0 ..< limit`.
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

    /// Stores one cell, and replaces the other half of a wide character that it overwrites.
    private mutating func store(_ cell: Cell, at index: Int, roomToTheRight room: Int) {
        let old = cells[index]
        if cell.width == 0 {
            // A right half is valid only where one already is; otherwise it becomes a blank.
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

extension Grid {
    /// Replaces each non-ASCII scalar with a similar ASCII character. O(cells).
    mutating func reduceToASCII() {
        for y in 0..<size.height {
            for x in 0..<size.width {
                let cell = self[x, y]
                guard cell.scalar.value >= 0x7f else { continue }
                self[x, y] = Cell(Self.fallback(cell.scalar), style: cell.style)
            }
        }
    }

    private static func fallback(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "│", "╎": "|"
        case "╱": "/"
        case "─": "-"
        case "┌", "┐", "└", "┘", "├", "┤", "┬", "┴", "┼": "+"
        case "▸": "+"
        case "▾": "-"
        case "▹": ">"
        case "▿": "v"
        case "∙": ":"
        case "…": "~"
        case "⚠": "!"
        case "×": "x"
        case "█": "#"
        case "▓": "%"
        case "▌": "="
        case "▒": "+"
        case "░": "-"
        case "·": "."
        case "–", "—": "-"
        case "µ": "u"
        case "✎", "✓": "*"
        default: "?"
        }
    }
}

extension Grid {
    /// A stretch of one row to redraw, all in one style.
    package struct Change: Equatable, Sendable {
        package let x: Int
        package let y: Int
        package let style: Style
        /// One entry per character; a wide one takes two columns.
        package let cells: [Cell]
    }

    /// Calls `body` for each stretch that differs from `previous`, from top to bottom and left to right.
    ///
    /// Without a previous grid, or with one of another size, the whole grid differs. O(cells).
    package func forEachChange(from previous: Grid?, _ body: (Change) -> Void) {
        let reference = previous?.size == size ? previous : nil
        for y in 0..<size.height {
            changes(inRow: y, from: reference, body)
        }
    }

    private func changes(inRow y: Int, from previous: Grid?, _ body: (Change) -> Void) {
        var run: [Cell] = []
        var start = 0
        func flush() {
            guard let first = run.first else { return }
            body(Change(x: start, y: y, style: first.style, cells: run))
            run.removeAll(keepingCapacity: true)
        }
        var x = 0
        while x < size.width {
            let cell = self[x, y]
            let columns = max(Int(cell.width), 1)
            let isChanged = previous.map { $0[x, y] != cell } ?? true
            if !isChanged || run.first.map({ $0.style != cell.style }) ?? false { flush() }
            if isChanged {
                if run.isEmpty { start = x }
                run.append(cell)
            }
            x += columns
        }
        flush()
    }
}

/// One cell of the screen.
package struct Cell: Hashable, Sendable {
    package var scalar: Unicode.Scalar
    package var style: Style
    /// 1, or 2 for the left half of a wide character, or 0 for the right half.
    package private(set) var width: UInt8

    /// Creates a cell of one or two columns. A scalar without a width becomes a blank.
    package init(_ scalar: Unicode.Scalar, style: Style = .normal) {
        let columns = CharacterWidth.columns(of: scalar)
        self.scalar = columns == 0 ? " " : scalar
        self.style = style
        self.width = columns == 2 ? 2 : 1
    }

    /// A space in the terminal's own colors.
    package static let blank = Cell(" ")

    /// Returns the cell to the right of a wide character.
    static func rightHalf(style: Style) -> Cell {
        var cell = Cell(" ", style: style)
        cell.width = 0
        return cell
    }
}

/// The size of a screen in cells.
package struct Size: Equatable, Hashable, Sendable {
    /// The maximum side. No terminal is larger, and a grid of this size still fits in memory.
    package static let largestSide = 4096

    package var width: Int
    package var height: Int

    /// Clamps the sides to `1 ... largestSide`.
    package init(width: Int, height: Int) {
        self.width = min(max(width, 1), Size.largestSide)
        self.height = min(max(height, 1), Size.largestSide)
    }
}
