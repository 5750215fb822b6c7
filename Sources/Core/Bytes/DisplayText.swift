/// Text from a stream, made safe for a terminal.
///
/// Anyone may have written the bytes of names, idstrs and buffers. C0 and C1 controls, ESC, bidi controls,
/// invalid UTF-8 and private or unassigned code points are shown as `\xNN` or `\u{N}`.
package enum DisplayText {
    /// Returns `bytes` as text with everything unsafe escaped. O(n).
    package static func escaped(bytes: Span<UInt8>) -> String {
        let plain = bytes.indices.prefix { ASCII.isPrintable(bytes[$0]) }.count
        var result = bytes.extracting(first: plain).withUnsafeBufferPointer {
            String(decoding: $0, as: UTF8.self)
        }
        if plain == bytes.count { return result }
        var decoder = Unicode.UTF8.ForwardParser()
        let all = bytes.withUnsafeBufferPointer { Array($0) }
        var rest = all[plain...]
        while !rest.isEmpty {
            var source = rest.makeIterator()
            switch decoder.parseScalar(from: &source) {
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                append(scalar, to: &result)
                rest = rest.dropFirst(encoded.count)
            case .error(let length):
                for byte in rest.prefix(max(length, 1)) { result += hexEscape(byte) }
                rest = rest.dropFirst(max(length, 1))
            case .emptyInput:
                rest = []
            }
            decoder = Unicode.UTF8.ForwardParser()
        }
        return result
    }

    package static func escaped(bytes: [UInt8]) -> String { escaped(bytes: bytes.span) }

    package static func escaped(bytes: ArraySlice<UInt8>) -> String { escaped(bytes: bytes.span) }

    /// Returns `text` with everything unsafe escaped. O(n); returns `text` itself if it is plain ASCII.
    package static func escaped(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
        return escaped(bytes: text.utf8.span)
    }

    /// Returns whether a scalar may be drawn unchanged.
    package static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            return false
        default:
            return true
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        if isSafe(scalar) {
            result.unicodeScalars.append(scalar)
        } else if scalar.value < 0x80 {
            result += hexEscape(UInt8(scalar.value))
        } else {
            result += "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }

    private static func hexEscape(_ byte: UInt8) -> String {
        "\\x" + Hex.digits(UInt64(byte), width: 2)
    }
}
