/// A byte pattern to search in a stream, with optional wildcards.
package struct BytePattern: Equatable, Sendable {
    /// The bytes; nil matches any byte.
    private let bytes: [UInt8?]
    /// The index of the byte that is searched first. Zeros and ones are avoided, because they fill whole
    /// pages.
    private let anchor: Int

    /// The length of a match in bytes.
    package var count: Int { bytes.count }

    /// Creates a pattern from the UTF-8 of `text`; nil if it is empty.
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

    /// Creates a pattern from pairs of hexadecimal digits, `??` for any byte, with optional blanks: `51 45 56
    /// 4d`, `7e????0005`.
    ///
    /// Nil if `text` contains anything else, half a byte, or only wildcards.
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

    /// Returns the start of the first match at or after `offset`. O(bytes between), at memory speed if the
    /// byte that is searched first is rare.
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

    /// Returns whether the pattern occurs in `content`. O(content · pattern).
    package func isIn(_ content: [UInt8]) -> Bool {
        guard content.count >= count else { return false }
        return (0...content.count - count).contains { start in
            bytes.indices.allSatisfy { bytes[$0] == nil || bytes[$0] == content[start + $0] }
        }
    }

    /// Returns the first offset at or after `offset` at which the pattern may match; holes of a sparse file
    /// contain only zeros. Nil if there is none. O(1).
    package func place(atOrAfter offset: Int, in region: MappedRegion) -> Int? {
        guard bytes[anchor] != 0 else { return offset }
        return region.nextData(atOrAfter: offset + anchor).map { max($0 - anchor, offset) }
    }

    // The span must contain the whole pattern.
    private func matches(_ span: RawSpan, at offset: Int) -> Bool {
        for (index, byte) in bytes.enumerated() {
            if let byte, span[byteAt: offset + index] != byte { return false }
        }
        return true
    }
}
