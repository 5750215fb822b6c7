/// Bytes to look for in a stream; some may be left open.
package struct BytePattern: Equatable, Sendable {
    /// Each byte, or nil for any byte.
    private let bytes: [UInt8?]
    /// The number of the byte that is looked for first: zeros and ones fill whole pages.
    private let anchor: Int

    /// How many bytes a match has.
    package var count: Int { bytes.count }

    /// Looks for the UTF-8 of `text`; nil when it is empty.
    package init?(utf8 text: String) {
        guard !text.isEmpty else { return nil }
        self.init(text.utf8.map { $0 })
    }

    private init?(_ bytes: [UInt8?]) {
        let given = bytes.indices.filter { bytes[$0] != nil }
        guard let first = given.first else { return nil }
        self.bytes = bytes
        anchor = given.first { bytes[$0] != 0 && bytes[$0] != 0xff } ?? first
    }

    /// Reads pairs of hexadecimal digits, `??` for any byte, blanks between them: `51 45 56 4d`, `7e????0005`.
    ///
    /// Nil when `text` has anything else, half a byte, or no byte that is given.
    package init?(_ text: String) {
        var digits = Array(text.utf8.filter { $0 != 0x20 })[...]
        if digits.starts(with: "0x".utf8) { digits = digits.dropFirst(2) }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8?] = []
        while let high = digits.popFirst(), let low = digits.popFirst() {
            if high == UInt8(ascii: "?"), low == high {
                bytes.append(nil)
            } else if let highValue = ASCII.hexValue(high), let lowValue = ASCII.hexValue(low) {
                bytes.append(highValue << 4 | lowValue)
            } else {
                return nil
            }
        }
        self.init(bytes)
    }

    /// The start of the first occurrence at or after `offset`. O(bytes between), at memory speed where the byte that
    /// is looked for first is rare.
    package func first(in region: MappedRegion, from offset: Int) -> Int? {
        guard let lead = bytes[anchor] else { return nil }
        let span = region.span
        var from = max(offset, 0) + anchor
        let end = region.count - (bytes.count - 1 - anchor)
        while from < end, let found = region.firstIndex(of: lead, in: from..<end) {
            if matches(span, at: found - anchor) { return found - anchor }
            from = found + 1
        }
        return nil
    }

    /// Whether the pattern is somewhere in `content`. O(content · pattern).
    package func isIn(_ content: [UInt8]) -> Bool {
        guard content.count >= count else { return false }
        return (0...content.count - count).contains { start in
            bytes.indices.allSatisfy { bytes[$0] == nil || bytes[$0] == content[start + $0] }
        }
    }

    /// The first place at or after `offset` where the pattern can be: holes of a sparse file have zeros only. Nil
    /// where there is none. O(1).
    package func place(atOrAfter offset: Int, in region: MappedRegion) -> Int? {
        guard bytes[anchor] != 0 else { return offset }
        return region.nextData(atOrAfter: offset + anchor).map { max($0 - anchor, offset) }
    }

    // The whole pattern lies inside the span.
    private func matches(_ span: RawSpan, at offset: Int) -> Bool {
        for (index, byte) in bytes.enumerated() {
            if let byte, span[byteAt: offset + index] != byte { return false }
        }
        return true
    }
}
