/// Lays out pieces of text in sequence over some lines. Text that does not fit ends in `…`.
struct TextFlow {
    struct Run: Equatable {
        var text: String
        var style: Style
        var x: Int
        var y: Int
    }

    // Enough columns to begin a long text after its label.
    private static let keptColumns = 12

    private(set) var runs: [Run] = []
    private let width: Int
    private let height: Int
    private var x = 0
    private var y = 0

    /// Both are at least 1.
    init(width: Int, height: Int) {
        self.width = max(width, 1)
        self.height = max(height, 1)
    }

    /// Adds a piece two columns after the last, or one column when `isJoined` is true.
    ///
    /// A piece that fits on a line is not broken; a longer one fills the lines. The next `following` columns
    /// stay on the same line if one line holds both; otherwise the line keeps enough room for their start.
    /// They are for the text after a label.
    mutating func append(_ text: String, _ style: Style, isJoined: Bool = false, following: Int = 0) {
        var columns = CharacterWidth.columns(of: text)
        if following > 0 {
            let both = columns + 1 + following
            columns = both <= width ? both : min(columns + Self.keptColumns, width)
        }
        let gap = x == 0 ? 0 : isJoined ? 1 : 2
        // A text joined to a placed label is broken rather than moved to another line.
        let isMoved = x + gap + columns > width && columns <= width && !isJoined || x + gap >= width
        if isMoved, x > 0, y + 1 < height {
            x = 0
            y += 1
        } else {
            x += gap
        }
        var rest = text
        while !rest.isEmpty {
            guard x < width else {
                if y + 1 >= height { return }
                x = 0
                y += 1
                continue
            }
            rest = place(rest, style)
        }
    }

    // Puts what fits on the line, and returns the rest.
    private mutating func place(_ text: String, _ style: Style) -> String {
        let room = width - x
        if y + 1 >= height {
            let clipped = ClippedText.clip(text, columns: room)
            runs.append(Run(text: clipped, style: style, x: x, y: y))
            x += clipped == text ? CharacterWidth.columns(of: text) : room
            return ""
        }
        var start = CharacterWidth.prefix(of: text, columns: room)
        // A wide character does not fit on a line of one column.
        if start.isEmpty, x == 0 { return "" }
        guard start.endIndex < text.endIndex else {
            runs.append(Run(text: text, style: style, x: x, y: y))
            x += CharacterWidth.columns(of: text)
            return ""
        }
        if let space = start.lastIndex(of: " ") { start = start[..<space] }
        runs.append(Run(text: String(start), style: style, x: x, y: y))
        x = width
        return String(text[start.endIndex...].drop { $0 == " " })
    }

    /// The number of lines that the pieces take.
    var lineCount: Int { (runs.last?.y ?? -1) + 1 }

    /// Draws some of the lines; `x` and `y` are the position of the first.
    func draw(_ grid: inout Grid, x: Int, y: Int, lines: Range<Int> = 0..<Int.max) {
        for run in runs where lines.contains(run.y) {
            grid.put(
                run.text, x: x + run.x, y: y + run.y - lines.lowerBound, style: run.style,
                limit: width - run.x)
        }
    }
}
