import Bytes
import Format

/// A named range of adjacent bits in a word.
package struct BitField: Sendable {
    package let name: String
    /// Bit 0 is the least significant.
    package let bits: ClosedRange<Int>
    package let form: Form
    /// The word for a flag in the line of the field, if it is not the name.
    package let word: String?

    /// The way in which a value of the bits is shown.
    package enum Form: Sendable {
        /// One bit, set or clear. Set flags appear in the line of the field.
        case flag
        /// A flag whose clear state gets a word: `masked`, `off`.
        case unless(String)
        /// A number, which appears in the line unless it is 0.
        case number
        /// A number that always appears in the line.
        case decimal
        /// A number in hex, which does not appear in the line.
        case hex
        /// Bits at their position in the word, for page addresses.
        case address
        /// Names of values; the name always appears in the line.
        case names([UInt64: String])
        /// A text derived from the value, which appears in the line unless it is empty.
        case text(@Sendable (UInt64) -> String)
    }

    @inline(never)
    package init(_ name: String, _ bits: ClosedRange<Int>, _ form: Form = .number, word: String? = nil) {
        self.name = name
        self.bits = bits
        self.form = form
        self.word = word
    }

    /// Returns flags by bit number.
    @inline(never)
    package static func flags(_ names: KeyValuePairs<Int, String>) -> [BitField] {
        names.map { BitField($0.value, $0.key...$0.key, .flag) }
    }

    /// Returns the row for these bits in a word of `size` bytes, which covers the bytes that contain them.
    package func row(in size: Int, _ order: ByteOrder) -> OverlayRow {
        let last = min(bits.upperBound / 8, size - 1)
        let first = min(bits.lowerBound / 8, last)
        let count = last - first + 1
        let offset = order == .big ? size - 1 - last : first
        return OverlayRow(
            name, at: offset, size: count, type: type(order, shift: bits.lowerBound - first * 8))
    }

    private func type(_ order: ByteOrder, shift: Int) -> FieldType {
        let (form, name, bits) = (form, word ?? name, bits)
        let mask = bits.count >= 64 ? UInt64.max : (1 << UInt64(bits.count)) - 1
        let read: @Sendable (RawSpan) -> UInt64 = { order.value($0) >> UInt64(shift) & mask }
        let label = bits.count == 1 ? "bit \(bits.lowerBound)" : "bits \(bits.upperBound):\(bits.lowerBound)"
        var type = FieldType(label, value: { form.value(read($0), bits) })
        type.word = { form.word(read($0), name) }
        return type
    }
}

extension BitField.Form {
    package func value(_ value: UInt64, _ bits: ClosedRange<Int>) -> FieldValue {
        let hex = "0x" + Hex.digits(value, width: (bits.count + 3) / 4)
        switch self {
        case .flag:
            return value == 0 ? FieldValue("clear", full: "0 = clear") : FieldValue("set", full: "1 = set")
        case .unless(let off):
            return value == 0 ? FieldValue(off, full: "0 = \(off)") : FieldValue("set", full: "1 = set")
        case .number, .decimal: return FieldValue("\(value)", full: "\(hex) = \(value)")
        case .hex: return FieldValue(hex)
        case .address: return FieldValue("0x" + Hex.digits(value << UInt64(bits.lowerBound)))
        case .names(let names):
            guard let name = names[value] else { return FieldValue("\(value)") }
            return FieldValue(name, full: "\(value) = \(name)")
        case .text(let text):
            let shown = text(value)
            return shown.isEmpty ? FieldValue(hex) : FieldValue(shown, full: "\(hex) = \(shown)")
        }
    }

    package func word(_ value: UInt64, _ name: String) -> String? {
        switch self {
        case .flag: return value == 0 ? nil : name
        case .unless(let off): return value == 0 ? off : name
        case .number: return value == 0 ? nil : "\(name) \(value)"
        case .decimal: return "\(name) \(value)"
        case .hex, .address: return nil
        case .names(let names): return names[value]
        case .text(let text):
            let shown = text(value)
            return shown.isEmpty ? nil : shown
        }
    }
}
