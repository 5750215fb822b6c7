import Bytes
import Format
import Stream

/// The value of a node as a number.
package enum NodeNumber: Equatable, Sendable {
    case unsigned(UInt64)
    case signed(Int64)
    case real(Double)
}

/// Reads values as numbers and texts, straight into a buffer where that is simple; what it knows of each type it works
/// out once.
package final class ValueReader {
    private enum Form {
        case unsigned, signed, bool, littleEndian, timer, real
        /// Decimal digits in a byte: the number is what they say.
        case digits
        /// What its text begins with says.
        case text
    }

    private let document: Document
    // By type number.
    private var forms: [Form?] = []
    private var inPlace: [Bool?] = []

    package init(_ document: Document) { self.document = document }

    /// The number that a leaf, or a row of bits, holds; nil for all else, and for a timer that does not run. O(1).
    package func number(of node: Node) -> NodeNumber? {
        guard node.isLeaf || node.role == .meaning, let item = document.tree.item(of: node) else {
            return nil
        }
        let form = form(of: item.type)
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

    /// Appends the value of a node in full, as `Document.value` gives it, or `wholeValue`. O(size).
    package func appendFull(_ node: Node, isWhole: Bool = false, to text: inout [UInt8]) {
        guard node.isLeaf, node.space == .stream, (1...8).contains(node.size),
            let item = document.tree.item(of: node),
            !document.store.isLost(node.range)
        else {
            text += other(node, isWhole).utf8
            return
        }
        let form = form(of: item.type)
        guard writesInPlace(item.type, form) else {
            text += other(node, isWhole).utf8
            return
        }
        let region = document.store.region
        let bytes = region.span(node.range)
        guard bytes.byteCount == node.size else { return }
        let value = bytes.bigEndianValue
        text.append(UInt8(ascii: "0"))
        text.append(UInt8(ascii: "x"))
        ASCII.appendHex(value, width: node.size * 2, to: &text)
        text += Self.sign
        switch form {
        case .bool: text += value == 0 ? Self.no : Self.yes
        case .signed: ASCII.appendDecimal(IntegerFields.signedValue(bytes), to: &text)
        default: ASCII.appendDecimal(value, to: &text)
        }
    }

    private func other(_ node: Node, _ isWhole: Bool) -> String {
        isWhole ? document.tree.wholeValue(node).full : document.tree.value(node).full
    }

    private static let sign: [UInt8] = Array(" = ".utf8)
    private static let no: [UInt8] = Array("false".utf8)
    private static let yes: [UInt8] = Array("true".utf8)

    // Types of one name may show their values in other ways.
    private func writesInPlace(_ type: TypeID, _ form: Form) -> Bool {
        let number = Int(type.index)
        if inPlace.indices.contains(number), let known = inPlace[number] { return known }
        let sample: [UInt8] = [1]
        let shown =
            switch form {
            case .unsigned, .signed: "0x01 = 1"
            case .bool: "0x01 = true"
            case .littleEndian, .timer, .real, .digits, .text: ""
            }
        let made = !shown.isEmpty && document.store.table[type: type].value(sample.span.bytes).full == shown
        if inPlace.count <= number { inPlace += Array(repeating: nil, count: number + 1 - inPlace.count) }
        inPlace[number] = made
        return made
    }

    private func form(of type: TypeID) -> Form {
        let number = Int(type.index)
        if forms.indices.contains(number), let known = forms[number] { return known }
        let made = Self.form(document.store.table[type: type])
        if forms.count <= number { forms += Array(repeating: nil, count: number + 1 - forms.count) }
        forms[number] = made
        return made
    }

    // The reader prints some as signed that QEMU keeps unsigned (migration/vmstate-types.c, 10.0).
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
    /// The number that a text is, or begins with before ` = `: in hexadecimal, of a row of bits also in decimal.
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

    /// The numbers that a value shows: what it begins with, and what ` = ` says of that.
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

    /// The number for comparisons; nil for one with a fraction.
    var filterNumber: FilterNumber? {
        switch self {
        case .unsigned(let value): FilterNumber(value)
        case .signed(let value): FilterNumber(value)
        case .real(let value): Int64(exactly: value).map { FilterNumber($0) }
        }
    }
}
