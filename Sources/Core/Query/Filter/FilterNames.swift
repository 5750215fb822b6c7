import Bytes

extension Filter {
    /// A word of a filter that may be a slip of the pen: it reads as a name, but is one letter from a word of the language.
    package struct Doubt: Equatable, Sendable {
        package let word: String
        /// Counted in characters from 1.
        package let column: Int
        package let nearest: String
    }

    /// Words that compare, and those that join conditions.
    static let comparing: [String] = [Comparison.under.rawValue, Comparison.contains.rawValue]
    private static let joining: [String] = ["and", "or", "not"]

    // A shorter word is one letter from too much.
    private static let shortest = 4

    /// The names of a filter that differ in one letter from a key, or, where they are conditions by themselves, from a
    /// flag. Quoted names are meant as they are. O(length).
    package static func doubts(_ text: String) -> [Doubt] {
        guard let tokens = try? FilterToken.tokens(of: text) else { return [] }
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            guard token.kind == .word, !(joining + comparing).contains(token.text) else { return nil }
            if index > 0, Comparison(rawValue: tokens[index - 1].text) != nil { return nil }
            let isCompared = index + 1 < tokens.count && Comparison(rawValue: tokens[index + 1].text) != nil
            let words = isCompared ? Property.allCases.map(\.rawValue) : Flag.allCases.map(\.rawValue)
            guard !words.contains(token.text) else { return nil }
            let near = words.first { word in
                word.count >= shortest
                    && Suggestion.distance(Array(token.text.unicodeScalars), Array(word.unicodeScalars)) == 1
            }
            return near.map { Doubt(word: token.text, column: token.column, nearest: $0) }
        }
    }

    /// The word at a column, counted from 1, and the words of the language that are near it; nil for what is no word.
    package static func near(column: Int, in text: String) -> (word: String, names: [String])? {
        let rest = text.dropFirst(column - 1)
        let word = String(rest.prefix { $0.isLetter || $0 == "-" || $0 == "_" })
        guard !word.isEmpty else { return nil }
        return (word, Suggestion.nearest(to: word, among: words + joining))
    }
}
