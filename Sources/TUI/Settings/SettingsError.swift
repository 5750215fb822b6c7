/// An error in a settings file, with its place. One line.
package struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Line and column, both from 1; columns count scalars.
    package let line: Int
    package let column: Int
    /// The expected text, the text found, and similar words. Escaped.
    package let message: String
    /// The word found, escaped, and the nearest valid word; nil when none is near.
    var slip: Slip?
    /// Whether the line counts although it may be wrong.
    package var isNote = false

    struct Slip: Equatable, Sendable {
        let found: String
        let nearest: String
    }

    // In a short message, the place and the suggestion matter more than the end of the word.
    private static let longest = 20

    package var description: String { "\(line):\(column): \(message)" }

    /// The short form for one row of a narrow terminal: place, word found and nearest word; the whole message
    /// when no word is near.
    package var brief: String {
        guard let slip else { return description }
        let found = slip.found.count > Self.longest ? slip.found.prefix(Self.longest) + "…" : slip.found
        return "\(line):\(column): found \(found); did you mean \(slip.nearest)?"
    }
}

/// A place in a text, in scalars from its start.
struct TextPlace: Equatable, Sendable {
    let offset: Int

    /// Returns line and column, both from 1. O(offset).
    func position(in text: [Unicode.Scalar]) -> (line: Int, column: Int) {
        let before = text.prefix(offset)
        let line = before.count { $0 == "\n" } + 1
        let start = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
        return (line, offset - start + 1)
    }
}
