/// A field of a device section, found by the names that the description gives it.
///
/// For code that needs a few registers of a machine: offsets differ between versions of QEMU, names last.
package struct StateField {
    private let document: Document
    package let type: TypeID
    private let layout: LayoutID
    /// What shows when a leaf is opened.
    package let inside: LayoutID
    /// Bytes from the start of the stream.
    package let offset: Int
    /// Bytes.
    package let size: Int

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
            guard record.kind == .full, !record.layout.isNone,
                isMatch(document.table.names.bytes(record.name))
            else { return nil }
            return (record.instance, StateField(document, record))
        }
    }

    private init(_ document: Document, _ record: SectionRecord) {
        self.document = document
        type = TypeID(index: 0)
        layout = record.layout
        inside = .none
        offset = record.offset
        size = record.size
    }

    private init(_ document: Document, _ item: Item, at offset: Int) {
        self.document = document
        type = item.type
        layout = item.child
        inside = item.inside
        self.offset = offset
        size = item.stride
    }

    /// A node with children that are fields.
    package init(_ document: Document, _ node: Node) {
        self.document = document
        type = document.item(of: node)?.type ?? TypeID(index: 0)
        layout = node.layout
        inside = .none
        offset = node.offset
        size = node.size
    }

    /// The member of that name. O(members).
    package subscript(_ name: String) -> StateField? {
        guard !layout.isNone, document.table[layout].kind == .body else { return nil }
        let item = document.table.items(of: layout).first {
            document.table.names.bytes($0.name).elementsEqual(name.utf8)
        }
        return item.map { StateField(document, $0, at: offset + $0.offset) }
    }

    /// The element of an array. O(log runs).
    package subscript(_ index: Int) -> StateField? {
        guard !layout.isNone, document.table[layout].kind == .array,
            (0..<document.table[layout].childCount).contains(index)
        else { return nil }
        let item = document.table[item: document.table.itemIndex(ofChild: index, in: layout)]
        return StateField(document, item, at: offset + item.offset + (index - item.firstChild) * item.stride)
    }

    /// How many elements an array has.
    package var count: Int { layout.isNone ? 0 : document.table[layout].childCount }

    /// The value of an integer of at most 8 bytes, as it was written: big-endian.
    package var unsigned: UInt64? {
        guard (1...8).contains(size), offset + size <= document.region.count else { return nil }
        return document.region.bigEndian(offset..<offset + size)
    }

    /// The byte at `place` in the field.
    package func byte(_ place: Int) -> UInt8? {
        (0..<size).contains(place) ? document.region.byte(at: offset + place) : nil
    }

    /// The first structure of that VMState in it or below it. O(layouts below).
    package func first(ofStructure name: String) -> StateField? {
        guard !layout.isNone else { return nil }
        if document.table.names.bytes(document.table[layout].vmsdName).elementsEqual(name.utf8) {
            return self
        }
        return document.table.items(of: layout).lazy.compactMap {
            StateField(document, $0, at: offset + $0.offset).first(ofStructure: name)
        }.first
    }

    /// The first field of that type in it or below it. O(layouts below).
    package func first(ofType name: String) -> StateField? {
        guard !layout.isNone else { return nil }
        for item in document.table.items(of: layout) {
            let field = StateField(document, item, at: offset + item.offset)
            if document.table[type: item.type].name == name { return field }
            if let found = field.first(ofType: name) { return found }
        }
        return nil
    }
}

extension StateField {
    /// The value of the member of that name; 0 where there is none.
    package func register(_ name: String) -> UInt64 { self[name]?.unsigned ?? 0 }

    /// The values of an array of integers; empty where there is none.
    package func registers(_ name: String) -> [UInt64] {
        guard let array = self[name] else { return [] }
        return (0..<min(array.count, 4096)).map { array[$0]?.unsigned ?? 0 }
    }
}
