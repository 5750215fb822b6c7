import Bytes
import Format
import Stream

/// The value of a node as a number.
package enum NodeNumber: Equatable, Sendable {
    case unsigned(UInt64)
    case signed(Int64)
    case real(Double)
}

/// Reads values as numbers and texts, simple ones straight into a buffer. It caches what it needs to know of
/// each type.
package final class ValueReader {
    private enum Form {
        case unsigned, signed, bool, littleEndian, timer, real
        /// Decimal digits in a byte; the number is the value of those digits.
        case digits
        /// The number at the start of the value's text.
        case text
    }

    /// How a value can be written without a string of its own.
    private enum InPlace {
        case number
        /// A single byte, as two digits. Several bytes may be a text.
        case byte
        case nothing
    }

    /// How values of a type are read, and how they are written.
    private struct Spelling {
        var form: Form
        var inPlace: InPlace
    }

    private let document: Document
    // Indexed by type number. Making one does not ask for another, so that accesses never overlap.
    @exclusivity(unchecked) private var spellings: [Spelling?] = []

    package init(_ document: Document) { self.document = document }

    /// Returns the number that a leaf or a row of bits holds; nil for other nodes and for a timer that is not
    /// armed. O(1).
    package func number(of node: Node) -> NodeNumber? {
        guard node.isLeaf || node.role == .meaning, let item = document.tree.item(of: node) else {
            return nil
        }
        let form = spelling(of: item.type).form
        if form == .digits {
            return NodeNumber.readings(document.tree.value(node).full).last.map { .unsigned($0) }
        }
        if form == .text {
            return NodeNumber(text: document.tree.value(node).full, isRow: node.role == .meaning)
        }
        guard (1...8).contains(node.size) else { return nil }
        let region = document.store.region(of: node.space)
        let bytes = region.span(node.range)
        guard bytes.byteCount == node.size else { return nil }
        let value = bytes.bigEndianValue
        switch form {
        case .unsigned, .bool: return .unsigned(value)
        case .signed: return .signed(IntegerFields.signedValue(bytes))
        case .littleEndian: return .unsigned(value.byteSwapped >> UInt64(64 - bytes.byteCount * 8))
        case .timer: return value == .max || bytes.byteCount < 8 ? nil : .unsigned(value)
        case .real:
            let real = Double(bitPattern: value)
            return bytes.byteCount == 8 && real.isFinite ? .real(real) : nil
        case .text, .digits: return nil
        }
    }

    /// Appends the full value of a node, as `Document.value` gives it, or `wholeValue` does. O(size).
    package func appendFull(_ node: Node, isWhole: Bool = false, to text: inout [UInt8]) {
        let tree = document.tree
        guard let spelling = spellingInPlace(node, tree) else {
            text += (isWhole ? tree.wholeValue(node) : tree.value(node)).full.utf8
            return
        }
        let region = tree.store.region(of: .stream)
        let bytes = region.span(node.range)
        guard bytes.byteCount == node.size else { return }
        guard spelling.inPlace == .number else { return ASCII.appendHex(bytes[byteAt: 0], to: &text) }
        let value = bytes.bigEndianValue
        Self.append(value, node.size, to: &text)
        text += Self.sign
        switch spelling.form {
        case .bool: text += value == 0 ? Self.no : Self.yes
        case .signed: ASCII.appendDecimal(IntegerFields.signedValue(bytes), to: &text)
        default: ASCII.appendDecimal(value, to: &text)
        }
    }

    /// Appends the short value of a node, as `Document.value` gives it. The output is ASCII and contains no
    /// text of the stream. Appends nothing when the value needs more work. O(1).
    package func appendShort(_ node: Node, to text: inout [UInt8]) -> InShort {
        let tree = document.tree
        guard let spelling = spellingInPlace(node, tree) else { return .unknown }
        let region = tree.store.region(of: .stream)
        let bytes = region.span(node.range)
        guard bytes.byteCount == node.size else { return .unknown }
        guard spelling.inPlace == .number else {
            ASCII.appendHex(bytes[byteAt: 0], to: &text)
            return .bytes
        }
        let value = bytes.bigEndianValue
        switch spelling.form {
        case .bool: text += value == 0 ? Self.no : Self.yes
        case .signed where IntegerFields.signedValue(bytes) < 0:
            ASCII.appendDecimal(IntegerFields.signedValue(bytes), to: &text)
        default: Self.append(value, node.size, to: &text)
        }
        return .value
    }

    /// The result of `appendShort`.
    package enum InShort {
        case value
        /// Bytes, as two digits each.
        case bytes
        /// Nothing; ask `Document.value`.
        case unknown
    }

    private static func append(_ value: UInt64, _ size: Int, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "0"))
        text.append(UInt8(ascii: "x"))
        ASCII.appendHex(value, width: size * 2, to: &text)
    }

    private static let sign: [UInt8] = Array(" = ".utf8)
    private static let no: [UInt8] = Array("false".utf8)
    private static let yes: [UInt8] = Array("true".utf8)

    // The spelling of a leaf whose value can be written in place.
    private func spellingInPlace(_ node: Node, _ tree: StreamTree) -> Spelling? {
        guard node.isLeaf, node.space == .stream, (1...8).contains(node.size),
            let type = tree.typeID(of: node)
        else { return nil }
        let spelling = spelling(of: type)
        switch spelling.inPlace {
        case .number: break
        case .byte where node.size == 1: break
        case .byte, .nothing: return nil
        }
        return tree.store.isLost(node.range) ? nil : spelling
    }

    // Types with the same name may show their values differently.
    private func spelling(of type: TypeID) -> Spelling {
        let number = Int(type.index)
        if spellings.indices.contains(number), let known = spellings[number] { return known }
        let form = Self.form(document.store.table[type: type])
        let made = Spelling(form: form, inPlace: inPlace(type, form))
        if spellings.count <= number {
            spellings += Array(repeating: nil, count: number + 1 - spellings.count)
        }
        spellings[number] = made
        return made
    }

    private func inPlace(_ type: TypeID, _ form: Form) -> InPlace {
        func value(_ byte: UInt8) -> FieldValue {
            let sample: [UInt8] = [byte]
            return document.store.table[type: type].value(sample.span.bytes)
        }
        let shown: [FieldValue]
        switch form {
        case .unsigned:
            shown = [FieldValue("0x01", full: "0x01 = 1"), FieldValue("0xff", full: "0xff = 255")]
        case .signed: shown = [FieldValue("0x01", full: "0x01 = 1"), FieldValue("-1", full: "0xff = -1")]
        case .bool:
            shown = [FieldValue("true", full: "0x01 = true"), FieldValue("true", full: "0xff = true")]
        case .text:
            let isByte = (UInt8.min...UInt8.max).allSatisfy { byte in
                value(byte) == FieldValue(Hex.digits(UInt64(byte), width: 2))
            }
            return isByte ? .byte : .nothing
        case .littleEndian, .timer, .real, .digits: return .nothing
        }
        return [value(1), value(0xff)] == shown ? .number : .nothing
    }

    // The reader prints some types as signed that QEMU stores unsigned (migration/vmstate-types.c, 10.0).
    private static func form(_ type: FieldType) -> Form {
        switch type.name {
        case "uint8 equal", "uint16 equal", "int64 equal", "int32_as_uint16", "uint16_from_uint8",
            "uint8", "uint16", "uint32", "uint64", "uint32 equal":
            return .unsigned
        case "int8", "int16", "int32", "int64", "int32 equal", "int32 le": return .signed
        case "bool": return .bool
        case "le16", "le32", "le64": return .littleEndian
        case "timer": return .timer
        case "BCD", "BCD hour of 12": return .digits
        case "CPU_Double_U", "float64": return .real
        default: break
        }
        return .text
    }
}

