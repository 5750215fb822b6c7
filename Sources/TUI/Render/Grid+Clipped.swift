/// The end of a long text that remains.
enum KeptEnd {
    case start, end
}

extension Grid {
    /// Draws `text` over at most `limit` columns. A longer text is cut and marked with `…`.
    /// - Returns: the number of columns used.
    @discardableResult
    mutating func put(
        clipped text: String, x: Int, y: Int, style: Style = .normal, limit: Int,
        keeping end: KeptEnd = .start
    ) -> Int {
        put(ClippedText.clip(text, columns: limit, keeping: end), x: x, y: y, style: style, limit: limit)
    }

    /// Draws `text` so that it ends before column `right`.
    mutating func put(_ text: String, endingAt right: Int, y: Int, style: Style = .normal, limit: Int) {
        let clipped = ClippedText.clip(text, columns: limit)
        put(clipped, x: right - CharacterWidth.columns(of: clipped), y: y, style: style, limit: limit)
    }
}

enum ClippedText {
    /// Returns `text`, or as much of it as `columns` columns hold, with a `…` for the rest. In a text of
    /// several words it never cuts inside a number, since the remainder would look like another number.
    static func clip(_ text: String, columns: Int, keeping end: KeptEnd = .start) -> String {
        guard columns > 0 else { return "" }
        // Most names are ASCII: one byte per column.
        if text.utf8.count <= columns || CharacterWidth.columns(of: text) <= columns { return text }
        switch end {
        case .start:
            return wholeNumbers(CharacterWidth.prefix(of: text, columns: columns - 1), of: text) + "…"
        case .end:
            let reversed = String(String.UnicodeScalarView(text.unicodeScalars.reversed()))
            let kept = CharacterWidth.prefix(of: reversed, columns: columns - 1)
            return "…" + String(String.UnicodeScalarView(kept.unicodeScalars.reversed()))
        }
    }

    private static func wholeNumbers(_ kept: Substring, of text: String) -> Substring {
        let scalars = kept.unicodeScalars
        guard kept.endIndex < text.endIndex, text.unicodeScalars[kept.endIndex] != " ",
            let space = scalars.lastIndex(of: " ")
        else { return kept }
        let word = scalars.index(after: space)
        guard word < scalars.endIndex, ("0"..."9").contains(scalars[word]) else { return kept }
        return kept[..<word]
    }

    /// Clips two texts for comparison to `columns` columns: both to the same part, which contains their first
    /// difference. Numbers lose their common leading zeros.
    static func clip(compared left: String, _ right: String, columns: Int) -> (left: String, right: String) {
        func fits(_ text: String) -> Bool { CharacterWidth.columns(of: text) <= columns }
        if fits(left), fits(right) { return (left, right) }
        let (left, right) = withoutCommonZeros(left, right)
        if fits(left), fits(right) { return (left, right) }
        guard columns > 2 else { return (clip(left, columns: columns), clip(right, columns: columns)) }
        let common = zip(left.unicodeScalars, right.unicodeScalars).prefix { $0 == $1 }.count
        // Texts of the same length end at the same column, so that digits align.
        let longest = max(left.unicodeScalars.count, right.unicodeScalars.count)
        let start = max(0, min(common - columns / 3, longest - columns + 1))
        func part(_ text: String) -> String {
            guard start > 0 else { return clip(text, columns: columns) }
            let rest = String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(start)))
            return rest.isEmpty ? clip(text, columns: columns) : "…" + clip(rest, columns: columns - 1)
        }
        return (part(left), part(right))
    }

    private static func withoutCommonZeros(_ left: String, _ right: String) -> (String, String) {
        guard left.hasPrefix("0x"), right.hasPrefix("0x") else { return (left, right) }
        let (first, second) = (left.dropFirst(2), right.dropFirst(2))
        let zeros = min(first.prefix { $0 == "0" }.count, second.prefix { $0 == "0" }.count)
        let dropped = min(zeros, first.count - 1, second.count - 1)
        guard first.count == second.count, dropped > 0 else { return (left, right) }
        return ("0x" + first.dropFirst(dropped), "0x" + second.dropFirst(dropped))
    }
}
