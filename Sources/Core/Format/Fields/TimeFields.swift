import Bytes

/// Types for timers and floating point.
package enum TimeFields {
    package static let types: [FieldType] = [
        FieldType("timer", unit: "ns", value: timer),
        FieldType("CPU_Double_U", value: double),
        FieldType("float64", value: double),
    ]

    /// Shows the expiry in ns of the timer's clock, be64; all ones: not armed (util/qemu-timer.c timer_put,
    /// 10.0).
    @Sendable package static func timer(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount == 8 else { return ByteValue.bytes(bytes) }
        let value = bytes.bigEndianValue
        let hex = "0x" + Hex.digits(value, width: 16)
        if value == .max { return FieldValue("not armed", full: "\(hex) = not armed") }
        let text = seconds(value)
        return FieldValue(text, full: "\(hex) = \(text)")
    }

    /// Shows an IEEE 754 double, with the high half first.
    @Sendable package static func double(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount == 8 else { return ByteValue.bytes(bytes) }
        let bits = bytes.bigEndianValue
        let text = "\(Double(bitPattern: bits))"
        return FieldValue(text, full: "0x" + Hex.digits(bits, width: 16) + " = " + text)
    }

    /// Returns `nanoseconds` as seconds with nine decimals.
    package static func seconds(_ nanoseconds: UInt64) -> String {
        let fraction = String(nanoseconds % 1_000_000_000)
        let padding = String(repeating: "0", count: 9 - fraction.utf8.count)
        return "\(nanoseconds / 1_000_000_000).\(padding)\(fraction) s"
    }
}
