import Bytes

/// Values for bytes without a known type.
package enum ByteValue {
    /// Shows bytes as quoted text if all are printable, else as hex.
    @Sendable package static func bytes(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount > 0 else { return FieldValue("(empty)") }
        if let text = printable(bytes) { return FieldValue("\"\(text)\"") }
        if bytes.isAllZero { return FieldValue(bytes.byteCount == 1 ? "00" : "00 × \(bytes.byteCount)") }
        return FieldValue(excerpt(bytes, limit: 8), full: excerpt(bytes, limit: 64))
    }

    /// Returns the first `limit` bytes as hex, with `…` if there are more.
    package static func excerpt(_ bytes: RawSpan, limit: Int) -> String {
        let shown = Hex.dump(bytes.extracting(0..<min(limit, bytes.byteCount)))
        return bytes.byteCount > limit ? shown + " …" : shown
    }

    /// The maximum size in bytes of text; a longer buffer is data.
    private static let longestText = 4096

    // Accepts text of at least two characters, followed only by NULs.
    private static func printable(_ bytes: RawSpan) -> String? {
        guard bytes.byteCount <= longestText else { return nil }
        var length = bytes.byteCount
        while length > 0, bytes[byteAt: length - 1] == 0 { length -= 1 }
        guard length >= 2 else { return nil }
        let text = bytes.extracting(0..<length)
        return text.isPrintable ? String(decoding: text.bytes, as: UTF8.self) : nil
    }

    /// Shows a text that follows a byte with its length.
    @Sendable package static func counted(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount >= 1 else { return Self.bytes(bytes) }
        return FieldValue(
            "\"" + DisplayText.escaped(bytes: bytes.extracting(1..<bytes.byteCount).bytes) + "\"")
    }

    @Sendable package static func structure(_ bytes: RawSpan) -> FieldValue { FieldValue("") }
}
