import Bytes

/// A JSON text as a flat list of tokens that keep their positions, their order and duplicate keys.
///
/// Reading is linear in the text, without recursion; a token takes 16 bytes. Positions are in bytes from the
/// start of the text. Accepts RFC 8259, which allows more than QEMU writes (migration/qjson, json-writer.c).
package struct JSONTape: Sendable {
    package enum TokenType: UInt8, Sendable { case object, array, string, number, literal }

    package struct Token: Sendable {
        /// The offset of the brace, or of the first byte inside the quotes.
        package let start: UInt32
        /// The offset after the last byte, without quotes.
        package var end: UInt32
        /// The number of the next token that is not inside this one.
        package var next: UInt32
        package let kind: TokenType
    }

    package private(set) var tokens: [Token] = []

    /// The reason why a text is not JSON.
    package struct Failure: Error, Equatable, Sendable {
        package let offset: Int
        package let expected: String
        package let found: String

        package init(offset: Int, expected: String, found: String) {
            self.offset = offset
            self.expected = expected
            self.found = found
        }
    }

    /// The maximum nesting; descriptions have at most 16 levels (measured).
    package static let depthLimit = 128

    /// The reason why reading stopped before the end; nil if the text is complete.
    package private(set) var failure: Failure?

    /// Reads a whole text; only white space may follow the value. O(n).
    package init(_ text: RawSpan) throws(Failure) {
        self.init(prefixOf: text)
        if let failure { throw failure }
    }

    /// Reads the longest prefix of a text that is JSON, and closes its open containers there.
    package init(prefixOf text: RawSpan) {
        var parser = JSONParser(length: text.byteCount)
        tokens.reserveCapacity(text.byteCount / 10)
        do throws(Failure) {
            try parser.parse(text, into: &tokens)
        } catch {
            failure = error
            if parser.hasOpenKey { tokens.removeLast() }
            for container in parser.open.reversed() {
                tokens[container.token].end = UInt32(clamping: parser.position)
                tokens[container.token].next = UInt32(tokens.count)
            }
        }
    }

    /// Whether the value at `token` was complete when reading stopped. O(1).
    package func isWhole(_ token: Int) -> Bool { failure == nil || Int(tokens[token].next) < tokens.count }
}

/// The states of the tokenizer.
private struct JSONParser {
    package let length: Int
    package var position = 0
    // A key was read, but not its value.
    package private(set) var hasOpenKey = false
    // The open containers: token numbers, and whether each is an object.
    package var open: [(token: Int, isObject: Bool)] = []

    package mutating func parse(_ text: RawSpan, into tokens: inout [JSONTape.Token]) throws(JSONTape.Failure)
    {
        guard text.byteCount <= Int(UInt32.max) else {
            throw failure(text, expected: "at most 4 GiB of JSON")
        }
        skipSpace(text)
        try value(text, &tokens)
        while let container = open.last {
            try step(text, container, &tokens)
        }
        skipSpace(text)
        if position < length { throw failure(text, expected: "the end of the text") }
    }

    // Reads one member, or the end of the innermost open container.
    private mutating func step(
        _ text: RawSpan, _ container: (token: Int, isObject: Bool), _ tokens: inout [JSONTape.Token]
    ) throws(JSONTape.Failure) {
        skipSpace(text)
        let isFirst = container.token == tokens.count - 1
        let close = UInt8(ascii: container.isObject ? "}" : "]")
        if peek(text) == close {
            position += 1
            tokens[container.token].end = UInt32(position)
            tokens[container.token].next = UInt32(tokens.count)
            open.removeLast()
            return
        }
        if !isFirst {
            try expect(text, UInt8(ascii: ","), or: container.isObject ? "',' or '}'" : "',' or ']'")
            skipSpace(text)
        }
        if container.isObject {
            guard peek(text) == UInt8(ascii: "\"") else { throw failure(text, expected: "a key in quotes") }
            try string(text, &tokens)
            hasOpenKey = true
            skipSpace(text)
            try expect(text, UInt8(ascii: ":"), or: "':'")
            skipSpace(text)
        }
        let count = tokens.count
        defer { if tokens.count > count { hasOpenKey = false } }
        try value(text, &tokens)
    }

