/// What is wrong with a settings file, and where. One line.
package struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Both from 1; columns count scalars.
    package let line: Int
    package let column: Int
    /// What was expected, what was found, and the nearest words. Escaped.
    package let message: String
    /// What was found, escaped, and the nearest right word; nil where none is near.
    var slip: Slip?
    /// Whether the line counts all the same, and may be wrong.
    package var isNote = false

    struct Slip: Equatable, Sendable {
        let found: String
        let nearest: String
    }

    // Of a word that was found: where it is, and what was meant, say more than its end.
    private static let longest = 20

    package var description: String { "\(line):\(column): \(message)" }

    /// For one row of a narrow terminal: place, found word and nearest word, or all of it where no word is near.
    package var brief: String {
        guard let slip else { return description }
        let found = slip.found.count > Self.longest ? slip.found.prefix(Self.longest) + "…" : slip.found
        return "\(line):\(column): found \(found); did you mean \(slip.nearest)?"
    }
}

/// Where something is in a text, in scalars from its start.
struct TextPlace: Equatable, Sendable {
    let offset: Int

    /// Line and column from 1. O(offset).
    func position(in text: [Unicode.Scalar]) -> (line: Int, column: Int) {
        let before = text.prefix(offset)
        let line = before.count { $0 == "\n" } + 1
        let start = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
        return (line, offset - start + 1)
    }
}
