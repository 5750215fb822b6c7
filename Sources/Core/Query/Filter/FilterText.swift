import Bytes

/// The reason why a filter is invalid: where, what was expected, and what was found.
package struct FilterError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The column of the error, in characters from 1.
    package let column: Int
    package let message: String

    package init(column: Int, message: String) {
        self.column = column
        self.message = message
    }

    package var description: String { "column \(column): \(message)" }
}

/// A word, a quoted text or an operator of a filter.
struct FilterToken: Equatable {
    enum Category: Equatable { case word, quoted, sign, end }

    var kind: Category
    var text: String
    /// The column of the token, in characters from 1.
    var column: Int

    /// The token as error messages show it.
    var shown: String {
        switch kind {
        case .end: "the end"
        case .quoted: "\"\(DisplayText.escaped(text))\""
        case .word, .sign: DisplayText.escaped(text)
        }
    }

    static let signs = ["&&", "||", "==", "!=", "<=", ">=", "!~", "<", ">", "~", "!", "(", ")"]

    /// Splits a filter into tokens; the last one is the end. O(n).
    static func tokens(of text: String) throws(FilterError) -> [FilterToken] {
        let characters = Array(text)
        var tokens: [FilterToken] = []
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character.isWhitespace {
                index += 1
            } else if character == "\"" {
                tokens.append(try quoted(characters, &index))
            } else if let sign = signs.first(where: { starts(with: $0, characters, index) }) {
                tokens.append(FilterToken(kind: .sign, text: sign, column: index + 1))
                index += sign.count
            } else if let right = ["=": "==", "&": "&&", "|": "||"][String(character)] {
                throw FilterError(column: index + 1, message: "expected \(right), found \(character)")
            } else {
                let start = index
                while index < characters.count, isWord(characters, index) { index += 1 }
                tokens.append(
                    FilterToken(kind: .word, text: String(characters[start..<index]), column: start + 1))
            }
        }
        tokens.append(FilterToken(kind: .end, text: "", column: characters.count + 1))
        return tokens
    }

    private static func starts(with sign: String, _ characters: [Character], _ index: Int) -> Bool {
        characters[index...].starts(with: sign)
    }

    private static func isWord(_ characters: [Character], _ index: Int) -> Bool {
        let character = characters[index]
        return !character.isWhitespace && !"\"()!<>=~&|".contains(character)
    }

    private static func quoted(
        _ characters: [Character], _ index: inout Int
    ) throws(FilterError) -> FilterToken {
        let start = index
        var text = ""
        index += 1
        while index < characters.count {
            let character = characters[index]
            index += 1
            if character == "\"" { return FilterToken(kind: .quoted, text: text, column: start + 1) }
            // A backslash escapes only a quote or a backslash, so that regular expressions keep the others.
            if character == "\\", index < characters.count,
                characters[index] == "\"" || characters[index] == "\\"
            {
                if characters[index] == "\\" { text.append("\\") }
                text.append(characters[index])
                index += 1
            } else {
                text.append(character)
            }
        }
        throw FilterError(column: start + 1, message: "expected \" at the end of the text, found the end")
    }
}