    private mutating func value(_ text: RawSpan, _ tokens: inout [JSONTape.Token]) throws(JSONTape.Failure) {
        switch peek(text) {
        case UInt8(ascii: "{"): try container(text, isObject: true, &tokens)
        case UInt8(ascii: "["): try container(text, isObject: false, &tokens)
        case UInt8(ascii: "\""): try string(text, &tokens)
        case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
            try number(text, &tokens)
        case UInt8(ascii: "t"): try literal(text, "true", &tokens)
        case UInt8(ascii: "f"): try literal(text, "false", &tokens)
        case UInt8(ascii: "n"): try literal(text, "null", &tokens)
        default: throw failure(text, expected: "a JSON value")
        }
    }

    private mutating func container(
        _ text: RawSpan, isObject: Bool, _ tokens: inout [JSONTape.Token]
    ) throws(JSONTape.Failure) {
        guard open.count < JSONTape.depthLimit else {
            throw failure(text, expected: "nesting of at most \(JSONTape.depthLimit) levels")
        }
        open.append((tokens.count, isObject))
        append(isObject ? .object : .array, from: position, to: position, &tokens)
        position += 1
    }

    private mutating func string(_ text: RawSpan, _ tokens: inout [JSONTape.Token]) throws(JSONTape.Failure) {
        position += 1
        let start = position
        while position < length {
            let byte = text[byteAt: position]
            if byte == UInt8(ascii: "\"") {
                append(.string, from: start, to: position, &tokens)
                position += 1
                return
            }
            if byte < 0x20 { throw failure(text, expected: "no control character in a string") }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        position = length
        throw failure(text, expected: "the closing quote")
    }

    private mutating func number(_ text: RawSpan, _ tokens: inout [JSONTape.Token]) throws(JSONTape.Failure) {
        let start = position
        if peek(text) == UInt8(ascii: "-") { position += 1 }
        let digits = position
        skipDigits(text)
        let hasLeadingZero = position - digits > 1 && text[byteAt: digits] == UInt8(ascii: "0")
        guard position > digits, !hasLeadingZero else { throw failure(text, expected: "a JSON number") }
        if peek(text) == UInt8(ascii: ".") {
            position += 1
            try someDigits(text)
        }
        if let byte = peek(text), byte | 0x20 == UInt8(ascii: "e") {
            position += 1
            if let sign = peek(text), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try someDigits(text)
        }
        append(.number, from: start, to: position, &tokens)
    }

    private mutating func someDigits(_ text: RawSpan) throws(JSONTape.Failure) {
        let start = position
        skipDigits(text)
        if position == start { throw failure(text, expected: "a digit") }
    }

    private mutating func literal(
        _ text: RawSpan, _ word: StaticString, _ tokens: inout [JSONTape.Token]
    ) throws(JSONTape.Failure) {
        let start = position
        for offset in 0..<word.utf8CodeUnitCount {
            guard peek(text) == "\(word)".utf8.dropFirst(offset).first else {
                throw failure(text, expected: "\(word)")
            }
            position += 1
        }
        append(.literal, from: start, to: position, &tokens)
    }

    private func append(
        _ kind: JSONTape.TokenType, from start: Int, to end: Int, _ tokens: inout [JSONTape.Token]
    ) {
        tokens.append(
            .init(start: UInt32(start), end: UInt32(end), next: UInt32(tokens.count + 1), kind: kind))
    }

    private mutating func expect(_ text: RawSpan, _ byte: UInt8, or expected: String) throws(JSONTape.Failure)
    {
        guard peek(text) == byte else { throw failure(text, expected: expected) }
        position += 1
    }

    @inline(__always) private func peek(_ text: RawSpan) -> UInt8? {
        position < length ? text[byteAt: position] : nil
    }

    @inline(__always) private mutating func skipSpace(_ text: RawSpan) {
        while position < length {
            switch text[byteAt: position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    private mutating func skipDigits(_ text: RawSpan) {
        while position < length, (0x30...0x39).contains(text[byteAt: position]) { position += 1 }
    }

    private func failure(_ text: RawSpan, expected: String) -> JSONTape.Failure {
        let found =
            position < length
            ? "'" + DisplayText.escaped(bytes: [text[byteAt: position]]) + "'" : "the end"
        return .init(offset: min(position, length), expected: expected, found: found)
    }
}
