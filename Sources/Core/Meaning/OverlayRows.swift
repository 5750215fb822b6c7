import Bytes
import Format

extension OverlayRow {
    /// A number of 1 to 8 bytes.
    package static func number(_ name: String, at offset: Int, size: Int, _ order: ByteOrder = .little)
        -> OverlayRow
    {
        OverlayRow(name, at: offset, size: size, type: .number(size, order))
    }

    /// A word with the rows of its bits.
    package static func bits(
        _ name: String, at offset: Int, size: Int, _ bits: [BitField], _ order: ByteOrder = .little
    ) -> OverlayRow {
        OverlayRow(
            name, at: offset, size: size, type: .number(size, order), inside: .word(size, order, bits))
    }

    /// Bytes that are shown as a text; `isWord`: which is in the line of the leaf unless it is empty;
    /// `isLine`: which is a line of its own among the details.
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
