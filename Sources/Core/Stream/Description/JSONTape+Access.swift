extension JSONTape {
    /// The key and value tokens of an object in order, including duplicates.
    package struct Members: Sequence, IteratorProtocol {
        fileprivate let tape: JSONTape
        fileprivate var position: Int
        fileprivate let end: Int

        package mutating func next() -> (key: Int, value: Int)? {
            guard position < end else { return nil }
            defer { position = Int(tape.tokens[position + 1].next) }
            return (position, position + 1)
        }
    }

    /// The elements of an array.
    package struct Elements: Sequence, IteratorProtocol {
        fileprivate let tape: JSONTape
        fileprivate var position: Int
        fileprivate let end: Int

        package mutating func next() -> Int? {
            guard position < end else { return nil }
            defer { position = Int(tape.tokens[position].next) }
            return position
        }
    }

    /// Returns the members of the object at `token`; none for another kind.
    package func members(of token: Int) -> Members {
        let end = tokens[token].kind == .object ? Int(tokens[token].next) : 0
        return Members(tape: self, position: token + 1, end: end)
    }

    /// Returns the elements of the array at `token`; none for another kind.
    package func elements(of token: Int) -> Elements {
        let end = tokens[token].kind == .array ? Int(tokens[token].next) : 0
        return Elements(tape: self, position: token + 1, end: end)
    }

    /// Returns the first value with that key in the object at `token`. O(members).
    package func value(_ key: StaticString, of token: Int, in text: RawSpan) -> Int? {
        for member in members(of: token) where has(member.key, key, in: text) { return member.value }
        return nil
    }

    /// Returns whether the string at `token` is spelled exactly like `word`.
    package func has(_ token: Int, _ word: StaticString, in text: RawSpan) -> Bool {
        let range = range(of: token)
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { buffer in
            for (index, byte) in buffer.enumerated() where text[byteAt: range.lowerBound + index] != byte {
                return false
            }
            return true
        }
    }

    /// Returns the range of a token in the text, without the quotes of a string.
    package func range(of token: Int) -> Range<Int> { Int(tokens[token].start)..<Int(tokens[token].end) }

    /// Returns a non-negative integer that fits an Int, or nil.
    package func integer(_ token: Int, in text: RawSpan) -> Int? {
        guard tokens[token].kind == .number else { return nil }
        var value = 0
        for index in range(of: token) {
            let digit = Int(text[byteAt: index]) - 0x30
            guard (0...9).contains(digit) else { return nil }
            let (scaled, scaleOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = scaled.addingReportingOverflow(digit)
            if scaleOverflow || sumOverflow { return nil }
            value = sum
        }
        return value
    }

    /// Returns a string as UTF-8 with escapes resolved. A lone surrogate becomes U+FFFD.
    package func string(_ token: Int, in text: RawSpan) -> [UInt8]? {
        guard tokens[token].kind == .string else { return nil }
        let raw = text.extracting(range(of: token)).bytes
        return raw.contains(UInt8(ascii: "\\")) ? Self.unescaped(raw) : raw
    }

    private static func unescaped(_ raw: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var units: [UInt16] = []
        var index = 0
        func flush() {
            guard !units.isEmpty else { return }
            result += Array(String(decoding: units, as: UTF16.self).utf8)
            units = []
        }
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "\\"), index + 1 < raw.count else {
                flush()
                result.append(raw[index])
                index += 1
                continue
            }
            let letter = raw[index + 1]
            index += 2
            if letter == UInt8(ascii: "u"), let unit = hexUnit(raw, at: index) {
                units.append(unit)
                index += 4
            } else {
                flush()
                result.append(simpleEscapes[letter] ?? letter)
            }
        }
        flush()
        return result
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0a, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0d,
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0c,
    ]

    private static func hexUnit(_ raw: [UInt8], at index: Int) -> UInt16? {
        guard raw.count - index >= 4 else { return nil }
        return UInt16(String(decoding: raw[index..<index + 4], as: UTF8.self), radix: 16)
    }
}
