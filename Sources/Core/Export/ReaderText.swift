import Bytes
import Format
import Stream

/// Values in the format of QEMU's reader (scripts/analyze-migration.py, 10.0).
package enum ReaderText {
    /// Appends the value of the bytes in `range`. Values that the reader prints as hex are shortened to an
    /// excerpt beyond `limit` bytes. O(range).
    package static func append(
        _ form: ReaderForm, _ region: MappedRegion, _ range: Range<Int>, limit: Int = .max,
        to text: inout [UInt8]
    ) {
        let bytes = region.span(range)
        guard (1...8).contains(bytes.byteCount), form != .hex else {
            return ASCII.appendDump(bytes, limit: limit, to: &text)
        }
        switch form {
        case .unsigned: number(bytes, to: &text)
        case .signed:
            number(bytes, to: &text)
            let value = IntegerFields.signedValue(bytes)
            if value < 0 { text += " (\(value))".utf8 }
        case .bool: text += (bytes.isAllZero ? "false" : "true").utf8
        case .null where bytes[byteAt: 0] == ArrayResolver.nullByte: text += "nullptr".utf8
        case .pointer: text += (bytes[byteAt: 0] == ArrayResolver.nullByte ? "null-ptr" : "valid-ptr").utf8
        case .null, .hex: ASCII.appendDump(bytes, limit: limit, to: &text)
        }
    }

    private static func number(_ bytes: RawSpan, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "0"))
        text.append(UInt8(ascii: "x"))
        ASCII.appendDump(bytes, separator: [], to: &text)
    }
}
