/// Which end of a text that is too long is kept.
enum KeptEnd {
    case start, end
}

extension Grid {
    /// Draws `text` over at most `limit` columns; one that is longer is cut and says so by `…`.
    /// - Returns: the columns used.
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
    /// `text`, or as much of it as `columns` columns hold with a `…` for the rest.
    static func clip(_ text: String, columns: Int, keeping end: KeptEnd = .start) -> String {
        guard columns > 0 else { return "" }
        // Most names are plain: their bytes are their columns.
        if text.utf8.count <= columns || CharacterWidth.columns(of: text) <= columns { return text }
        switch end {
        case .start: return CharacterWidth.prefix(of: text, columns: columns - 1) + "…"
        case .end:
            let reversed = String(String.UnicodeScalarView(text.unicodeScalars.reversed()))
            let kept = CharacterWidth.prefix(of: reversed, columns: columns - 1)
            return "…" + String(String.UnicodeScalarView(kept.unicodeScalars.reversed()))
        }
    }
}
