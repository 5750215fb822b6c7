import Format

extension StateField {
    /// The body of a device section, or nil when the stream has none of that name. O(sections).
    package static func section(_ name: String, instance: UInt32 = 0, in document: Document) -> StateField? {
        sections(named: name, in: document).first { $0.instance == instance }?.field
    }

    /// All device sections of a name, in stream order. O(sections).
    package static func sections(
        named name: String, in document: Document
    ) -> [(instance: UInt32, field: StateField)] {
        sections(in: document) { $0.elementsEqual(name.utf8) }
    }

    /// All device sections whose idstr fits, in stream order. O(sections).
    package static func sections(
        in document: Document, where isMatch: (ArraySlice<UInt8>) -> Bool
    ) -> [(instance: UInt32, field: StateField)] {
        document.records.compactMap { record in
            guard let section = record.section, section.type == .full, !record.layout.isNone,
                isMatch(document.table.names.bytes(record.name))
            else { return nil }
            return (section.instance, StateField(document, record))
        }
    }

    /// All device sections with their idstr, escaped, in stream order. O(sections).
    package static func all(in document: Document) -> [(name: String, field: StateField)] {
        document.records.compactMap { record in
            guard record.kind == .full, !record.layout.isNone else { return nil }
            return (document.table.names.text(record.name), StateField(document, record))
        }
    }

    private init(_ document: Document, _ record: SectionRecord) {
        self.init(
            region: document.region, table: document.table, layout: record.layout, offset: record.offset,
            size: record.size)
    }

    /// A node with children that are fields.
    package init(_ document: Document, _ node: Node) {
        self.init(
            region: document.region, table: document.table,
            type: document.item(of: node)?.type ?? TypeID(index: 0), layout: node.layout,
            offset: node.offset, size: node.size)
    }
}
