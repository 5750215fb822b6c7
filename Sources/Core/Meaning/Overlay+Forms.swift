import Bytes
import Format

extension Overlay {
    /// The bits of a word of a VMState, which is big-endian.
    package static func word(_ size: Int, _ bits: [BitField]) -> Overlay { word(size, .big, bits) }

    /// A word whose bits are flags, by bit number.
    package static func flags(_ size: Int, _ names: KeyValuePairs<Int, String>) -> Overlay {
        word(size, BitField.flags(names))
    }

    /// A word that is one number with a meaning.
    package static func whole(_ size: Int, _ name: String, _ form: BitField.Form) -> Overlay {
        word(size, [BitField(name, 0...size * 8 - 1, form)])
    }

    /// A word of `size` bytes as a bitmap: the numbers of the bits that are set, from `first` on.
    package static func bitmap(_ size: Int, _ name: String, from first: Int = 0) -> Overlay {
        .whole(size, name, .text { Self.bits(of: $0, from: first) })
    }

    /// The numbers of the bits that are set, as runs: `0 3-7`.
    package static func bits(of value: UInt64, from first: Int = 0) -> String {
        var runs: [String] = []
        var rest = value
        while rest != 0 {
            let low = rest.trailingZeroBitCount
            let count = (~(rest >> UInt64(low))).trailingZeroBitCount
            runs.append(count == 1 ? "\(first + low)" : "\(first + low)-\(first + low + count - 1)")
            rest = low + count >= 64 ? 0 : rest & (UInt64.max << UInt64(low + count))
        }
        return runs.joined(separator: " ")
    }
}

extension OverlayRow {
    /// A register in a buffer, with the bits that it consists of.
    package static func register(
        _ name: String, at offset: Int, size: Int = 1, _ order: ByteOrder = .little,
        _ form: BitField.Form = .hex,
        bits: [BitField] = []
    ) -> OverlayRow {
        let number = size == 1 ? "uint8" : "\(order == .big ? "be" : "le")\(size * 8)"
        let type = FieldType(number, value: { form.value(order.value($0), 0...size * 8 - 1) })
        return OverlayRow(
            name, at: offset, size: size, type: type, inside: bits.isEmpty ? nil : .word(size, order, bits))
    }

    /// Something that is made of the row's bytes and is in the line of the leaf; empty for nothing.
    package static func summary(
        _ name: String, at offset: Int, size: Int, _ text: @escaping @Sendable (RawSpan) -> String
    ) -> OverlayRow {
        var type = FieldType("text", value: { FieldValue(text($0)) })
        type.word = { bytes in
            let shown = text(bytes)
            return shown.isEmpty ? nil : shown
        }
        return OverlayRow(name, at: offset, size: size, type: type)
    }
}

extension [OverlayRow] {
    /// Registers one after the other from the start of a buffer, one byte each; the rest by their index in hex.
    package static func bytes(_ names: [String], count: Int) -> [OverlayRow] {
        (0..<count).map { index in
            .register(
                index < names.count ? names[index] : "0x" + Hex.digits(UInt64(index), width: 2), at: index)
        }
    }
}

extension [BitField] {
    /// The bits that a word of `size` bytes has.
    package func fitting(_ size: Int) -> [BitField] { filter { $0.bits.upperBound < size * 8 } }
}

extension [FieldMeaning] {
    /// A field that is 8 bytes long on some machines, and 4 on others.
    package static func words(_ name: String, _ label: String, _ bits: [BitField]) -> [FieldMeaning] {
        [8, 4].map { .overlay(name, label, .word($0, bits.fitting($0))) }
    }
}

extension FieldMeaning {
    /// An array whose elements have names, and some of them overlays of their own.
    package static func elements(
        _ name: String, _ labels: [String], _ overlay: Overlay? = nil, each: [Int: Overlay]
    ) -> FieldMeaning {
        let numbered = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($0.offset, $0.element) })
        return elements(name, numbered: numbered, overlay, each: each)
    }

    /// An array some of whose elements have names, and some overlays of their own.
    package static func elements(
        _ name: String, numbered labels: [Int: String], _ overlay: Overlay? = nil, each: [Int: Overlay]
    ) -> FieldMeaning {
        FieldMeaning(
            name: name, overlay: overlay, size: overlay?.size ?? each.first?.value.size,
            elements: { _ in labels }, elementOverlays: each)
    }
}
