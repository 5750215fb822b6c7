import Bytes

/// Integers, all big-endian in the stream on any host and guest (migration/vmstate-types.c, 7.2 to 10.0).
package enum IntegerFields {
    package static let types: [FieldType] = [
        FieldType("bool", reader: .bool, value: boolean),
        FieldType("int8", reader: .signed, value: signed),
        FieldType("int16", reader: .signed, value: signed),
        FieldType("int32", reader: .signed, value: signed),
        FieldType("int64", reader: .signed, value: signed),
        FieldType("uint8", reader: .unsigned, value: unsigned),
        FieldType("uint16", reader: .unsigned, value: unsigned),
        FieldType("uint32", reader: .unsigned, value: unsigned),
        FieldType("uint64", reader: .unsigned, value: unsigned),
        FieldType("int32 equal", reader: .signed, value: signed),
        // The reader prints these three as signed, although QEMU stores them unsigned.
        FieldType("uint8 equal", reader: .signed, value: unsigned),
        FieldType("uint16 equal", reader: .signed, value: unsigned),
        FieldType("int64 equal", reader: .signed, value: unsigned),
        FieldType("uint32 equal", reader: .unsigned, value: unsigned),
        // "le": the value must be less than or equal to the target's value.
        FieldType("int32 le", reader: .signed, value: signed),
        // Registers that a device stores in the byte order of its bus.
        FieldType("le16", value: littleEndian), FieldType("le32", value: littleEndian),
        FieldType("le64", value: littleEndian),
        FieldType("int32_as_uint16", value: unsigned),
        FieldType("uint16_from_uint8", value: unsigned),
        // Not types of QEMU: clock values inside a buffer.
        FieldType("BCD", reader: .unsigned, value: decimal),
        FieldType("BCD hour of 12", reader: .unsigned, value: hour),
    ]

    /// Shows an unsigned integer of at most 8 bytes; longer ones are shown as bytes.
    @Sendable package static func unsigned(_ bytes: RawSpan) -> FieldValue {
        guard (1...8).contains(bytes.byteCount) else { return ByteValue.bytes(bytes) }
        let value = bytes.bigEndianValue
        let hex = "0x" + Hex.digits(value, width: bytes.byteCount * 2)
        return FieldValue(hex, full: "\(hex) = \(value)")
    }

    /// Shows two decimal digits in a byte: 0x21 is 21. Other bytes are shown as they are; in an alarm, 0xc0
    /// and above match any time (MC146818A data sheet).
    @Sendable package static func decimal(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount == 1 else { return unsigned(bytes) }
        let byte = bytes[byteAt: 0]
        guard byte >> 4 < 10, byte & 15 < 10 else { return unsigned(bytes) }
        let hex = "0x" + Hex.digits(UInt64(byte), width: 2)
        return FieldValue(hex, full: "\(hex) = \(Int(byte >> 4) * 10 + Int(byte & 15))")
    }

    /// Shows an hour of 1 to 12 as two decimal digits; bit 7 means PM.
    @Sendable package static func hour(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount == 1 else { return unsigned(bytes) }
        let byte = bytes[byteAt: 0]
        let digits = byte & 0x7f
        guard digits >> 4 < 10, digits & 15 < 10 else { return unsigned(bytes) }
        let hour = (Int(digits >> 4) * 10 + Int(digits & 15)) % 12 + (byte & 0x80 != 0 ? 12 : 0)
        let hex = "0x" + Hex.digits(UInt64(byte), width: 2)
        return FieldValue(hex, full: "\(hex) = \(hour)")
    }

    /// Shows an unsigned little-endian integer of at most 8 bytes.
    @Sendable package static func littleEndian(_ bytes: RawSpan) -> FieldValue {
        guard (1...8).contains(bytes.byteCount) else { return ByteValue.bytes(bytes) }
        let value = bytes.bigEndianValue.byteSwapped >> UInt64(64 - bytes.byteCount * 8)
        let hex = "0x" + Hex.digits(value, width: bytes.byteCount * 2)
        return FieldValue(hex, full: "\(hex) = \(value)")
    }

    /// Shows a two's complement integer of at most 8 bytes.
    @Sendable package static func signed(_ bytes: RawSpan) -> FieldValue {
        guard (1...8).contains(bytes.byteCount) else { return ByteValue.bytes(bytes) }
        let value = signedValue(bytes)
        let hex = "0x" + Hex.digits(bytes.bigEndianValue, width: bytes.byteCount * 2)
        return FieldValue(value < 0 ? "\(value)" : hex, full: "\(hex) = \(value)")
    }

    /// Shows zero as false and all else as true.
    @Sendable package static func boolean(_ bytes: RawSpan) -> FieldValue {
        let raw = "0x" + Hex.digits(bytes.bigEndianValue, width: bytes.byteCount * 2)
        return bytes.isAllZero
            ? FieldValue("false", full: "\(raw) = false") : FieldValue("true", full: "\(raw) = true")
    }

    /// Returns the sign-extended value of at most 8 bytes.
    package static func signedValue(_ bytes: RawSpan) -> Int64 {
        let shift = UInt64(64 - bytes.byteCount * 8)
        return Int64(bitPattern: bytes.bigEndianValue << shift) >> Int64(shift)
    }
}
