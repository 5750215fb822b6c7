/// A message in the spelling of its source, with `%s`, `%d`, `%u` and `%x` for values.
///
/// It matches only between whole words. A pattern with little literal text matches only as a whole statement.
package struct MessagePattern: Sendable {
    private enum Piece: Sendable {
        case literal([UInt8])
        case text, decimal, hexadecimal
    }

    /// A match of a pattern.
    package struct Match {
        package var range: Range<Int>
        package var values: [[UInt8]]
    }

    private let pieces: [Piece]
    /// Whether other text may contain the literal text by chance.
    private let isShort: Bool
    /// The minimum number of literal bytes that distinguish a message from the text around it.
    private static let shortLimit = 20

    /// `source` may use `%s %d %u %x`; `%%` is a percent sign.
    package init(_ source: String) {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        var bytes = Array(source.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "%"), let kind = bytes.first, let piece = Self.conversions[kind] else {
                literal.append(byte)
                if byte == UInt8(ascii: "%"), bytes.first == byte { bytes.removeFirst() }
                continue
            }
            bytes.removeFirst()
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            pieces.append(piece)
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        self.pieces = pieces
        isShort =
            pieces.reduce(0) { if case .literal(let text) = $1 { $0 + text.count } else { $0 } }
            < Self.shortLimit
    }

    private static let conversions: [UInt8: Piece] = [
        UInt8(ascii: "s"): .text, UInt8(ascii: "d"): .decimal, UInt8(ascii: "u"): .decimal,
        UInt8(ascii: "x"): .hexadecimal,
    ]

    /// The literal texts of the message, in order; for the indexes.
    package var literals: [[UInt8]] {
        pieces.compactMap { if case .literal(let text) = $0 { text } else { nil } }
    }

    /// Whether the last value extends to the end of a line.
    package var endsWithText: Bool {
        if case .text? = pieces.last { true } else { false }
    }

    /// A matching line, with its values; for tests, which make one of each message.
    package var example: (line: [UInt8], values: [String]) {
        var line: [UInt8] = []
        var values: [String] = []
        for piece in pieces {
            let value: String
            switch piece {
            case .literal(let text):
                line += text
                continue
            case .text: value = "name"
            case .decimal: value = "7"
            case .hexadecimal: value = "1f"
            }
            values.append(value)
            line += value.utf8
        }
        return (line, values)
    }

    /// Returns the values of the first match in `line`; nil when there is none. O(line · pattern).
    package func match(_ line: [UInt8]) -> [[UInt8]]? { match(line, in: 0..<line.count)?.values }

    /// Returns the first match that begins in `starts`.
    package func match(_ line: [UInt8], in starts: Range<Int>) -> Match? {
        guard case .literal(let first)? = pieces.first else { return matchValue(line, in: starts) }
        var start = starts.lowerBound
        while let found = Self.find(first, in: line, from: start), found < starts.upperBound {
            if let match = match(line, at: found) { return match }
            start = found + 1
        }
        return matchEmpty(first, line, in: starts)
    }

    // An empty value at the end, in a log without trailing spaces.
    private func matchEmpty(_ first: [UInt8], _ line: [UInt8], in starts: Range<Int>) -> Match? {
        let start = line.count - first.count + 1
        guard pieces.count == 2, endsWithText, first.last == UInt8(ascii: " "), starts.contains(start),
            line[start...].elementsEqual(first.dropLast()), begins(line, at: start)
        else { return nil }
        return Match(range: start..<line.count, values: [[]])
    }

    // A value that comes first begins the line, or follows the name of a program or a field; the last such
    // match.
    private func matchValue(_ line: [UInt8], in starts: Range<Int>) -> Match? {
        var best = starts.lowerBound == 0 ? match(line, at: 0) : nil
        for index in starts.dropFirst(0) where index >= 2 && Self.isBreak(line, before: index) {
            best = match(line, at: index) ?? best
        }
        return best
    }

    private static func isBreak(_ line: [UInt8], before index: Int) -> Bool {
        let last = line[index - 1]
        guard last == UInt8(ascii: " ") else {
            return last == UInt8(ascii: "\"") || last == UInt8(ascii: "`")
        }
        return line[index - 2] == UInt8(ascii: ":")
    }

    private func match(_ line: [UInt8], at start: Int) -> Match? {
        var at = start
        var values: [[UInt8]] = []
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .literal(let text):
                guard line.count - at >= text.count, line[at..<at + text.count].elementsEqual(text) else {
                    return nil
                }
                at += text.count
            case .decimal, .hexadecimal:
                let end = numberEnd(line, at, piece)
                guard end > at else { return nil }
                values.append(Array(line[at..<end]))
                at = end
            case .text:
                guard let end = textEnd(line, at, next: index + 1) else { return nil }
                values.append(Array(line[at..<end]))
                at = end
            }
        }
        guard begins(line, at: start), ends(line, at: at) else { return nil }
        return Match(range: start..<at, values: values)
    }

    // MARK: Incomplete messages

    /// The message with dots for its values.
    package var outline: String {
        pieces.map { if case .literal(let text) = $0 { String(decoding: text, as: UTF8.self) } else { "…" } }
            .joined()
    }

    /// The minimum length of a fragment; shorter ones occur in several messages.
    private static let cutLimit = 12

    /// Whether `line` is a fragment of the message: it ends inside the message, or is part of one of its
    /// literal texts. A line with the whole message is not a fragment. O(line · pattern).
    package func isCut(_ line: [UInt8]) -> Bool {
        // A longer text is not a fragment of one message, and a search from each of its words would take
        // long.
        guard (Self.cutLimit...Self.valueLimit).contains(line.count), match(line) == nil else { return false }
        if literals.contains(where: { Self.find(line, in: $0, from: 0) != nil }) { return true }
        return line.indices.contains { start in
            (start == 0 || start >= 2 && Self.isBreak(line, before: start)) && endsInside(line, from: start)
        }
    }

    private func endsInside(_ line: [UInt8], from start: Int) -> Bool {
        var at = start
        var spelled = 0
        for (index, piece) in pieces.enumerated() where at < line.count {
            switch piece {
            case .literal(let text):
                let part = text.prefix(line.count - at)
                guard line[at..<at + part.count].elementsEqual(part) else { return false }
                at += part.count
                spelled += part.count
            case .decimal, .hexadecimal:
                at = numberEnd(line, at, piece)
            case .text:
                at = textEnd(line, at, next: index + 1) ?? line.count
            }
        }
        return at == line.count && spelled >= Self.cutLimit
    }

    // MARK: Surrounding words

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    /// The characters at the end of a time, a level, a program name or a field.
    private static let openings = Array(":]>|-".utf8)
    private static let quotes = Array("\"'`([".utf8)
    /// Characters after which another word follows, or the rest of a path or an option.
    private static let joints = Array(" -/".utf8)

    private func begins(_ line: [UInt8], at start: Int) -> Bool {
        guard start > 0 else { return true }
        let before = line[start - 1]
        let isEmphasis = before == UInt8(ascii: "_") && (start == 1 || !Self.isWord(line[start - 2]))
        if case .literal(let text)? = pieces.first, let first = text.first, Self.isWord(first),
            Self.isWord(before), !isEmphasis
        {
            return false
        }
        guard isShort, !Self.quotes.contains(before) else { return true }
        return before == UInt8(ascii: " ") && start > 1 && Self.openings.contains(line[start - 2])
    }

    private func ends(_ line: [UInt8], at end: Int) -> Bool {
        guard end < line.count, !endsWithText else { return true }
        let after = line[end]
        guard isLastWord else { return true }
        // Emphasis of Markdown: `_…_`.
        if after == UInt8(ascii: "_"), end + 1 == line.count || !Self.isWord(line[end + 1]) { return true }
        return !Self.isWord(after) && !(isShort && Self.joints.contains(after))
    }

    // Whether the pattern ends with a word or a number.
    private var isLastWord: Bool {
        if case .literal(let text)? = pieces.last { text.last.map(Self.isWord) ?? false } else { true }
    }

    private func numberEnd(_ line: [UInt8], _ start: Int, _ piece: Piece) -> Int {
        var end = start
        if end < line.count, line[end] == UInt8(ascii: "-") { end += 1 }
        let digits = end
        while end < line.count {
            let byte = line[end]
            let isDecimal = (0x30...0x39).contains(byte)
            let isHex = isDecimal || (0x61...0x66).contains(byte | 0x20)
            if case .hexadecimal = piece {
                guard isHex else { break }
            } else {
                guard isDecimal else { break }
            }
            end += 1
        }
        return end > digits ? end : start
    }

    /// The maximum length of a value that is a name.
    private static let valueLimit = 512

    // Up to the next literal; without one, to the end of the line.
    private func textEnd(_ line: [UInt8], _ start: Int, next: Int) -> Int? {
        guard next < pieces.count else { return line.count }
        guard case .literal(let text) = pieces[next] else { return line.count }
        let end = Self.find(text, in: line, from: start)
        return end.flatMap { $0 - start <= Self.valueLimit ? $0 : nil }
    }

    private static func find(_ text: [UInt8], in line: [UInt8], from start: Int) -> Int? {
        guard let first = text.first, start <= line.count - text.count else { return nil }
        for index in start...(line.count - text.count) where line[index] == first {
            if line[index..<index + text.count].elementsEqual(text) { return index }
        }
        return nil
    }
}

