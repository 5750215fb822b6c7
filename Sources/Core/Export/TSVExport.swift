import Bytes
import Format
import Query
import Stream

/// `dump --format tsv`: offset, size, path, type and value of each leaf, in stream order.
package struct TSVExport {
    private let document: Document

    package init(_ document: Document) { self.document = document }

    /// Writes the leaves as QEMU's reader counts them: the fields of the device sections and of the
    /// configuration. With `all`, each byte of the stream is in exactly one row. O(rows), memory O(1).
    ///
    /// - Parameter section: selects sections by idstr or path component (`cpu:1`).
    /// - Returns: whether `section` named anything.
    @discardableResult
    package func write(
        all: Bool, section: String?, offsets: OffsetForm = .dec, hasHeader: Bool = false,
        to sink: inout some ByteSink
    ) -> Bool {
        let nodes = document.records(named: section, includingLive: all)
        guard section == nil || !nodes.isEmpty else { return false }
        if hasHeader { sink.write("offset\tsize\tpath\ttype\tvalue\n") }
        var writer = RowWriter(document: document, all: all, offsets: offsets)
        for node in nodes { writer.record(node, to: &sink) }
        writer.flush(to: &sink)
        return true
    }
}

extension TSVExport {
    /// Writes the same rows as records: the fields as QEMU's reader counts them, or with `all` each byte
    /// once. O(rows).
    ///
    /// - Returns: whether `section` named anything.
    package func writeRecords(
        _ form: RecordForm, all: Bool, section: String?, to sink: inout some ByteSink
    ) -> Bool {
        let nodes = document.records(named: section, includingLive: all)
        guard section == nil || !nodes.isEmpty else { return false }
        var records = RecordWriter(document, form)
        for node in nodes where nodes.isEmpty || section == nil || isOutermost(node, nodes) {
            write(node, all, &records, to: &sink)
        }
        records.finish(to: &sink)
        return true
    }

    // A record inside another one is written with it.
    private func isOutermost(_ node: Node, _ nodes: [Node]) -> Bool {
        !nodes.contains { $0.path != node.path && $0.path.isPrefix(of: node.path) }
    }

    private func write(
        _ record: Node, _ all: Bool, _ records: inout RecordWriter, to sink: inout some ByteSink
    ) {
        guard let kind = document.tree.record(of: record)?.kind else { return }
        if all, record.isLazy { document.open(record.path) }
        let node = document.tree.node(record.path)
        guard
            all || kind == .full || kind == .configuration && document.store.description?.configuration != nil
        else {
            return
        }
        guard node.childCount > 0 else { return records.write(node, to: &sink) }
        if node.layout.isNone {
            for index in 0..<node.childCount {
                write(document.tree.child(index, of: node), all, &records, to: &sink)
            }
            return
        }
        var walk = NodeWalk(document, reach: .fields, below: node.path)
        while walk.next() {
            guard let item = document.tree.item(of: walk.node) else { continue }
            guard all || item.role == .field || item.role == .subsection else {
                walk.skip()
                continue
            }
            let isRun = all && document.tree.pageRange(item) != nil
            guard isRun || item.isLeaf || !all && document.tree.isReaderLeaf(item) else { continue }
            if !(all && item.stride == 0) { records.write(&walk, to: &sink) }
            walk.skip()
        }
    }
}

extension Document {
    /// Returns the records that a section name selects; without a name, all top-level records. Reads the live
    /// part only when `includingLive` is true, or when the records may be in it.
    package func records(named section: String?, includingLive: Bool = false) -> [Node] {
        if includingLive || !store.topLevel.contains(where: { store.records[$0].kind == .full }) {
            openLivePart()
        }
        let top = tree.streamRecordNodes()
        guard let section else { return top }
        let found = (includingLive ? tree.recordNodes(below: tree.root) : top).filter {
            tree.isNamed($0, section)
        }
        guard found.isEmpty else { return found }
        if !includingLive { openLivePart() }
        let nested = tree.recordNodes(below: tree.root).filter { tree.isNamed($0, section) }
        guard nested.isEmpty, let place = try? place(section, from: 0) else { return nested }
        return tree.nodes(along: place.path).last { tree.record(of: $0)?.isSection ?? false }.map { [$0] }
            ?? []
    }
}

extension StreamTree {
    /// Whether a section name on the command line selects a record.
    fileprivate func isNamed(_ node: Node, _ section: String) -> Bool {
        guard let record = record(of: node) else { return false }
        return store.table.names.bytes(record.name).elementsEqual(section.utf8) || component(node) == section
    }

    /// For consecutive RAM pages, returns their number and the offset in their block; nil for other items.
    package func pageRange(_ item: Item) -> String? {
        guard item.role == .ram, !item.child.isNone, store.table[item.child].kind == .array,
            let first = store.table.items(of: item.child).first
        else { return nil }
        let address = first.base.multipliedSaturated(by: store.state.pageSize)
        return "\(store.table[item.child].childCount) pages from \(Hex.offset(address))"
    }

    /// Whether QEMU's reader prints a node without its children.
    package func isReaderLeaf(_ item: Item) -> Bool {
        guard item.role == .field, !item.child.isNone else { return item.role == .field }
        let items = store.table.items(of: item.child)
        guard let first = items.first else { return store.table[type: item.type].name != "struct" }
        return first.role == .decoded
    }
}
