import Bytes

/// The readings of some bytes: numbers of every width in both byte orders, times and text.
struct ByteInspection {
    struct Line: Equatable {
        var label: String
        var bigEndian: String
        /// The little-endian reading; empty when the byte order does not matter.
        var littleEndian = ""
        /// Whether both readings end the same, so that the beginning of the second suffices.
        var hasCommonEnd = false
    }

    /// The number of lines for a sufficient number of bytes.
    static let lineCount = 16
    /// The maximum number of bytes that are read.
    static let byteCount = 48

    let lines: [Line]

    /// `bytes` begin at the hex cursor; near the end of a stream there are few.
    init(_ bytes: [UInt8]) {
        lines = [
            Self.byte(bytes), Self.integer(bytes, UInt16.self, Int16.self),
            Self.integer(bytes, UInt32.self, Int32.self), Self.integer(bytes, UInt64.self, Int64.self),
            Self.line("float", bytes, UInt32.self) { "\(Float(bitPattern: $0))" },
            Self.line("double", bytes, UInt64.self) { "\(Double(bitPattern: $0))" },
            Self.line("s 32", bytes, UInt32.self) { UnixTime.text(seconds: Int(Int32(bitPattern: $0))) },
            Self.line("s 64", bytes, UInt64.self) { UnixTime.text(seconds: Int(Int64(bitPattern: $0))) },
            Self.line("ns 64", bytes, UInt64.self) { UnixTime.text(nanoseconds: Int(Int64(bitPattern: $0))) },
            Self.line("ms 64", bytes, UInt64.self) {
                UnixTime.text(milliseconds: Int(Int64(bitPattern: $0)))
            },
            Self.text(bytes), Self.utf16(bytes), Self.addresses(bytes), Self.guid(bytes), Self.leb128(bytes),
            Self.ipv6(bytes),
        ]
    }

    private static func byte(_ bytes: [UInt8]) -> Line {
        guard let byte = bytes.first else { return Line(label: "8 bits", bigEndian: "") }
        let digits = String(byte, radix: 2)
        let binary = String(repeating: "0", count: 8 - digits.utf8.count) + digits
        let number = number(byte, Int8(bitPattern: byte))
        return Line(
            label: "8 bits", bigEndian: "\(number)  \(binary)", littleEndian: "BCD " + decimal(bytes))
    }

    private static func integer<Unsigned, Signed>(
        _ bytes: [UInt8], _ type: Unsigned.Type, _ signed: Signed.Type
    ) -> Line
    where Unsigned: FixedWidthInteger & UnsignedInteger, Signed: FixedWidthInteger & SignedInteger {
        line("\(Unsigned.bitWidth) bits", bytes, type) { number($0, Signed(truncatingIfNeeded: $0)) }
    }

    private static func number(
        _ value: some UnsignedInteger & FixedWidthInteger, _ signed: some SignedInteger
    ) -> String {
        let digits = Hex.digits(UInt64(value), width: value.bitWidth / 4)
        return "0x\(digits) = \(value)" + (signed < 0 ? " = \(signed)" : "")
    }

    private static func line<T: FixedWidthInteger & UnsignedInteger>(
        _ label: String, _ bytes: [UInt8], _ type: T.Type, _ text: (T) -> String
    ) -> Line {
        let size = T.bitWidth / 8
        guard bytes.count >= size else { return Line(label: label, bigEndian: "") }
        let big = bytes.prefix(size).reduce(T(0)) { $0 << 8 | T($1) }
        return Line(label: label, bigEndian: text(big), littleEndian: text(big.byteSwapped))
    }

    private static func addresses(_ bytes: [UInt8]) -> Line {
        let mac = bytes.count >= 6 ? Hex.dump(bytes.prefix(6), separator: ":") : ""
        let dotted = bytes.count >= 4 ? bytes.prefix(4).map(String.init).joined(separator: ".") : ""
        return Line(label: "MAC", bigEndian: mac, littleEndian: dotted.isEmpty ? "" : "IPv4 " + dotted)
    }

    // At the right, the first three parts are in little-endian order, as in UEFI and Windows.
    private static func guid(_ bytes: [UInt8]) -> Line {
        guard bytes.count >= 16 else { return Line(label: "GUID", bigEndian: "") }
        func text(_ order: [Int]) -> String {
            let digits = order.map { Hex.digits(UInt64(bytes[$0]), width: 2) }
            let parts = [digits[0..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10..<16]]
            return parts.map { $0.joined() }.joined(separator: "-")
        }
        return Line(
            label: "GUID", bigEndian: text(Array(0..<16)),
            littleEndian: text([3, 2, 1, 0, 5, 4, 7, 6] + Array(8..<16)), hasCommonEnd: true)
    }

