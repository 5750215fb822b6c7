import Bytes
import Format

/// What the bytes of one leaf mean: rows that name bits or bytes of it.
///
/// A constant of a family, or made for one value of it. Rows own no byte and may overlap; an overlay whose
/// size is not that of the leaf is not laid on it.
package final class Overlay: Sendable {
    /// Bytes of the leaf.
    package let size: Int
    private let make: @Sendable () -> [OverlayRow]

    /// The rows, made anew: most overlays of the families are never shown.
    package var rows: [OverlayRow] { make() }

    @inline(never)
    package init(size: Int, lazily make: @escaping @Sendable () -> [OverlayRow]) {
        self.size = size
        self.make = make
    }

    @inline(never)
    package convenience init(size: Int, _ rows: [OverlayRow]) { self.init(size: size, lazily: { rows }) }

    /// The bits of one word.
    @inline(never)
    package static func word(_ size: Int, _ order: ByteOrder = .big, _ bits: [BitField]) -> Overlay {
        Overlay(size: size, lazily: { bits.map { $0.row(in: size, order) } })
    }
}

/// One row of an overlay.
package struct OverlayRow: Sendable {
    package let name: String
    /// Bytes from the start of the leaf.
    package let offset: Int
    /// How the value is read from the row's bytes.
    package let type: FieldType
    /// Bytes.
    package let size: Int
    /// Rows of the row, placed from its start.
    package let inside: Overlay?

    @inline(never)
    package init(_ name: String, at offset: Int, size: Int, type: FieldType, inside: Overlay? = nil) {
        self.name = name
        self.offset = offset
        self.size = size
        self.type = type
        self.inside = inside
    }
}

/// How the bytes of a number are ordered: fields of a VMState are big-endian, buffers as on their bus.
package enum ByteOrder: Sendable {
    case big
    case little

    /// The number in at most 8 bytes.
    package func value(_ bytes: RawSpan) -> UInt64 {
        let value = bytes.bigEndianValue
        guard self == .little, bytes.byteCount > 0 else { return value }
        return value.byteSwapped >> UInt64(64 - bytes.byteCount * 8)
    }
}

extension LayoutTable {
    /// The layout of an overlay, made once. O(rows).
    package func layout(of overlay: Overlay) -> LayoutID {
        built(overlay) { table in
            let items = overlay.rows.map { table.item($0) }
            return table.overlay(items, size: overlay.size)
        }
    }

    /// The layout of those rows of an overlay that are in the first `size` bytes. O(rows).
    package func layout(ofStart overlay: Overlay, size: Int) -> LayoutID {
        let whole = layout(of: overlay)
        let rows = items(of: whole).filter { $0.offset + $0.stride <= size }
        return self.overlay(Array(rows), size: size)
    }

    /// A row as an item of the overlay that it is in.
    package func item(_ row: OverlayRow) -> Item {
        var item = Item(
            name: names.intern(row.name), type: add(row.type), role: .meaning,
            child: row.inside.map { layout(of: $0) } ?? .none, stride: row.size)
        item.offset = row.offset
        return item
    }
}

extension Overlay {
    /// The bits of a word of a VMState, which is big-endian.
    @inline(never)
    package static func word(_ size: Int, _ bits: [BitField]) -> Overlay { word(size, .big, bits) }

    /// A word whose bits are flags, by bit number.
    @inline(never)
    package static func flags(_ size: Int, _ names: KeyValuePairs<Int, String>) -> Overlay {
        word(size, BitField.flags(names))
    }

    /// A word that is one number with a meaning.
    @inline(never)
    package static func whole(_ size: Int, _ name: String, _ form: BitField.Form) -> Overlay {
        word(size, [BitField(name, 0...size * 8 - 1, form)])
    }

    /// A word of `size` bytes as a bitmap: the numbers of the bits that are set, from `first` on.
    @inline(never)
    package static func bitmap(_ size: Int, _ name: String, from first: Int = 0) -> Overlay {
        .whole(size, name, .text { Self.bits(of: $0, from: first) })
    }

    /// The numbers of the bits that are set, as runs: `0 3-7`.
    @inline(never)
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
    @inline(never)
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
    @inline(never)
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
    @inline(never)
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
    @inline(never)
    package static func words(_ name: String, _ label: String, _ bits: [BitField]) -> [FieldMeaning] {
        [8, 4].map { .overlay(name, label, .word($0, bits.fitting($0))) }
    }
}

extension FieldMeaning {
    /// An array whose elements have names, and some of them overlays of their own.
    @inline(never)
    package static func elements(
        _ name: String, _ labels: [String], _ overlay: Overlay? = nil, each: [Int: Overlay]
    ) -> FieldMeaning {
        let numbered = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($0.offset, $0.element) })
        return elements(name, numbered: numbered, overlay, each: each)
    }

    /// An array some of whose elements have names, and some overlays of their own.
    @inline(never)
    package static func elements(
        _ name: String, numbered labels: [Int: String], _ overlay: Overlay? = nil, each: [Int: Overlay]
    ) -> FieldMeaning {
        FieldMeaning(
            name: name, overlay: overlay, size: overlay?.size ?? each.first?.value.size,
            elements: { _ in labels }, elementOverlays: each)
    }
}

extension OverlayRow {
    /// A number of 1 to 8 bytes.
    @inline(never)
    package static func number(_ name: String, at offset: Int, size: Int, _ order: ByteOrder = .little)
        -> OverlayRow
    {
        OverlayRow(name, at: offset, size: size, type: .number(size, order))
    }

    /// A word with the rows of its bits.
    @inline(never)
    package static func bits(
        _ name: String, at offset: Int, size: Int, _ bits: [BitField], _ order: ByteOrder = .little
    ) -> OverlayRow {
        OverlayRow(
            name, at: offset, size: size, type: .number(size, order), inside: .word(size, order, bits))
    }

    /// Bytes that are shown as a text; `isWord`: which is in the line of the leaf unless it is empty;
    /// `isLine`: which is a line of its own among the details.
    @inline(never)
    package static func text(
        _ name: String, at offset: Int, size: Int, isWord: Bool = false, isLine: Bool = false,
        inside: Overlay? = nil,
        _ text: @escaping @Sendable (RawSpan) -> String
    ) -> OverlayRow {
        var type = FieldType("", value: { FieldValue(text($0)) })
        type.isLine = isLine
        if isWord || isLine {
            type.word = { bytes in
                let shown = text(bytes)
                return shown.isEmpty ? nil : shown
            }
        }
        return OverlayRow(name, at: offset, size: size, type: type, inside: inside)
    }
}

extension FieldType {
    /// The type of a number of 1 to 8 bytes.
    @inline(never)
    package static func number(_ size: Int, _ order: ByteOrder) -> FieldType {
        let name = size == 1 ? "uint8" : order == .little ? "le\(size * 8)" : "uint\(size * 8)"
        return FieldType(
            name,
            value: { bytes in
                let value = order.value(bytes)
                let hex = "0x" + Hex.digits(value, width: size * 2)
                return FieldValue(hex, full: "\(hex) = \(value)")
            })
    }
}

extension RawSpan {
    /// A little-endian number inside; 0 where it does not fit.
    package func little(_ offset: Int, _ size: Int) -> UInt64 {
        guard offset >= 0, size > 0, offset + size <= byteCount else { return 0 }
        return ByteOrder.little.value(extracting(offset..<offset + size))
    }
}
