import Bytes
import Format
import Stream

/// `dump --format json`: the output of `analyze-migration.py -d state` (QEMU 10.0), also for streams that the
/// script can't read.
package struct StateExport {
    private let document: Document

    package init(_ document: Document) { self.document = document }

    /// Writes one JSON object, with sections in the order in which their ids first appear. O(leaves), memory
    /// O(1).
    ///
    /// - Parameter section: selects sections by idstr or path component (`cpu:1`).
    /// - Returns: whether `section` named anything.
    @discardableResult
    package func write(section: String?, to sink: inout some ByteSink) -> Bool {
        let chosen = document.records(named: section).flatMap { [$0] + document.tree.recordNodes(below: $0) }
        guard section == nil || !chosen.isEmpty else { return false }
        var writer = StateWriter(document: document)
        writer.json.beginObject()
        for node in chosen {
            guard let record = document.tree.record(of: node), record.kind == .start || record.kind == .full
            else {
                continue
            }
            writer.section(record, node)
            sink.write(writer.json.take())
        }
        writer.json.endObject()
        writer.json.endLine()
        sink.write(writer.json.take())
        return true
    }
}

extension StateExport {
    /// Returns the state of one node, as in the whole text; nil for nodes outside device state. O(leaves).
    package func text(of node: Node) -> String? {
        guard node.space == .stream, !node.isLazy else { return nil }
        var writer = StateWriter(document: document)
        if let record = document.tree.record(of: node) {
            guard record.kind == .full || record.kind == .configuration else { return nil }
            writer.body(node)
        } else {
            guard let item = document.tree.item(of: node), item.role == .field || item.role == .subsection
            else {
                return nil
            }
            writer.value(item, at: node.offset)
        }
        return String(decoding: writer.json.take(), as: UTF8.self)
    }
}

private struct StateWriter {
    package let document: Document
    package var json = JSONWriter(indentation: 4)
    private var text: [UInt8] = []

    package init(document: Document) { self.document = document }

    package mutating func section(_ record: SectionRecord, _ node: Node) {
        json.key(record.section.map { "\(name(record.name)) (\($0.id))" } ?? name(record.name))
        if record.kind == .start {
            liveSection(record)
        } else {
            body(node)
        }
    }

    package mutating func body(_ node: Node) {
        json.beginObject()
        if !node.layout.isNone { members(node.layout, at: node.offset) }
        json.endObject()
    }

    // The reader supports three live sections, and prints block sizes for one.
    private mutating func liveSection(_ record: SectionRecord) {
        guard document.store.table.names.bytes(record.name).elementsEqual("ram".utf8) else {
            return json.string("")
        }
        json.beginObject()
        json.key("section sizes")
        json.beginObject()
        for block in document.store.state.blocks {
            json.key(name(block.name))
            json.string("0x" + Hex.digits(UInt64(block.usedLength), width: 16))
        }
        json.endObject()
        json.endObject()
    }

    private func name(_ id: NameID) -> String {
        String(decoding: document.store.table.names.bytes(id), as: UTF8.self)
    }

    private mutating func members(_ layout: LayoutID, at offset: Int) {
        let table = document.store.table
        for index in table[layout].items {
            let item = table[item: index]
            guard item.role == .field || item.role == .subsection, !isMarker(item) else { continue }
            json.key(name(item.name))
            value(item, at: offset + item.offset)
        }
    }

    package mutating func value(_ item: Item, at offset: Int) {
        let table = document.store.table
        if document.tree.isReaderLeaf(item) { return leaf(item, at: offset) }
        let isArray = !item.child.isNone && table[item.child].kind == .array
        if isArray {
            json.beginArray()
            elements(item.child, at: offset)
            json.endArray()
        } else {
            json.beginObject()
            if !item.child.isNone { members(item.child, at: offset) }
            json.endObject()
        }
    }

    private mutating func elements(_ layout: LayoutID, at offset: Int) {
        let table = document.store.table
        for index in table[layout].items {
            let item = table[item: index]
            let mark = marker(of: item)
            for place in 0..<item.count {
                let start = offset + item.offset + place * item.stride
                if let mark { leaf(mark, at: start) }
                value(item, at: start)
            }
        }
    }

    // To the reader, a mark is an element of its own.
    private func marker(of item: Item) -> Item? {
        guard !item.child.isNone, document.store.table[item.child].kind == .body else { return nil }
        return document.store.table.items(of: item.child).first { isMarker($0) }
    }

    private func isMarker(_ item: Item) -> Bool {
        document.store.table[type: item.type].readerForm == .pointer
            && document.store.table.names.bytes(item.name).elementsEqual(DescriptionParser.markerName.utf8)
    }

    private mutating func leaf(_ item: Item, at offset: Int) {
        let form = document.store.table[type: item.type].readerForm
        text.removeAll(keepingCapacity: true)
        ReaderText.append(form, document.store.region, offset..<offset + item.stride, to: &text)
        let value = String(decoding: text, as: UTF8.self)
        if form == .bool, item.stride > 0 { json.literal(value) } else { json.string(value) }
    }
}
