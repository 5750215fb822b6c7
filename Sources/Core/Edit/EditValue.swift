import Bytes
import Diagnose
import Format
import Memory
import Stream

/// The bytes of a value in the notation of users.
package struct EditValue {
    private let document: Document

    package init(_ document: Document) { self.document = document }

    /// Returns the bytes of a node after the assignment of `text`.
    ///
    /// A number in any base (`12`, `0x0c`, `0b1100`, `-1`), `true` or `false`, the name of a value, a quoted
    /// text that is padded with zeros, or all bytes in hex (`hex:0a0b`).
    ///
    /// - Throws: `EditError` with the values that the node accepts.
    package func bytes(_ text: String, for node: Node) throws(EditError) -> [UInt8] {
        let old = document.tree.bytes(of: node)
        if node.role == .frame, !node.isLeaf || framed(node) {
            throw EditError("\(document.tree.pathText(node.path)): is framing; try: --rename, --version")
        }
        if text.hasPrefix("hex:") { return try hex(text.dropFirst(4), node) }
        if let quoted = Self.quoted(text) {
            guard quoted.count <= node.size, !isNumber(node) else {
                throw EditError(
                    "\(document.tree.pathText(node.path)): holds \(node.size) bytes, not \(quoted.count)")
            }
            return quoted + [UInt8](repeating: 0, count: node.size - quoted.count)
        }
        if let row = BitRow(node, document) {
            guard let value = Self.number(text).map({ $0 }) ?? named(text, node, row) else {
                throw expected("a number of \(row.width) bits, or the name of a value", node)
            }
            return try row.set(value, in: old, name: document.tree.pathText(node.path))
        }
        guard isNumber(node) || (1...8).contains(node.size) && node.isLeaf else {
            throw expected(
                "hex:\(String(repeating: "00", count: min(node.size, 4)))… (\(node.size) bytes)", node)
        }
        if !isNumber(node) {
            // A buffer: two digits for each byte, in order.
            guard text.hasPrefix("0x"), text.dropFirst(2).count == 2 * node.size else {
                throw expected("0x and \(2 * node.size) digits", node)
            }
            return try hex(text.dropFirst(2), node)
        }
        let words: [String: UInt64] = ["true": 1, "false": 0, "on": 1, "off": 0, "set": 1, "clear": 0]
        let word = words[text]
        guard let value = word.map({ ($0, isNegative: false) }) ?? Self.signedNumber(text) else {
            throw expected("a number", node)
        }
        return try number(value.0, isNegative: value.1, node)
    }

    /// Returns the value of a node in the form that `bytes` accepts; empty for one that is too long for a
    /// line.
    package func text(of node: Node, decimal: Bool) -> String {
        let bytes = document.tree.bytes(of: node)
        if let row = BitRow(node, document) { return row.value(in: bytes).map { "\($0)" } ?? "" }
        guard isNumber(node) else {
            guard bytes.count <= 64 else { return "" }
            let text = bytes.reversed().drop { $0 == 0 }.reversed()
            let isText =
                !text.isEmpty && text.allSatisfy { (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\"") }
            if isText, bytes.count > 8 { return "\"" + String(decoding: text, as: UTF8.self) + "\"" }
            return "hex:" + bytes.map { Hex.digits(UInt64($0), width: 2) }.joined()
        }
        let isLittle = document.tree.typeName(node).hasPrefix("le")
        let number = (isLittle ? bytes.reversed() : bytes).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        if document.tree.typeName(node) == "bool" { return number == 0 ? "false" : "true" }
        guard decimal else { return "0x" + String(number, radix: 16) }
        let isSigned = document.tree.fieldType(of: node)?.readerForm == .signed
        guard isSigned, bytes.count > 0, bytes.count <= 8 else { return "\(number)" }
        let unused = UInt64(64 - bytes.count * 8)
        return "\(Int64(bitPattern: number << unused) >> Int64(unused))"
    }

    /// Returns a short description of the values that the node accepts.
    package func expectation(of node: Node) -> String {
        if let row = BitRow(node, document) {
            return row.width == 1 ? "0 or 1, clear or set" : "a number of \(row.width) bits, or a name"
        }
        if isNumber(node) {
            if document.tree.typeName(node) == "bool" { return "true or false" }
            return "a number of \(node.size * 8) bits: 0x1f  31  0b11111  -1"
        }
        return "hex:0a0b… or \"text\" (\(node.size) bytes)"
    }

    /// Returns the bits of a row that represents part of a word; nil for other nodes.
    package func bits(of node: Node) -> UInt64? {
        BitRow(node, document)?.value(in: document.tree.bytes(of: node))
    }

    /// Returns the bytes of a leaf with flags set or cleared by name.
    ///
    /// - Returns: the bytes, and the names that are not flags of the leaf.
    package func flags(_ names: [String], set: Bool, in node: Node) throws(EditError) -> (
        bytes: [UInt8], unknown: [String]
    ) {
        var bytes = document.tree.bytes(of: node)
        var unknown: [String] = []
        for name in names {
            guard let row = rows(of: node).first(where: { Self.isNamed(name, document.tree.name($0)) }),
                let bits = BitRow(row, document)
            else {
                unknown.append(name)
                continue
            }
            let start = row.offset - node.offset
            guard start >= 0, start + row.size <= bytes.count else {
                unknown.append(name)
                continue
            }
            let part = Array(bytes[start..<start + row.size])
            let changed = try bits.set(set ? bits.mask : 0, in: part, name: name)
            bytes.replaceSubrange(start..<start + row.size, with: changed)
        }
        return (bytes, unknown)
    }

    // The rows of the opened leaf, including rows of registers.
    private func rows(of node: Node) -> [Node] {
        guard node.opensMeaning else { return [] }
        return (0..<node.childCount).flatMap { index -> [Node] in
            let child = document.tree.child(index, of: node)
            return [child] + rows(of: child)
        }
    }

    // The name matches as a whole, or after its last `_F_`.
    private static func isNamed(_ wanted: String, _ name: String) -> Bool {
        name == wanted || name.hasSuffix("_F_" + wanted)
    }

    private func framed(_ node: Node) -> Bool {
        let type = document.tree.typeName(node)
        return type == "section type" || type == "counted text" || type == "json"
            || document.tree.name(node) == "section_id"
    }

    private func isNumber(_ node: Node) -> Bool {
        guard (1...8).contains(node.size), node.isLeaf || node.role == .meaning else { return false }
        let type = document.tree.typeName(node)
        return type.hasPrefix("int") || type.hasPrefix("uint") || type.hasPrefix("le")
            || type.hasPrefix("be")
            || type == "bool" || type == "timer" || type == "int" || type == "ram word"
            || type.hasPrefix("float") || type == "CPU_DoubleU" || type == "command"
            || document.tree.fieldType(of: node).map {
                $0.readerForm == .unsigned || $0.readerForm == .signed || $0.readerForm == .bool
            } == true
    }

    private func number(_ value: UInt64, isNegative: Bool, _ node: Node) throws(EditError) -> [UInt8] {
        let width = node.size * 8
        let limit = width >= 64 ? UInt64.max : (1 << UInt64(width)) - 1
        // The magnitude of a negative number, at most 2^(width-1).
        if isNegative ? value > limit / 2 + 1 : value > limit {
            throw EditError("\(document.tree.pathText(node.path)): holds \(width) bits")
        }
        let pattern = isNegative ? (0 &- value) & limit : value
        let big = Array(FrameBytes.bigEndian(pattern).suffix(node.size))
        return document.tree.typeName(node).hasPrefix("le") ? big.reversed() : big
    }

    private func hex(_ digits: Substring, _ node: Node) throws(EditError) -> [UInt8] {
        let characters = Array(
            digits.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "_") })
        guard characters.count == 2 * node.size else {
            throw expected(
                "\(2 * node.size) hex digits (\(node.size) bytes), not \(characters.count)", node)
        }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: characters.count, by: 2) {
            guard
                let byte = UInt8(String(decoding: characters[index...index + 1], as: UTF8.self), radix: 16)
            else {
                throw expected("hex digits", node)
            }
            bytes.append(byte)
        }
        return bytes
    }

    private func expected(_ what: String, _ node: Node) -> EditError {
        EditError(
            "\(document.tree.pathText(node.path)) (\(document.tree.typeName(node)), \(node.size) bytes): expected \(what)"
        )
    }

    private static func quoted(_ text: String) -> [UInt8]? {
        if text.hasPrefix("text:") { return Array(text.dropFirst(5).utf8) }
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return nil }
        return Array(text.dropFirst().dropLast().utf8)
    }

    private func named(_ text: String, _ node: Node, _ row: BitRow) -> UInt64? {
        if ["set", "true", "on"].contains(text), row.width == 1 { return 1 }
        if ["clear", "false", "off"].contains(text), row.width == 1 { return 0 }
        guard let type = document.tree.fieldType(of: node), row.width <= 12 else { return nil }
        let old = document.tree.bytes(of: node)
        for value in 0..<UInt64(1) << UInt64(row.width) {
            guard let bytes = try? row.set(value, in: old, name: "") else { continue }
            let region = MappedRegion(copying: bytes)
            if type.value(region.span).short == text || type.word?(region.span) == text { return value }
        }
        return nil
    }

    /// Parses a number in any base; nil for anything else, and beyond 64 bits.
    package static func number(_ text: String) -> UInt64? {
        let value = signedNumber(text)
        return value?.isNegative == true ? value.map { 0 &- $0.0 } : value?.0
    }

    private static func signedNumber(_ text: String) -> (UInt64, isNegative: Bool)? {
        var digits = Substring(text.filter { $0 != "_" })
        let isNegative = digits.hasPrefix("-")
        if isNegative { digits = digits.dropFirst() }
        let lower = digits.lowercased()
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where lower.hasPrefix(prefix) {
            guard let first = lower.dropFirst(2).first, first.isHexDigit else { return nil }
            return UInt64(lower.dropFirst(2), radix: radix).map { ($0, isNegative) }
        }
        guard let first = lower.first, first.isNumber else { return nil }
        return UInt64(lower).map { ($0, isNegative) }
    }
}