/// Finds the possible messages of a line by four of their bytes, so that other lines of a log cost one pass.
package struct MessageIndex: Sendable {
    /// A match of four bytes of a pattern.
    package struct Candidate: Hashable {
        package var pattern: Int
        /// The offset of the four bytes.
        package var offset: Int
    }

    private var filter = [UInt64](repeating: 0, count: 1 << 10)
    private var entries: [UInt32: [Int]] = [:]

    /// Patterns without four consecutive literal bytes are never found.
    package init(_ patterns: [MessagePattern]) {
        var counts: [UInt32: Int] = [:]
        for pattern in patterns { for gram in Set(Self.grams(pattern)) { counts[gram, default: 0] += 1 } }
        for (number, pattern) in patterns.enumerated() {
            // The rarest sequence: words such as "failed" are in many messages, and in all logs.
            guard let gram = Self.grams(pattern).min(by: { counts[$0, default: 0] < counts[$1, default: 0] })
            else { continue }
            entries[gram, default: []].append(number)
            let slot = Self.slot(gram)
            filter[slot >> 6] |= 1 << UInt64(slot & 63)
        }
    }

    private static func grams(_ pattern: MessagePattern) -> [UInt32] {
        pattern.literals.flatMap { text -> [UInt32] in
            guard text.count >= 4 else { return [] }
            return (0...text.count - 4).map { gram(text, at: $0) }
        }
    }

    private static func gram(_ bytes: [UInt8], at index: Int) -> UInt32 {
        bytes[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func slot(_ gram: UInt32) -> Int { Int(truncatingIfNeeded: (gram &* 0x9e37_79b1) >> 16) }

    /// Returns the patterns that may match in `line`, in the order of their bytes. O(line).
    package func candidates(_ line: [UInt8]) -> [Candidate] {
        guard line.count >= 4 else { return [] }
        let (bytes, words) = (line.span, filter.span)
        var found: [Candidate] = []
        var gram: UInt32 = 0
        for index in bytes.indices {
            gram = gram << 8 | UInt32(bytes[index])
            let slot = Self.slot(gram)
            if words[slot >> 6] & 1 << UInt64(slot & 63) != 0, index >= 3, let numbers = entries[gram] {
                for number in numbers { found.append(Candidate(pattern: number, offset: index - 3)) }
            }
        }
        return found
    }
}
