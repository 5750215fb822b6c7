import Bytes

/// Values of bytes that no type explains.
package enum ByteValue {
    /// Bytes: as quoted text when all are printable, else as hex.
    @Sendable package static func bytes(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount > 0 else { return FieldValue("(empty)") }
        if let text = printable(bytes) { return FieldValue("\"\(text)\"") }
        if bytes.isAllZero { return FieldValue(bytes.byteCount == 1 ? "00" : "00 × \(bytes.byteCount)") }
        return FieldValue(excerpt(bytes, limit: 8), full: excerpt(bytes, limit: 64))
    }

    /// The first `limit` bytes as hex, with `…` when there are more.
    package static func excerpt(_ bytes: RawSpan, limit: Int) -> String {
        let shown = Hex.dump(bytes.extracting(0..<min(limit, bytes.byteCount)))
        return bytes.byteCount > limit ? shown + " …" : shown
    }

    /// Bytes of what is shown as text; a longer buffer is data.
    private static let longestText = 4096

    // Text with at most trailing NULs, of at least two characters.
    private static func printable(_ bytes: RawSpan) -> String? {
        guard bytes.byteCount <= longestText else { return nil }
        var length = bytes.byteCount
        while length > 0, bytes[byteAt: length - 1] == 0 { length -= 1 }
        guard length >= 2 else { return nil }
        let text = bytes.extracting(0..<length)
        return text.isPrintable ? String(decoding: text.bytes, as: UTF8.self) : nil
    }

    /// A byte with the length, then this many characters.
    @Sendable package static func counted(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount >= 1 else { return Self.bytes(bytes) }
        return FieldValue(
            "\"" + DisplayText.escaped(bytes: bytes.extracting(1..<bytes.byteCount).bytes) + "\"")
    }

    @Sendable package static func structure(_ bytes: RawSpan) -> FieldValue { FieldValue("") }
}
