/// ASCII bytes, and numbers written directly into a buffer, because there may be millions of them.
package enum ASCII {
    /// Whether a byte is a visible character or a blank.
    @inlinable @inline(__always)
    package static func isPrintable(_ byte: UInt8) -> Bool { (0x20..<0x7f).contains(byte) }

    /// Returns the value of a base-16 digit in either case; nil for any other byte.
    package static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - 0x61 + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - 0x41 + 10
        default: nil
        }
    }

    /// Returns the text column of a hex dump, with a dot for each nonprintable byte. O(n).
    @inlinable
    package static func dotted(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { isPrintable($0) ? $0 : UInt8(ascii: ".") }
    }

    /// Appends a nonnegative number in decimal.
    @inlinable
    package static func appendDecimal(_ value: Int, to text: inout [UInt8]) {
        appendDecimal(UInt64(max(value, 0)), to: &text)
    }

    /// Appends a number in decimal, with a sign if it is negative.
    package static func appendDecimal(_ value: Int64, to text: inout [UInt8]) {
        if value < 0 { text.append(UInt8(ascii: "-")) }
        appendDecimal(value.magnitude, to: &text)
    }

    /// Appends a number in decimal.
    package static func appendDecimal(_ value: UInt64, to text: inout [UInt8]) {
        guard value > 9 else { return text.append(0x30 + UInt8(truncatingIfNeeded: value)) }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = digits.count
        var rest = value
        repeat {
            first -= 1
            digits[first] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
            rest /= 10
        } while rest > 0
        text.append(addingCapacity: digits.count - first) { output in
            for index in first..<digits.count { output.append(digits[index]) }
        }
    }

    /// Appends a nonnegative number in decimal, padded on the left with blanks to `width` characters.
    package static func appendDecimal(_ value: Int, width: Int, to text: inout [UInt8]) {
        var size = 1
        var rest = max(value, 0) / 10
        while rest > 0 {
            size += 1
            rest /= 10
        }
        appendBlanks(width - size, to: &text)
        appendDecimal(value, to: &text)
    }

    /// Appends blanks; none if `count` is negative.
    package static func appendBlanks(_ count: Int, to text: inout [UInt8]) {
        guard count > 0 else { return }
        text.append(addingCapacity: count) { output in
            output.append(repeating: UInt8(ascii: " "), count: count)
        }
    }

    /// Appends a number in lower-case base 16, padded on the left with zeros to `width` digits.
    package static func appendHex(_ value: UInt64, width: Int, to text: inout [UInt8]) {
        let size = max((UInt64.bitWidth - value.leadingZeroBitCount + 3) / 4, width, 1)
        let digits = min(size, 16)
        text.append(addingCapacity: size) { output in
            if size > digits { output.append(repeating: UInt8(ascii: "0"), count: size - digits) }
            // The next digit is in the top bits. Eight digits are made at once, one in each byte.
            var rest = value << UInt64(64 - 4 * digits)
            var left = digits
            while left > 0 {
                var eight = eightDigits(UInt32(truncatingIfNeeded: rest >> 32))
                for _ in 0..<min(left, 8) {
                    output.append(UInt8(truncatingIfNeeded: eight >> 56))
                    eight <<= 8
                }
                rest <<= 32
                left -= 8
            }
        }
    }

    /// Appends a byte as two lower-case digits.
    @inlinable @inline(__always)
    package static func appendHex(_ byte: UInt8, to text: inout [UInt8]) {
        text.append(digit(byte >> 4))
        text.append(digit(byte & 15))
    }

    /// Appends bytes as hex separated by blanks; of more than `limit` bytes, only the first 64 and `…`.
    package static func appendDump(_ bytes: RawSpan, limit: Int, to text: inout [UInt8]) {
        let shown = bytes.byteCount > limit ? min(64, limit) : bytes.byteCount
        appendDump(bytes.extracting(first: shown), separator: [0x20], to: &text)
        if shown < bytes.byteCount { text += " …".utf8 }
    }

    /// Appends bytes as two lower-case digits each, with `separator` between them. O(n).
    package static func appendDump(_ bytes: RawSpan, separator: [UInt8], to text: inout [UInt8]) {
        guard bytes.byteCount > 0 else { return }
        let size = bytes.byteCount.multipliedSaturated(by: separator.count.addingSaturated(2))
        text.append(addingCapacity: size) { output in
            for index in 0..<bytes.byteCount {
                if index > 0 { for sign in separator { output.append(sign) } }
                let byte = bytes[byteAt: index]
                output.append(digit(byte >> 4))
                output.append(digit(byte & 15))
            }
        }
    }

    // The digits of a number, the first at the top: nibbles are spread to bytes, and each byte above 9 becomes a letter.
    private static func eightDigits(_ value: UInt32) -> UInt64 {
        var spread = UInt64(value)
        spread = (spread << 16 | spread) & 0x0000_ffff_0000_ffff
        spread = (spread << 8 | spread) & 0x00ff_00ff_00ff_00ff
        spread = (spread << 4 | spread) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    @inlinable @inline(__always)
    package static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}

/// Hexadecimal formatting without Foundation.
package enum Hex {
    /// Returns the lower-case digits of `value`, at least `width` of them.
    package static func digits(_ value: UInt64, width: Int = 1) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(max(width, 16))
        ASCII.appendHex(value, width: width, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns `0x` and the digits of an offset or size.
    package static func offset(_ value: Int) -> String { "0x" + digits(UInt64(bitPattern: Int64(value))) }

    /// Returns `bytes` as lower-case hex, joined by `separator`. O(n).
    package static func dump(_ bytes: some Sequence<UInt8>, separator: String = " ") -> String {
        dump(Array(bytes).span.bytes, separator: separator)
    }

    /// Returns the same for bytes in place.
    package static func dump(_ bytes: RawSpan, separator: String = " ") -> String {
        var text: [UInt8] = []
        ASCII.appendDump(bytes, separator: Array(separator.utf8), to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
