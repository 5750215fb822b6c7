import Bytes
import Format
import Stream

/// `dump --format tsv`: offset, size, path, type and value of each leaf, in stream order.
package struct TSVExport {
    private let document: Document

    package init(_ document: Document) { self.document = document }

    /// Writes the leaves as QEMU's reader counts them: the fields of the device sections and of the
    /// configuration. With `all`, each byte of the stream is in exactly one row.
    ///
    /// - Parameter section: only sections of this idstr, or this path component (`cpu:1`).
    /// - Returns: Whether `section` named anything. O(rows), memory O(1).
    @discardableResult
    package func write(all: Bool, section: String?, to sink: inout some ByteSink) -> Bool {
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
    package func records(named section: String?, includingLive: Bool = false) -> [Node] {
        if includingLive || !topLevel.contains(where: { records[$0].kind == .full }) { openLivePart() }
        let top = (containerCount..<root.childCount).map { child($0, of: root) }
        guard let section else { return top }
        let found = (includingLive ? recordNodes(below: root) : top).filter { isNamed($0, section) }
        guard found.isEmpty, !includingLive else { return found }
        openLivePart()
        return recordNodes(below: root).filter { isNamed($0, section) }
    }

    /// All records below a node, in stream order, as far as they were read.
    package func recordNodes(below parent: Node) -> [Node] {
        guard parent.layout.isNone else { return [] }
        let first = parent.path == .root ? containerCount : 0
        return (first..<parent.childCount).flatMap { index in
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
    package func pageRange(_ item: Item) -> String? {
        guard item.role == .ram, !item.child.isNone, table[item.child].kind == .array,
            let first = table.items(of: item.child).first
        else { return nil }
        let address = first.base.multipliedSaturated(by: state.pageSize)
        return "\(table[item.child].childCount) pages from \(Hex.offset(address))"
    }

    /// Whether QEMU's reader prints a node and not what is below it.
    package func isReaderLeaf(_ item: Item) -> Bool {
        guard item.role == .field, !item.child.isNone else { return item.role == .field }
        let items = table.items(of: item.child)
        guard let first = items.first else { return table[type: item.type].name != "struct" }
        return first.role == .decoded
    }
}
