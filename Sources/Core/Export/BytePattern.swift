/// Bytes to look for in a stream; some may be left open.
public struct BytePattern: Equatable, Sendable {
    /// Each byte, or nil for any byte.
    private let bytes: [UInt8?]

    /// How many bytes a match has.
    public var count: Int { bytes.count }

    /// Looks for the UTF-8 of `text`; nil when it is empty.
    public init?(utf8 text: String) {
        guard !text.isEmpty else { return nil }
        bytes = text.utf8.map { $0 }
    }

    /// Reads pairs of hexadecimal digits, `??` for any byte, blanks between them: `51 45 56 4d`, `7e????0005`.
    ///
    /// Nil when `text` has anything else, half a byte, or no byte that is given.
    public init?(_ text: String) {
        var digits = Array(text.utf8.filter { $0 != 0x20 })[...]
        if digits.starts(with: "0x".utf8) { digits = digits.dropFirst(2) }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8?] = []
        while let high = digits.popFirst(), let low = digits.popFirst() {
            if high == UInt8(ascii: "?"), low == high {
                bytes.append(nil)
            } else if let highValue = Self.value(high), let lowValue = Self.value(low) {
                bytes.append(highValue << 4 | lowValue)
            } else {
                return nil
            }
        }
        guard bytes.contains(where: { $0 != nil }) else { return nil }
        self.bytes = bytes
    }

    /// The start of the first occurrence at or after `offset`. O(bytes between).
    public func first(in region: MappedRegion, from offset: Int) -> Int? {
        guard let anchor = bytes.firstIndex(where: { $0 != nil }), let lead = bytes[anchor] else {
            return nil
        }
        let span = region.span
        var at = max(offset, 0)
        while at <= span.byteCount - bytes.count {
            if span[byteAt: at + anchor] == lead, matches(span, at: at) { return at }
            at += 1
        }
        return nil
    }

    // The whole pattern lies inside the span.
    private func matches(_ span: RawSpan, at offset: Int) -> Bool {
        for (index, byte) in bytes.enumerated() {
            if let byte, span[byteAt: offset + index] != byte { return false }
        }
        return true
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - 0x61 + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - 0x41 + 10
        default: nil
        }
    }
}