/// The bits of a word that an overlay names.
private struct BitRow {
    let width: Int
    private let shift: Int
    private let isLittle: Bool
    /// A mask with the width of the bits.
    var mask: UInt64 { width >= 64 ? .max : (1 << UInt64(width)) - 1 }

    init?(_ node: Node, _ document: Document) {
        guard node.role == .meaning, let parent = node.path.parent else { return nil }
        let words = document.tree.typeName(node).split(separator: " ")
        guard words.count == 2, words[0] == "bit" || words[0] == "bits" else { return nil }
        let numbers = words[1].split(separator: ":").compactMap { Int($0) }
        guard let high = numbers.first, let low = numbers.last, high >= low, low >= 0, high < 64 else {
            return nil
        }
        width = high - low + 1
        shift = low - low / 8 * 8
        let word = document.tree.node(parent)
        let place = node.offset - word.offset
        let first = low / 8
        let fromEnd = word.size - 1 - high / 8
        isLittle = first == fromEnd ? document.tree.typeName(word).hasPrefix("le") : place == first
    }

    /// Returns the bits in the bytes of the row; nil for more than 8 bytes.
    func value(in bytes: [UInt8]) -> UInt64? {
        guard bytes.count <= 8 else { return nil }
        let word = (isLittle ? bytes.reversed() : bytes).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return word >> UInt64(shift) & mask
    }

    func set(_ value: UInt64, in bytes: [UInt8], name: String) throws(EditError) -> [UInt8] {
        guard value <= mask, bytes.count <= 8 else { throw EditError("\(name): holds \(width) bits") }
        let ordered = isLittle ? Array(bytes.reversed()) : bytes
        var word = ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        word = word & ~(mask << UInt64(shift)) | value << UInt64(shift)
        let big = Array(FrameBytes.bigEndian(word).suffix(bytes.count))
        return isLittle ? big.reversed() : big
    }
}
