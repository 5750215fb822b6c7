import Bytes

/// The possible keys after the first key of a sequence: on the last line, or above it when they do not fit.
struct ContinuationsView {
    struct Entry {
        let key: String
        let title: String

        var columns: Int { CharacterWidth.columns(of: key) + 1 + CharacterWidth.columns(of: title) }
    }

    /// The columns between two entries.
    static let gap = 2
    /// The hint on the last line when the entries are above it.
    static let hint = "and one of these keys"

    private let state: Update
    private let theme: Theme
    private let keys: [Key]
    let entries: [Entry]

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
        keys = state.model.pending.keys
        entries =
            keys.isEmpty
            ? []
            : state.keymap.continuations(of: keys).map { key, action in
                Entry(key: action.argument?.text ?? key.name, title: action.title)
            }
    }

    /// Whether the entries are too many for the last line.
    func isList(width: Int) -> Bool {
        guard let bottom = state.layout.statusY, bottom > Self.rowsAbove else { return false }
        let start = keys.reduce(3) { $0 + CharacterWidth.columns(of: $1.name) }
        return entries.reduce(start) { $0 + $1.columns + Self.gap } > width
    }

    // The rows that stay visible above the entries.
    private static let rowsAbove = 3

    /// Draws the entries above the last line if they do not fit in it.
    func draw(_ grid: inout Grid) {
        guard !entries.isEmpty, isList(width: grid.size.width), let bottom = state.layout.statusY else {
            return
        }
        let rows = rows(width: grid.size.width).prefix(bottom - Self.rowsAbove)
        let top = bottom - rows.count
        grid.fill(x: 0, y: top, width: grid.size.width, height: rows.count, with: " ", style: .normal)
        for (row, entries) in rows.enumerated() {
            var x = 1
            for entry in entries { x += draw(entry, &grid, x, top + row) + Self.gap }
        }
    }

    // As many entries in a row as fit, in their order.
    private func rows(width: Int) -> [[Entry]] {
        var rows: [[Entry]] = []
        var used = 0
        for entry in entries {
            if let last = rows.indices.last, used + Self.gap + entry.columns <= width - 1 {
                rows[last].append(entry)
                used += Self.gap + entry.columns
            } else {
                rows.append([entry])
                used = 1 + entry.columns
            }
        }
        return rows
    }

    /// - Returns: the number of columns used.
    func draw(_ entry: Entry, _ grid: inout Grid, _ x: Int, _ y: Int) -> Int {
        let used = grid.put(entry.key, x: x, y: y, style: theme.key) + 1
        let room = max(grid.size.width - x - used, 0)
        return used + grid.put(clipped: entry.title, x: x + used, y: y, style: theme.label, limit: room)
    }
}
