import Bytes

/// Processor registers with a VMStateInfo of their own (target/*/machine.c, 7.2 and 10.0).
///
/// The widths differ between versions (`fpr`, `psw`, `tlb_entry`), so the size selects the format, not the
/// name.
package enum ProcessorFields {
    package static let types: [FieldType] =
        [
            "cpsr", "fpscr", "fpcr", "fpsr", "fpr", "vsr", "cpu/altivec/vscr", "psw", "psr", "fsr", "xcc",
            "sr", "msr",
            "sreg", "rampD", "rampX", "rampY", "rampZ", "eind",
        ].map { FieldType($0, value: register) } + [
            FieldType("powered_off", value: IntegerFields.boolean),
            FieldType("avr", value: words), FieldType("slbe", value: words), FieldType("tlb_entry"),
            FieldType("tlb entry"),
        ]

    /// Shows one register of at most 8 bytes, or words of 8 bytes.
    @Sendable private static func register(_ bytes: RawSpan) -> FieldValue {
        bytes.byteCount <= 8 ? IntegerFields.unsigned(bytes) : words(bytes)
    }

    @Sendable private static func words(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount > 0, bytes.byteCount % 8 == 0, bytes.byteCount <= 64 else {
            return ByteValue.bytes(bytes)
        }
        let text = stride(from: 0, to: bytes.byteCount, by: 8).map { offset in
            let word = UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            return "0x" + Hex.digits(word, width: 16)
        }
        return FieldValue(text.joined(separator: " "))
    }
}
