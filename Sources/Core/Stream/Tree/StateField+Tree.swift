import Format

extension StateField {
    /// Returns the body of a device section; nil if the stream has none of that name. O(sections).
    package static func section(_ name: String, instance: UInt32 = 0, in store: StreamStore) -> StateField? {
        sections(named: name, in: store).first { $0.instance == instance }?.field
    }

    /// Returns all device sections of a name, in stream order. O(sections).
    package static func sections(
        named name: String, in store: StreamStore
    ) -> [(instance: UInt32, field: StateField)] {
        sections(in: store) { $0.elementsEqual(name.utf8) }
    }

    /// Returns all device sections with a matching idstr, in stream order. O(sections).
    package static func sections(
        in store: StreamStore, where isMatch: (ArraySlice<UInt8>) -> Bool
    ) -> [(instance: UInt32, field: StateField)] {
        store.records.compactMap { record in
            guard let section = record.section, section.type == .full, !record.layout.isNone,
                isMatch(store.table.names.bytes(record.name))
            else { return nil }
            return (section.instance, StateField(store, record))
        }
    }

    /// Returns all device sections with their escaped idstr, in stream order. O(sections).
    package static func all(in store: StreamStore) -> [(name: String, field: StateField)] {
        store.records.compactMap { record in
            guard record.kind == .full, !record.layout.isNone else { return nil }
            return (store.table.names.text(record.name), StateField(store, record))
        }
    }

    private init(_ store: StreamStore, _ record: SectionRecord) {
        self.init(
            region: store.region, table: store.table, layout: record.layout, offset: record.offset,
            size: record.size)
    }

    /// Creates the field of a node whose children are fields.
    package init(_ tree: StreamTree, _ node: Node) {
        self.init(
            region: tree.store.region, table: tree.store.table,
            type: tree.item(of: node)?.type ?? TypeID(index: 0), layout: node.layout,
            offset: node.offset, size: node.size)
    }
}