extension NodeNumber {
    /// Reads the number that the text is, or that precedes ` = `: hexadecimal, and also decimal for a row of
    /// bits.
    init?(text: String, isRow: Bool) {
        let first = text.prefix { $0 != " " }
        guard first.endIndex == text.endIndex || text[first.endIndex...].hasPrefix(" = ") else { return nil }
        if first.hasPrefix("0x"), let value = UInt64(first.dropFirst(2), radix: 16) {
            self = .unsigned(value)
        } else if isRow, let value = UInt64(first) {
            self = .unsigned(value)
        } else {
            return nil
        }
    }

    /// Returns the numbers that a value shows: the one at its start, and the one after ` = `.
    static func readings(_ text: String) -> [UInt64] {
        var words: [Substring] = [text[...]]
        if let sign = text.firstRange(of: " = ") { words.append(text[sign.upperBound...]) }
        return words.compactMap { word in
            if word.hasPrefix("0x") {
                return UInt64(word.dropFirst(2).prefix { $0.isHexDigit }, radix: 16)
            }
            return UInt64(word.prefix { ("0"..."9").contains($0) })
        }
    }

    /// The number for comparisons; nil for a number with a fraction.
    var filterNumber: FilterNumber? {
        switch self {
        case .unsigned(let value): FilterNumber(value)
        case .signed(let value): FilterNumber(value)
        case .real(let value): Int64(exactly: value).map { FilterNumber($0) }
        }
    }
}
