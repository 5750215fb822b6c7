import Bytes

/// Words and chunks of sections that no description covers.
package enum SectionFields {
    package static let types: [FieldType] = [
        FieldType("chunk", value: ByteValue.structure),
        FieldType("dirty bitmap", value: ByteValue.structure),
        FieldType("block device", value: ByteValue.structure),
        FieldType("bitmap flags", reader: .unsigned, value: bitmapFlags),
        FieldType("block word", reader: .unsigned, value: blockWord),
        FieldType("attributes word", reader: .unsigned, value: attributesWord),
        FieldType("storage keys word", reader: .unsigned, value: storageKeysWord),
        FieldType("vfio tag", reader: .unsigned, value: vfioTag),
    ]

    @Sendable private static func bitmapFlags(_ bytes: RawSpan) -> FieldValue {
        named(bytes, BitmapFlags(rawValue: UInt8(truncatingIfNeeded: bytes.bigEndianValue)).label)
    }

    @Sendable private static func blockWord(_ bytes: RawSpan) -> FieldValue {
        named(bytes, BlockWord(bytes.bigEndianValue).label)
    }

    @Sendable private static func attributesWord(_ bytes: RawSpan) -> FieldValue {
        let names: [(UInt64, String)] = [(0x01, "EOS"), (0x02, "MORE"), (0x04, "ERROR"), (0x08, "DONE")]
        return named(bytes, PageAttributes.label(bytes.bigEndianValue, names))
    }

    @Sendable private static func storageKeysWord(_ bytes: RawSpan) -> FieldValue {
        let names: [(UInt64, String)] = [(0x01, "EOS"), (0x02, "SKEYS"), (0x04, "ERROR")]
        return named(bytes, PageAttributes.label(bytes.bigEndianValue, names))
    }

    @Sendable private static func vfioTag(_ bytes: RawSpan) -> FieldValue {
        named(bytes, VFIOTag(rawValue: bytes.bigEndianValue)?.label ?? "")
    }

    // Shows a number with its meaning.
    private static func named(_ bytes: RawSpan, _ label: String) -> FieldValue {
        guard (1...8).contains(bytes.byteCount) else { return ByteValue.bytes(bytes) }
        let hex = "0x" + Hex.digits(bytes.bigEndianValue, width: bytes.byteCount * 2)
        return label.isEmpty ? FieldValue(hex) : FieldValue(label, full: "\(hex) = \(label)")
    }
}