    // Seven bits per byte, the least significant first, up to a byte below 0x80.
    private static func leb128(_ bytes: [UInt8]) -> Line {
        let length = (bytes.prefix(10).firstIndex { $0 < 0x80 } ?? 10) + 1
        guard length <= min(bytes.count, 10) else { return Line(label: "LEB128", bigEndian: "") }
        var value: UInt64 = 0
        for (place, byte) in bytes.prefix(length).enumerated() {
            value |= UInt64(byte & 0x7f) << UInt64(7 * place)
        }
        let bits = UInt64(min(7 * length, 64))
        let signed = Int64(bitPattern: value << (64 - bits)) >> Int64(64 - bits)
        let size = Quantity.text(length, "byte")
        return Line(label: "LEB128", bigEndian: "\(value) (\(size))", littleEndian: "signed \(signed)")
    }

    private static func utf16(_ bytes: [UInt8]) -> Line {
        func text(_ isBig: Bool) -> String {
            var units: [UInt16] = []
            for start in stride(from: 0, to: bytes.count - 1, by: 2) {
                let (first, second) = (UInt16(bytes[start]), UInt16(bytes[start + 1]))
                let unit = isBig ? first << 8 | second : second << 8 | first
                if unit == 0 { break }
                units.append(unit)
            }
            return units.isEmpty
                ? "" : "\"" + DisplayText.escaped(String(decoding: units, as: UTF16.self)) + "\""
        }
        return Line(label: "UTF-16", bigEndian: text(true), littleEndian: text(false))
    }

    // Two decimal digits per byte, as in clock chips, in both orders.
    private static func decimal(_ bytes: [UInt8]) -> String {
        let digits = bytes.prefix(longestDecimal).prefix { $0 >> 4 < 10 && $0 & 15 < 10 }
        guard !digits.isEmpty else { return "-" }
        func text(_ bytes: some Sequence<UInt8>) -> String { bytes.map { "\($0 >> 4)\($0 & 15)" }.joined() }
        return digits.count == 1 ? text(digits) : "\(text(digits)) \(text(digits.reversed()))"
    }

    // The number of bytes in a date with a century and a time.
    private static let longestDecimal = 7

    private static func ipv6(_ bytes: [UInt8]) -> Line {
        guard bytes.count >= 16 else { return Line(label: "IPv6", bigEndian: "") }
        let groups = stride(from: 0, to: 16, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }
        return Line(label: "IPv6", bigEndian: groups.joined(separator: ":"))
    }

    // Up to the first NUL; as UTF-8 when it is valid.
    private static func text(_ bytes: [UInt8]) -> Line {
        let text = bytes.prefix { $0 != 0 }
        return Line(label: "text", bigEndian: text.isEmpty ? "" : "\"\(DisplayText.escaped(bytes: text))\"")
    }
}

/// Times since 1970-01-01 00:00:00 UTC, without Foundation.
enum UnixTime {
    /// Returns `2026-11-24 11:18:59`; `-` for years outside 1 to 9999. O(1).
    static func text(seconds: Int) -> String {
        guard (-62_135_596_800..<253_402_300_800).contains(seconds) else { return "-" }
        let day = (seconds - (seconds < 0 ? 86_399 : 0)) / 86_400
        let rest = seconds - day * 86_400
        let (year, month, dayOfMonth) = date(day)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2)) "
            + "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
    }

    /// Returns the same with fractions of a second.
    static func text(nanoseconds: Int) -> String {
        var seconds = nanoseconds / 1_000_000_000
        var rest = nanoseconds % 1_000_000_000
        if rest < 0 {
            seconds -= 1
            rest += 1_000_000_000
        }
        return "\(text(seconds: seconds)).\(padded(rest, 9))"
    }

    /// Returns the same with milliseconds.
    static func text(milliseconds: Int) -> String {
        let seconds = milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
        let date = text(seconds: seconds)
        return date == "-" ? date : "\(date).\(padded(milliseconds - seconds * 1000, 3))"
    }

    // The Gregorian calendar, with years from March so that leap days come last; `day` 0 is 1970-01-01.
    private static func date(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (
            era * 400 + yearOfEra + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(width - text.utf8.count, 0)) + text
    }
}
