import Bytes

/// Framing: the bytes between the fields (migration/savevm.c, 10.0).
package enum FrameFields {
    package static let types: [FieldType] = [
        FieldType("section type", value: sectionType),
        FieldType("command", value: command),
        FieldType("text", value: ByteValue.bytes),
        FieldType("counted text", value: ByteValue.counted),
        FieldType("json", value: { FieldValue("\($0.byteCount) bytes of JSON") }),
        FieldType("ram word", reader: .unsigned, value: IntegerFields.unsigned),
        FieldType("page", value: page), FieldType("page record", value: ByteValue.structure),
        FieldType("run", value: ByteValue.structure),
        FieldType("RAM block", value: ByteValue.structure),
        FieldType("page bitmap"),
        FieldType("frame", value: ByteValue.structure),
        FieldType("subsection", value: ByteValue.structure),
        FieldType("line", value: line), FieldType("lines", value: ByteValue.structure),
        FieldType("gap"), FieldType("error"), FieldType("padding"),
    ]

    @Sendable private static func sectionType(_ bytes: RawSpan) -> FieldValue {
        let value = UInt8(truncatingIfNeeded: bytes.bigEndianValue)
        let hex = "0x" + Hex.digits(UInt64(value), width: 2)
        guard let kind = SectionType(rawValue: value) else { return FieldValue(hex) }
        return FieldValue(kind.label, full: "\(hex) = \(kind.label)")
    }

    @Sendable private static func command(_ bytes: RawSpan) -> FieldValue {
        let value = bytes.bigEndianValue
        let hex = "0x" + Hex.digits(value, width: 4)
        guard let name = CommandKind(rawValue: UInt16(truncatingIfNeeded: value))?.label else {
            return FieldValue(hex, full: "\(hex) = unknown command")
        }
        return FieldValue(name, full: "\(hex) = \(name)")
    }

    /// The maximum number of bytes shown of a line.
    private static let longestLine = 4096

    /// Shows a line of text without its line end.
    @Sendable private static func line(_ bytes: RawSpan) -> FieldValue {
        var text = bytes.extracting(0..<min(bytes.byteCount, longestLine)).bytes[...]
        while let last = text.last, last == 0 || last == UInt8(ascii: "\n") { text.removeLast() }
        return FieldValue(DisplayText.escaped(bytes: text))
    }

    @Sendable private static func page(_ bytes: RawSpan) -> FieldValue {
        bytes.isAllZero ? FieldValue("00 × \(bytes.byteCount)") : ByteValue.bytes(bytes)
    }
}
