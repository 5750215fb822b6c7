/// `dump --format tsv`: offset, size, path, type and value of each leaf, in stream order.
public struct TSVExport {
    private let document: Document

    public init(_ document: Document) { self.document = document }

    /// Writes the leaves as QEMU's reader counts them: the fields of the device sections and of the
    /// configuration. With `all`, each byte of the stream is in exactly one row.
    ///
    /// - Parameter section: only sections of this idstr, or this path component (`cpu:1`).
    /// - Returns: Whether `section` named anything. O(rows), memory O(1).
    @discardableResult
    public func write(all: Bool, section: String?, to sink: inout some ByteSink) -> Bool {
        let nodes = document.records(named: section, includingLive: all)
        var writer = RowWriter(document: document, all: all)
        for node in nodes { writer.record(node, to: &sink) }
        writer.flush(to: &sink)
        return section == nil || !nodes.isEmpty
    }
}

extension Document {
    /// The records that a section name means, all of the top level for none. Reads the live part only where
    /// it is asked for, or holds what is.
    func records(named section: String?, includingLive: Bool = false) -> [Node] {
        if includingLive || !topLevel.contains(where: { records[$0].kind == .full }) { openLivePart() }
        let top = (0..<root.childCount).map { child($0, of: root) }
        guard let section else { return top }
        let found = (includingLive ? recordNodes(below: root) : top).filter { isNamed($0, section) }
        guard found.isEmpty, !includingLive else { return found }
        openLivePart()
        return recordNodes(below: root).filter { isNamed($0, section) }
    }

    /// All records below a node, in stream order, as far as they were read.
    func recordNodes(below parent: Node) -> [Node] {
        guard parent.layout.isNone else { return [] }
        return (0..<parent.childCount).flatMap { index in
            let node = child(index, of: parent)
            return [node] + recordNodes(below: node)
        }
    }

    /// Whether a record is meant by a section name on the command line.
    private func isNamed(_ node: Node, _ section: String) -> Bool {
        guard let record = record(of: node) else { return false }
        return table.names.bytes(record.name).elementsEqual(section.utf8) || component(node) == section
    }

    /// For RAM pages in a row: how many, and from which offset in their block; nil for all else.
    fileprivate func pageRange(_ item: Item) -> String? {
        guard item.role == .ram, !item.child.isNone, table[item.child].kind == .array,
            let first = table.items(of: item.child).first
        else { return nil }
        let address = first.base.multipliedSaturated(by: state.pageSize)
        return "\(table[item.child].childCount) pages from \(Hex.offset(address))"
    }

    /// Whether QEMU's reader prints a node and not what is below it.
    func isReaderLeaf(_ item: Item) -> Bool {
        guard item.role == .field, !item.child.isNone else { return item.role == .field }
        let items = table.items(of: item.child)
        guard let first = items.first else { return table[type: item.type].name != "struct" }
        return first.role == .decoded
    }
}

private struct RowWriter {
    let document: Document
    let all: Bool
    private var buffer: [UInt8] = []
    private var path: [UInt8] = []

    init(document: Document, all: Bool) {
        self.document = document
        self.all = all
    }

    mutating func record(_ node: Node, to sink: inout some ByteSink) {
        guard let kind = document.record(of: node)?.kind else { return }
        if all, node.isLazy { document.open(node.path) }
        let node = document.node(node.path)
        if node.layout.isNone, node.childCount > 0 {
            for index in 0..<node.childCount { record(document.child(index, of: node), to: &sink) }
            return
        }
        guard all || kind == .full || (kind == .configuration && readerKnowsConfiguration) else { return }
        path = Array(document.pathText(node.path).utf8)
        if !node.layout.isNone {
            rows(node.layout, at: node.offset, to: &sink)
        } else {
            row(node.offset, node.size, document.typeName(node), "", to: &sink)
        }
    }

    // QEMU's reader counts the configuration only where the description lists it (10.0 and later).
    private var readerKnowsConfiguration: Bool { document.description?.configuration != nil }

    private mutating func rows(_ layout: LayoutID, at offset: Int, to sink: inout some ByteSink) {
        let table = document.table
        let isArray = table[layout].kind == .array
        let depth = path.count
        var seen: [NameID: Int] = [:]
        for index in table[layout].items {
            let item = table[item: index]
            guard isWanted(item.role) else { continue }
            if !isArray {
                path.append(UInt8(ascii: "/"))
                path += Array(PathText.escaped(table.names.bytes(item.name)).utf8)
                seen[item.name, default: 0] += 1
                if let count = seen[item.name], count > 1 { path += Array("~\(count)".utf8) }
            }
            let stem = path.count
            for place in 0..<item.count {
                if isArray { path += Array("[\(item.base + place)]".utf8) }
                element(item, at: offset + item.offset + place * item.stride, to: &sink)
                path.removeSubrange(stem...)
            }
            path.removeSubrange(depth...)
        }
    }

    private func isWanted(_ role: ItemRole) -> Bool {
        all || role == .field || role == .subsection
    }

    private mutating func element(_ item: Item, at offset: Int, to sink: inout some ByteSink) {
        if all, item.stride == 0 { return }
        if all, let pages = document.pageRange(item) {
            return row(offset, item.stride, document.table[type: item.type].name, pages, to: &sink)
        }
        let isLeaf =
            item.child.isNone || document.table.isBytes(item.child) || (!all && document.isReaderLeaf(item))
        guard isLeaf else { return rows(item.child, at: offset, to: &sink) }
        let type = document.table[type: item.type]
        let value = ReaderText.text(type.readerForm, document.region, offset..<offset + item.stride)
        row(offset, item.stride, type.name, value, to: &sink)
    }

    private mutating func row(
        _ offset: Int, _ size: Int, _ type: String, _ value: String, to sink: inout some ByteSink
    ) {
        buffer += Array("\(offset)\t\(size)\t".utf8)
        buffer += path
        buffer.append(0x09)
        buffer += Array(DisplayText.escaped(type).utf8)
        buffer.append(0x09)
        buffer += Array(value.utf8)
        buffer.append(0x0a)
        if buffer.count > 1 << 16 { flush(to: &sink) }
    }

    mutating func flush(to sink: inout some ByteSink) {
        sink.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Values as QEMU's reader prints them (scripts/analyze-migration.py, 10.0).
enum ReaderText {
    /// Longer leaves are cut, with `…`: they are RAM, descriptions and gaps, not fields.
    static let byteLimit = 1 << 16

    static func text(_ form: ReaderForm, _ region: MappedRegion, _ range: Range<Int>) -> String {
        let bytes = region.span(range)
        guard (1...8).contains(bytes.byteCount) || form == .hex else { return hex(bytes) }
        switch form {
        case .unsigned: return "0x" + Hex.digits(bytes.bigEndianValue, width: bytes.byteCount * 2)
        case .signed:
            let value = IntegerFields.signedValue(bytes)
            let digits = "0x" + Hex.digits(bytes.bigEndianValue, width: bytes.byteCount * 2)
            return value < 0 ? "\(digits) (\(value))" : digits
        case .bool: return bytes.isAllZero ? "false" : "true"
        case .null: return bytes[byteAt: 0] == ArrayResolver.nullByte ? "nullptr" : hex(bytes)
        case .hex: return hex(bytes)
        }
    }

    private static func hex(_ bytes: RawSpan) -> String {
        guard bytes.byteCount <= byteLimit else {
            return Hex.dump(bytes.extracting(0..<64).bytes) + " …"
        }
        return Hex.dump(bytes.bytes)
    }
}
