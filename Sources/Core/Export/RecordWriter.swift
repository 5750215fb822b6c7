import Bytes
import Format
import Query
import Stream

/// How records are written.
package enum RecordForm: Sendable {
    /// An array of objects.
    case json
    /// An object a line.
    case lines
}

/// Writes nodes as records: what `--json` and `--ndjson` print, each key in each record, null where it does not apply.
package struct RecordWriter {
    private let document: Document
    private let form: RecordForm
    private let numbers: ValueReader
    private var buffer: [UInt8] = []
    private var isFirst = true
    // Escaped names by number.
    private var names: [NameID: [UInt8]] = [:]

    package init(_ document: Document, _ form: RecordForm) {
        self.document = document
        self.form = form
        numbers = ValueReader(document)
        if form == .json { buffer += "[".utf8 }
    }

    /// Writes a node with a path. O(depth · siblings + bytes).
    ///
    /// - Parameters:
    ///   - offset: of what was found in it, where that is not the node's own.
    ///   - more: further members, texts.
    ///   - hidesBytes: whether bytes and values are left out.
    package mutating func write(
        _ node: Node, offset: Int? = nil, more: [(key: String, value: String?)] = [],
        hidesBytes: Bool = false, to sink: inout some ByteSink
    ) {
        let record = document.tree.nodes(along: node.path).last { $0.isRecord }
        write(
            node, document.tree.placedPath(node.path),
            record: record.flatMap { document.tree.recordNumber(of: $0) },
            offset: offset, more: more, hidesBytes: hidesBytes, to: &sink)
    }

    /// Writes the node that a walk is at.
    package mutating func write(_ walk: inout NodeWalk, to sink: inout some ByteSink) {
        let path = walk.placedPath()
        write(walk.node, path, record: walk.record, to: &sink)
    }

    private mutating func write(
        _ node: Node, _ path: PlacedPath, record: Int?, offset: Int? = nil,
        more: [(key: String, value: String?)] = [],
        hidesBytes: Bool = false, to sink: inout some ByteSink
    ) {
        begin()
        buffer += "{\"offset\": ".utf8
        // Offsets of containers count in something else.
        if node.space == .stream { decimal(offset ?? node.offset) } else { null() }
        key("size")
        decimal(node.size)
        key("path")
        text(path.text)
        let within = record.map { document.store.records[$0] }
        key("section")
        if let within, within.isSection { name(within.name) } else { null() }
        key("instance")
        if let section = within?.section { decimal(Int(section.instance)) } else { null() }
        key("field")
        text(path.field)
        key("type")
        text(document.tree.typeName(node))
        let isLost = hidesBytes || node.space == .stream && document.store.isLost(node.range)
        key("raw")
        if node.isLeaf || isField(node), node.size > 0, node.role != .meaning, !isLost {
            raw(node, to: &sink)
        } else {
            null()
        }
        key("number")
        number(isLost ? nil : numbers.number(of: node))
        key("text")
        text(hidesBytes ? "" : RecordText.text(of: node, document))
        key("meaning")
        text(document.tree.meaning(node))
        key("label")
        text(document.tree.label(node))
        for (name, value) in more {
            key(name)
            if let value { quoted(value) } else { null() }
        }
        buffer.append(UInt8(ascii: "}"))
        if buffer.count > 1 << 16 { flush(to: &sink) }
    }

    // Opaque fields consist of something, and are fields all the same.
    private func isField(_ node: Node) -> Bool {
        document.tree.item(of: node).map { document.tree.isReaderLeaf($0) } ?? false
    }

    /// Ends the array, and writes what is left.
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

    private mutating func key(_ name: String) {
        buffer += ", \"".utf8
        buffer += name.utf8
        buffer += "\": ".utf8
    }

    private mutating func null() { buffer += "null".utf8 }

    private mutating func decimal(_ value: Int) { ASCII.appendDecimal(value, to: &buffer) }

    // An empty text says nothing.
    private mutating func text(_ text: String) {
        if text.isEmpty { null() } else { quoted(text) }
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
        case .unsigned(let value): buffer += String(value).utf8
        case .signed(let value): buffer += String(value).utf8
        case .real(let value): buffer += "\(value)".utf8
        case nil: null()
        }
    }

    // In pieces: a gap may be as long as the file.
    private mutating func raw(_ node: Node, to sink: inout some ByteSink) {
        buffer.append(UInt8(ascii: "\""))
        let region = document.store.region(of: node.space)
        var offset = node.offset
        while offset < node.range.upperBound {
            let end = min(offset + Self.piece, node.range.upperBound)
            let bytes = region.span(offset..<end)
            for index in 0..<bytes.byteCount { ASCII.appendHex(bytes[byteAt: index], to: &buffer) }
            offset = end
            if buffer.count > Self.piece { flush(to: &sink) }
        }
        buffer.append(UInt8(ascii: "\""))
    }

    private static var piece: Int { 1 << 16 }
}

/// The text of a value in a record.
package enum RecordText {
    /// What the tree shows, without quotation marks; empty for bytes, which are no text.
    package static func text(of node: Node, _ document: Document) -> String {
        let value = document.tree.value(node)
        let text = value.short
        guard !text.isEmpty else { return "" }
        if text.utf8.first == UInt8(ascii: "\""), text.utf8.last == UInt8(ascii: "\""), text.utf8.count >= 2 {
            return String(value.full.dropFirst().dropLast())
        }
        return isDump(text) ? "" : text
    }

    /// The value for a column of a table: as the tree shows it, bytes in full, nothing to be cut out.
    package static func line(of node: Node, _ document: Document) -> String {
        let text = text(of: node, document)
        return text.isEmpty ? document.tree.value(node).full : text
    }

    /// Whether a text is bytes in hexadecimal: pairs of digits with blanks between, or of one byte many.
    package static func isDump(_ text: String) -> Bool {
        let words = text.split(separator: " ")
        if words.count == 3, words[1] == "×" { return true }
        return words.allSatisfy { word in
            word == "…" || word.utf8.count == 2 && word.allSatisfy(\.isHexDigit)
        }
    }
}

/// How offsets are written.
package enum OffsetForm: String, CaseIterable, Sendable {
    case hex, dec

    /// `0x1f0` or `496`.
    package func text(_ offset: Int) -> String { self == .hex ? Hex.offset(offset) : String(offset) }
}
