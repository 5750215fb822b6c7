/// What is wrong with a settings file, and where. One line.
package struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Both from 1; columns count scalars.
    package let line: Int
    package let column: Int
    /// What was expected, and what was found. Escaped.
    package let message: String

    package var description: String { "\(line):\(column): \(message)" }
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
