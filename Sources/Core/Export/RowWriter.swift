import Bytes
import Format
import Stream

/// Writes the rows of `dump --format tsv`: bytes straight into a buffer, since there may be millions of rows.
package struct RowWriter {
    package let document: Document
    package let all: Bool
    private let offsets: OffsetForm
    private var buffer: [UInt8] = []
    private var path: [UInt8] = []
    // There are few distinct names and types; each is escaped once.
    private var components: [NameID: [UInt8]] = [:]
    // Names with slashes that look like other paths: they are escaped.
    private var ambiguous: [NameInLayout: Bool] = [:]

    private struct NameInLayout: Hashable {
        var name: NameID
        var layout: LayoutID
    }
    private let types: [[UInt8]]

    package init(document: Document, all: Bool, offsets: OffsetForm = .dec) {
        self.document = document
        self.all = all
        self.offsets = offsets
        types = document.store.table.types.map { Array(DisplayText.escaped($0.name).utf8) }
    }

    package mutating func record(_ node: Node, to sink: inout some ByteSink) {
        guard let kind = document.tree.record(of: node)?.kind else { return }
        if all, node.isLazy { document.open(node.path) }
        let node = document.tree.node(node.path)
        if node.layout.isNone, node.childCount > 0 {
            for index in 0..<node.childCount { record(document.tree.child(index, of: node), to: &sink) }
            return
        }
        guard all || kind == .full || (kind == .configuration && readerKnowsConfiguration) else { return }
        path = Array(document.tree.pathText(node.path).utf8)
        if !node.layout.isNone {
            rows(node.layout, at: node.offset, to: &sink)
        } else {
            row(node.offset, node.size, Array(document.tree.typeName(node).utf8), "", to: &sink)
        }
    }

    // QEMU's reader includes the configuration only if the description lists it (10.0 and later).
    private var readerKnowsConfiguration: Bool { document.store.description?.configuration != nil }

    private mutating func rows(_ layout: LayoutID, at offset: Int, to sink: inout some ByteSink) {
        let table = document.store.table
        let isArray = table[layout].kind == .array
        let depth = path.count
        var names = NameCounter(items: table[layout].items)
        for index in table[layout].items {
            let item = table[item: index]
            guard isWanted(item.role) else { continue }
            if !isArray { appendComponent(item.name, of: layout, earlier: names.earlier(index, in: table)) }
            let stem = path.count
            for place in 0..<item.count {
                if isArray {
                    path.append(UInt8(ascii: "["))
                    ASCII.appendDecimal(item.base + place, to: &path)
                    path.append(UInt8(ascii: "]"))
                }
                element(item, at: offset + item.offset + place * item.stride, to: &sink)
                path.removeSubrange(stem...)
            }
            path.removeSubrange(depth...)
        }
    }

    private mutating func appendComponent(_ name: NameID, of layout: LayoutID, earlier: Int) {
        path.append(UInt8(ascii: "/"))
        let text = component(name)
        if text.contains(UInt8(ascii: "/")), isAmbiguous(name, in: layout) {
            path += text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .joined(separator: Array("%2f".utf8))
        } else {
            path += text
        }
        guard earlier > 0 else { return }
        path.append(UInt8(ascii: "~"))
        ASCII.appendDecimal(earlier + 1, to: &path)
    }

    private mutating func component(_ name: NameID) -> [UInt8] {
        if let known = components[name] { return known }
        let text = Array(PathText.escaped(document.store.table.names.bytes(name)).utf8)
        components[name] = text
        return text
    }

    private mutating func isAmbiguous(_ name: NameID, in layout: LayoutID) -> Bool {
        let key = NameInLayout(name: name, layout: layout)
        if let known = ambiguous[key] { return known }
        let answer = document.store.table.isAmbiguous(name, in: layout)
        ambiguous[key] = answer
        return answer
    }

    private func isWanted(_ role: ItemRole) -> Bool {
        all || role == .field || role == .subsection
    }

    private mutating func element(_ item: Item, at offset: Int, to sink: inout some ByteSink) {
        if all, item.stride == 0 { return }
        if all, item.role == .ram, let pages = document.tree.pageRange(item) {
            return row(offset, item.stride, type(of: item), pages, to: &sink)
        }
        guard item.isLeaf || (!all && document.tree.isReaderLeaf(item)) else {
            return rows(item.child, at: offset, to: &sink)
        }
        begin(offset, item.stride, type(of: item))
        // RAM and gaps are long and not fields: show only their first bytes.
        let limit = item.role == .ram || item.role == .gap ? Self.excerptLimit : Int.max
        ReaderText.append(
            document.store.table[type: item.type].readerForm, document.store.region,
            offset..<offset + item.stride,
            limit: limit, to: &buffer)
        end(to: &sink)
    }

    // Reading on may have added types.
    private func type(of item: Item) -> [UInt8] {
        let index = Int(item.type.index)
        return index < types.count
            ? types[index] : Array(DisplayText.escaped(document.store.table[type: item.type].name).utf8)
    }

    private static let excerptLimit = 1 << 16

    private mutating func row(
        _ offset: Int, _ size: Int, _ type: [UInt8], _ value: String, to sink: inout some ByteSink
    ) {
        begin(offset, size, type)
        buffer += value.utf8
        end(to: &sink)
    }

    private mutating func begin(_ offset: Int, _ size: Int, _ type: [UInt8]) {
        offsets.append(offset, to: &buffer)
        buffer.append(0x09)
        ASCII.appendDecimal(size, to: &buffer)
        buffer.append(0x09)
        buffer += path
        buffer.append(0x09)
        buffer += type
        buffer.append(0x09)
    }

    private mutating func end(to sink: inout some ByteSink) {
        buffer.append(0x0a)
        if buffer.count > 1 << 16 { flush(to: &sink) }
    }

    package mutating func flush(to sink: inout some ByteSink) {
        sink.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Counts siblings with the same name. For few siblings it looks back, which needs no memory.
private struct NameCounter {
    package let items: Range<Int>
    private var counts: [NameID: Int] = [:]
    private var next: Int

    private static let fewItems = 32

    package init(items: Range<Int>) {
        self.items = items
        next = items.lowerBound
    }

    /// Returns the number of items before number `index` with its name. Call it in ascending order.
    package mutating func earlier(_ index: Int, in table: LayoutTable) -> Int {
        let name = table[item: index].name
        guard items.count > Self.fewItems else {
            return (items.lowerBound..<index).count { table[item: $0].name == name }
        }
        while next < index {
            counts[table[item: next].name, default: 0] += 1
            next += 1
        }
        return counts[name, default: 0]
    }
}
