import Bytes
import Format
import Query
import Stream

/// The form of records.
package enum RecordForm: Sendable {
    /// An array of objects.
    case json
    /// One object per line.
    case lines
}

/// Writes nodes as records, for `--json` and `--ndjson`. Each record has each key, with null when it does not
/// apply.
package struct RecordWriter {
    private let document: Document
    private let form: RecordForm
    private let values: ValueReader
    private let keys = Keys()
    private var buffer: [UInt8] = []
    private var isFirst = true
    // The path of the current node, and the length of the part that names the record.
    private var path: [UInt8] = []
    private var sectionEnd = 0
    // Indexed by the low bits of the item number.
    private var known: [Words?] = Array(repeating: nil, count: RecordWriter.mostKnown)
    // From the previous node.
    private var last: LastSection?
    // Escaped names, by number.
    private var names: [NameID: [UInt8]] = [:]

    private static let mostKnown = 4096

    /// The keys of each record, with the punctuation around them.
    private struct Keys {
        let offset = Array("{\"offset\": ".utf8)
        let size = RecordWriter.spelled("size")
        let path = RecordWriter.spelled("path")
        let section = RecordWriter.spelled("section")
        let instance = RecordWriter.spelled("instance")
        let field = RecordWriter.spelled("field")
        let type = RecordWriter.spelled("type")
        let raw = RecordWriter.spelled("raw")
        let number = RecordWriter.spelled("number")
        let text = RecordWriter.spelled("text")
        let meaning = RecordWriter.spelled("meaning")
        let label = RecordWriter.spelled("label")
    }

    private static func spelled(_ key: String) -> [UInt8] { Array(", \"\(key)\": ".utf8) }

    /// Section and instance id as JSON.
    private struct LastSection {
        let record: Int?
        let text: [UInt8]
    }

    /// Type and label as JSON.
    private struct Words {
        let item: Int
        let type: [UInt8]
        let label: [UInt8]
        let isField: Bool
        let mayMean: Bool
    }

    package init(_ document: Document, _ form: RecordForm) {
        self.document = document
        self.form = form
        values = ValueReader(document)
        if form == .json { buffer += "[".utf8 }
    }

    /// Writes a node with its path. O(depth · siblings + bytes).
    ///
    /// - Parameters:
    ///   - offset: the offset of a match in the node, if it is not the node's own.
    ///   - more: additional string members.
    ///   - hidesBytes: whether to omit bytes and values.
    package mutating func write(
        _ node: Node, offset: Int? = nil, more: [(key: String, value: String?)] = [],
        hidesBytes: Bool = false, to sink: inout some ByteSink
    ) {
        let record = document.tree.nodes(along: node.path).last { $0.isRecord }
        let placed = document.tree.placedPath(node.path)
        path = Array(placed.text.utf8)
        sectionEnd = placed.sectionEnd
        write(
            node, record: record.flatMap { document.tree.recordNumber(of: $0) }, offset: offset, more: more,
            hidesBytes: hidesBytes, to: &sink)
    }

    /// Writes the current node of a walk.
    package mutating func write(_ walk: inout NodeWalk, to sink: inout some ByteSink) {
        path.removeAll(keepingCapacity: true)
        sectionEnd = walk.appendPath(to: &path)
        write(walk.node, record: walk.record, to: &sink)
    }

    // Writes the node whose path is in `path`.
    private mutating func write(
        _ node: Node, record: Int?, offset: Int? = nil, more: [(key: String, value: String?)] = [],
        hidesBytes: Bool = false, to sink: inout some ByteSink
    ) {
        begin()
        buffer += keys.offset
        // Offsets in containers have another origin.
        if node.space == .stream { decimal(offset ?? node.offset) } else { null() }
        buffer += keys.size
        decimal(node.size)
        // The field is the end of the path.
        let isPlain = JSONWriter.isPlain(path[...])
        buffer += keys.path
        text(path[...], isPlain: isPlain)
        appendSection(record)
        buffer += keys.field
        text(path.dropFirst(sectionEnd + 1), isPlain: isPlain)
        let words = words(node)
        buffer += keys.type
        buffer += words.type
        let isLost = hidesBytes || node.space == .stream && document.store.isLost(node.range)
        buffer += keys.raw
        if node.isLeaf || words.isField, node.size > 0, node.role != .meaning, !isLost {
            raw(node, to: &sink)
        } else {
            null()
        }
        buffer += keys.number
        number(isLost ? nil : values.number(of: node))
        buffer += keys.text
        if hidesBytes { null() } else { value(node) }
        buffer += keys.meaning
        if words.mayMean { text(document.tree.meaning(node)) } else { null() }
        buffer += keys.label
        buffer += words.label
        for (name, value) in more {
            key(name)
            if let value { quoted(value) } else { null() }
        }
        buffer.append(UInt8(ascii: "}"))
        if buffer.count > 1 << 16 { flush(to: &sink) }
    }

    // Most nodes belong to the same record as the previous node.
    private mutating func appendSection(_ record: Int?) {
        if let last, last.record == record {
            buffer += last.text
            return
        }
        let start = buffer.count
        let within = record.map { document.store.records[$0] }
        buffer += keys.section
        if let within, within.isSection { name(within.name) } else { null() }
        buffer += keys.instance
        if let section = within?.section { decimal(Int(section.instance)) } else { null() }
        last = LastSection(record: record, text: Array(buffer[start...]))
    }

    // Returns the text that all elements of an item share; for a record, makes it.
    private mutating func words(_ node: Node) -> Words {
        switch node.source {
        case .root, .record, .range: return madeWords(node, item: -1)
        case .member(let item), .element(let item, _):
            let slot = item & (Self.mostKnown - 1)
            if let words = known[slot], words.item == item { return words }
            let words = madeWords(node, item: item)
            known[slot] = words
            return words
        }
    }

    private func madeWords(_ node: Node, item: Int) -> Words {
        func quoted(_ text: String) -> [UInt8] {
            guard !text.isEmpty else { return Array("null".utf8) }
            var bytes: [UInt8] = []
            JSONWriter.appendQuoted(text, to: &bytes)
            return bytes
        }
        return Words(
            item: item, type: quoted(document.tree.typeName(node)), label: quoted(document.tree.label(node)),
            isField: isField(node), mayMean: item < 0 || document.tree.mayMean(node))
    }

    private mutating func value(_ node: Node) {
        let start = buffer.count
        buffer.append(UInt8(ascii: "\""))
        switch values.appendShort(node, to: &buffer) {
        case .value: buffer.append(UInt8(ascii: "\""))
        case .bytes:
            buffer.removeSubrange(start...)
            null()
        case .unknown:
            buffer.removeSubrange(start...)
            text(RecordText.text(of: node, document))
        }
    }

    // An opaque field with decoded parts is still a field.
    private func isField(_ node: Node) -> Bool {
        document.tree.item(of: node).map { document.tree.isReaderLeaf($0) } ?? false
    }

    /// Ends the array, and writes the rest.
    package mutating func finish(to sink: inout some ByteSink) {
        if form == .json {
            buffer += (isFirst ? "]\n" : "\n]\n").utf8
        } else if !isFirst {
            buffer.append(0x0a)
        }
        flush(to: &sink)
    }

    // MARK: Pieces

    private mutating func begin() {
        if form == .json {
            buffer += (isFirst ? "\n  " : ",\n  ").utf8
        } else if !isFirst {
            buffer.append(0x0a)
        }
        isFirst = false
    }

    private mutating func flush(to sink: inout some ByteSink) {
        sink.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func key(_ name: String) { buffer += Self.spelled(name) }

    private mutating func null() { buffer += "null".utf8 }

    private mutating func decimal(_ value: Int) { ASCII.appendDecimal(value, to: &buffer) }

    // An empty text becomes null.
    private mutating func text(_ text: String) {
        if text.isEmpty { null() } else { quoted(text) }
    }

    private mutating func text(_ text: ArraySlice<UInt8>, isPlain: Bool) {
        if text.isEmpty {
            null()
        } else if isPlain {
            JSONWriter.appendQuoted(plain: text, to: &buffer)
        } else {
            JSONWriter.appendQuoted(utf8: text, to: &buffer)
        }
    }

    private mutating func quoted(_ text: String) { JSONWriter.appendQuoted(text, to: &buffer) }

    private mutating func name(_ id: NameID) {
        if let known = names[id] {
            buffer += known
            return
        }
        var made: [UInt8] = []
        JSONWriter.appendQuoted(document.store.table.names.text(id), to: &made)
        names[id] = made
        buffer += made
    }

    private mutating func number(_ number: NodeNumber?) {
        switch number {
        case .unsigned(let value): ASCII.appendDecimal(value, to: &buffer)
        case .signed(let value): ASCII.appendDecimal(value, to: &buffer)
        case .real(let value): buffer += "\(value)".utf8
        case nil: null()
        }
    }

    // Written in pieces: a gap may be as long as the file.
    private mutating func raw(_ node: Node, to sink: inout some ByteSink) {
        buffer.append(UInt8(ascii: "\""))
        let region = document.store.region(of: node.space)
        var offset = node.offset
        while offset < node.range.upperBound {
            let end = min(offset + Self.piece, node.range.upperBound)
            let bytes = region.span(offset..<end)
            ASCII.appendDump(bytes, separator: [], to: &buffer)
            offset = end
            if buffer.count > Self.piece { flush(to: &sink) }
        }
        buffer.append(UInt8(ascii: "\""))
    }

    private static var piece: Int { 1 << 16 }
}

/// The text of a value in a record.
package enum RecordText {
    /// Returns the value as the tree shows it, without quotation marks; empty for bytes, which are not text.
    package static func text(of node: Node, _ document: Document) -> String {
        let value = document.tree.value(node)
        let text = value.short
        guard !text.isEmpty else { return "" }
        if text.utf8.first == UInt8(ascii: "\""), text.utf8.last == UInt8(ascii: "\""), text.utf8.count >= 2 {
            return String(value.full.dropFirst().dropLast())
        }
        return isDump(text) ? "" : text
    }

    /// Returns the value for a table column: as the tree shows it, with all bytes and without truncation.
    package static func line(of node: Node, _ document: Document) -> String {
        let text = text(of: node, document)
        return text.isEmpty ? document.tree.value(node).full : text
    }

    /// Whether a text is bytes in hexadecimal: pairs of digits separated by blanks, or many repetitions of
    /// one byte.
    package static func isDump(_ text: String) -> Bool {
        // Most texts are a number or a word.
        let start = text.utf8.prefix(3)
        if start.count == 3, !text.utf8.contains(UInt8(ascii: " ")), start.first != 0xe2 { return false }
        let words = text.split(separator: " ")
        if words.count == 3, words[1] == "×" { return true }
        return words.allSatisfy { word in
            word == "…" || word.utf8.count == 2 && word.allSatisfy(\.isHexDigit)
        }
    }
}

/// The notation of offsets.
package enum OffsetForm: String, CaseIterable, Sendable {
    case hex, dec

    /// Returns `0x1f0` or `496`.
    package func text(_ offset: Int) -> String { self == .hex ? Hex.offset(offset) : String(offset) }

    /// Appends the offset in this notation.
    package func append(_ offset: Int, to text: inout [UInt8]) {
        guard self == .hex else { return ASCII.appendDecimal(offset, to: &text) }
        text += Self.sign
        ASCII.appendHex(UInt64(bitPattern: Int64(offset)), width: 1, to: &text)
    }

    private static let sign: [UInt8] = Array("0x".utf8)
}
