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

    package init(size: Int, lazily make: @escaping @Sendable () -> [OverlayRow]) {
        self.size = size
        self.make = make
    }

    package convenience init(size: Int, _ rows: [OverlayRow]) { self.init(size: size, lazily: { rows }) }

    /// The bits of one word.
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
    package mutating func layout(of overlay: Overlay) -> LayoutID {
        built(overlay) { table in
            let items = overlay.rows.map { table.item($0) }
            return table.overlay(items, size: overlay.size)
        }
    }

    /// The layout of those rows of an overlay that stand in the first `size` bytes. O(rows).
    package mutating func layout(ofStart overlay: Overlay, size: Int) -> LayoutID {
        let whole = layout(of: overlay)
        let rows = items(of: whole).filter { $0.offset + $0.stride <= size }
        return self.overlay(Array(rows), size: size)
    }

    /// A row as an item of the overlay that it is in.
    package mutating func item(_ row: OverlayRow) -> Item {
        var item = Item(
            name: names.intern(row.name), type: add(row.type), role: .meaning,
            child: row.inside.map { layout(of: $0) } ?? .none, stride: row.size)
        item.offset = row.offset
        return item
    }
}
