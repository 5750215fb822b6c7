import Bytes
import Format

/// Some neighboring bits of a word, with a name.
package struct BitField: Sendable {
    package let name: String
    /// Bit 0 is the least significant.
    package let bits: ClosedRange<Int>
    package let form: Form
    /// What is in the line of the field for a flag, where that is not its name.
    package let word: String?

    /// What a value of the bits is called.
    package enum Form: Sendable {
        /// One bit: set or clear. Those that are set are in the line of the field.
        case flag
        /// A flag whose clear state is what is worth a word: `masked`, `off`.
        case unless(String)
        /// A number; not 0 it is in the line.
        case number
        /// A number that always is in the line.
        case decimal
        /// A number in hex that is in no line.
        case hex
        /// Bits as they are in the word, for addresses of pages: shown at their place.
        case address
        /// Names of values; the name always is in the line.
        case names([UInt64: String])
        /// A text made of the value, which is in the line unless it is empty.
        case text(@Sendable (UInt64) -> String)
    }

    @inline(never)
    package init(_ name: String, _ bits: ClosedRange<Int>, _ form: Form = .number, word: String? = nil) {
        self.name = name
        self.bits = bits
        self.form = form
        self.word = word
    }

    /// Flags by bit number.
    @inline(never)
    package static func flags(_ names: KeyValuePairs<Int, String>) -> [BitField] {
        names.map { BitField($0.value, $0.key...$0.key, .flag) }
    }

    /// The row of these bits in a word of `size` bytes: over the bytes that hold them.
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
