/// Hexadecimal spelling, without Foundation.
package enum Hex {
    /// The lower-case digits of `value`, at least `width` of them.
    package static func digits(_ value: UInt64, width: Int = 1) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(max(width, 16))
        ASCII.appendHex(value, width: width, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// `0x` and the digits of an offset or size.
    package static func offset(_ value: Int) -> String { "0x" + digits(UInt64(bitPattern: Int64(value))) }

    /// `bytes` in lower case, joined by `separator`. O(n).
    @inlinable
    package static func dump(_ bytes: some Sequence<UInt8>, separator: String = " ") -> String {
        let between = Array(separator.utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.underestimatedCount * (2 + between.count))
        for byte in bytes {
            if !text.isEmpty { for digit in between { text.append(digit) } }
            text.append(lowerDigits[Int(byte >> 4)])
            text.append(lowerDigits[Int(byte & 0x0f)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    @usableFromInline package static let lowerDigits = Array("0123456789abcdef".utf8)
}
