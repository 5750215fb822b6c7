extension Grid {
    /// A stretch of one row that is to be written anew, all in one style.
    package struct Change: Equatable, Sendable {
        package let x: Int
        package let y: Int
        package let style: Style
        /// One entry a character: a wide one takes two columns.
        package let cells: [Cell]
    }

    /// Calls `body` for each stretch that differs from `previous`, rows downwards, left to right.
    ///
    /// Without a previous grid, or with one of another size, everything differs. O(cells).
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
