import Bytes
import Format

/// The meaning of the bytes of one leaf: rows that name bits or bytes of it.
///
/// An overlay is a constant of a family, or made for one value of it. Rows own no byte and may overlap. An
/// overlay whose size differs from that of the leaf is not used.
package final class Overlay: Sendable {
    /// The size of the leaf in bytes.
    package let size: Int
    private let make: @Sendable () -> [OverlayRow]

    /// The rows, created on each access, because most overlays are never shown.
    package var rows: [OverlayRow] { make() }

    @inline(never)
    package init(size: Int, lazily make: @escaping @Sendable () -> [OverlayRow]) {
        self.size = size
        self.make = make
    }

    @inline(never)
    package convenience init(size: Int, _ rows: [OverlayRow]) { self.init(size: size, lazily: { rows }) }

    /// Returns an overlay for the bits of one word.
    @inline(never)
    package static func word(_ size: Int, _ order: ByteOrder = .big, _ bits: [BitField]) -> Overlay {
        Overlay(size: size, lazily: { bits.map { $0.row(in: size, order) } })
    }
}

/// A row of an overlay.
package struct OverlayRow: Sendable {
    package let name: String
    /// In bytes from the start of the leaf.
    package let offset: Int
    /// The type that reads the value from the row's bytes.
    package let type: FieldType
    /// In bytes.
    package let size: Int
    /// The nested rows, relative to the start of the row.
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

/// The byte order of a number: fields of a VMState are big-endian, buffers are as on their bus.
package enum ByteOrder: Sendable {
    case big
    case little

    /// Returns the number in at most 8 bytes.
    package func value(_ bytes: RawSpan) -> UInt64 {
        let value = bytes.bigEndianValue
        guard self == .little, bytes.byteCount > 0 else { return value }
        return value.byteSwapped >> UInt64(64 - bytes.byteCount * 8)
    }
}

extension LayoutTable {
    /// Returns the layout of an overlay, which is created once. O(rows).
    package func layout(of overlay: Overlay) -> LayoutID {
        built(overlay) { table in
            let items = overlay.rows.map { table.item($0) }
            return table.overlay(items, size: overlay.size)
        }
    }

    /// Returns the layout of the overlay rows within the first `size` bytes. O(rows).
    package func layout(ofStart overlay: Overlay, size: Int) -> LayoutID {
        let whole = layout(of: overlay)
        let rows = items(of: whole).filter { $0.offset + $0.stride <= size }
        return self.overlay(Array(rows), size: size)
    }

    /// Returns a row as an item of its overlay.
    package func item(_ row: OverlayRow) -> Item {
        var item = Item(
            name: names.intern(row.name), type: add(row.type), role: .meaning,
            child: row.inside.map { layout(of: $0) } ?? .none, stride: row.size)
        item.offset = row.offset
        return item
    }
}

extension Overlay {
    /// Returns an overlay for the bits of a VMState word, which is big-endian.
    @inline(never)
    package static func word(_ size: Int, _ bits: [BitField]) -> Overlay { word(size, .big, bits) }

    /// Returns an overlay for a word of flags, by bit number.
    @inline(never)
    package static func flags(_ size: Int, _ names: KeyValuePairs<Int, String>) -> Overlay {
        word(size, BitField.flags(names))
    }

    /// Returns an overlay for a word that is one number.
    @inline(never)
    package static func whole(_ size: Int, _ name: String, _ form: BitField.Form) -> Overlay {
        word(size, [BitField(name, 0...size * 8 - 1, form)])
    }

    /// Returns an overlay for a word of `size` bytes as a bitmap: the numbers of the set bits, counted from
    /// `first`.
    @inline(never)
    package static func bitmap(_ size: Int, _ name: String, from first: Int = 0) -> Overlay {
        .whole(size, name, .text { Self.bits(of: $0, from: first) })
    }

    /// Returns the numbers of the set bits as runs: `0 3-7`.
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
    /// Returns a row for a register in a buffer, with its bits.
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

    /// Returns a row whose text appears in the line of the leaf, unless it is empty.
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
    /// Returns rows for consecutive one-byte registers from the start of a buffer; unnamed ones get their
    /// index in hex.
    @inline(never)
    package static func bytes(_ names: [String], count: Int) -> [OverlayRow] {
        (0..<count).map { index in
            .register(
                index < names.count ? names[index] : "0x" + Hex.digits(UInt64(index), width: 2), at: index)
        }
    }
}

extension [BitField] {
    /// Returns the bits that are within a word of `size` bytes.
    package func fitting(_ size: Int) -> [BitField] { filter { $0.bits.upperBound < size * 8 } }
}

extension [FieldMeaning] {
    /// Returns the meanings of a field with 8 bytes on some machines and 4 on others.
    @inline(never)
    package static func words(_ name: String, _ label: String, _ bits: [BitField]) -> [FieldMeaning] {
        [8, 4].map { .overlay(name, label, .word($0, bits.fitting($0))) }
    }
}

extension FieldMeaning {
    /// Returns the meaning of an array of named elements, some of which have their own overlays.
    @inline(never)
    package static func elements(
        _ name: String, _ labels: [String], _ overlay: Overlay? = nil, each: [Int: Overlay]
    ) -> FieldMeaning {
        let numbered = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($0.offset, $0.element) })
        return elements(name, numbered: numbered, overlay, each: each)
    }

    /// Returns the meaning of an array of which some elements have names, and some their own overlays.
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
    /// Returns a row for a number of 1 to 8 bytes.
    @inline(never)
    package static func number(_ name: String, at offset: Int, size: Int, _ order: ByteOrder = .little)
        -> OverlayRow
    {
        OverlayRow(name, at: offset, size: size, type: .number(size, order))
    }

    /// Returns a row for a word, with the rows of its bits.
    @inline(never)
    package static func bits(
        _ name: String, at offset: Int, size: Int, _ bits: [BitField], _ order: ByteOrder = .little
    ) -> OverlayRow {
        OverlayRow(
            name, at: offset, size: size, type: .number(size, order), inside: .word(size, order, bits))
    }

    /// Returns a row whose bytes are shown as a text. With `isWord`, the text appears in the line of the leaf
    /// unless it is empty; with `isLine`, it is a line of its own in the details.
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
    /// Returns the type of a number of 1 to 8 bytes.
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
    /// Returns a little-endian number at an offset; 0 if it does not fit.
    package func little(_ offset: Int, _ size: Int) -> UInt64 {
        guard offset >= 0, size > 0, offset + size <= byteCount else { return 0 }
        return ByteOrder.little.value(extracting(offset..<offset + size))
    }
}
