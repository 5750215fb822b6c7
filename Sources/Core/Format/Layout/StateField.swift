import Bytes

/// A field of a device section, found by its names in the description.
///
/// For code that needs a few registers of a machine: offsets differ between versions of QEMU, but names stay.
package struct StateField {
    private let region: MappedRegion
    private let table: LayoutTable
    package let type: TypeID
    private let layout: LayoutID
    /// The layout below an opened leaf.
    package let inside: LayoutID
    /// In bytes from the start of the stream.
    package let offset: Int
    /// In bytes.
    package let size: Int

    /// Creates a field of the whole `layout` at `offset`, in bytes from the start of the stream.
    package init(
        region: MappedRegion, table: LayoutTable, type: TypeID = TypeID(index: 0), layout: LayoutID,
        offset: Int, size: Int
    ) {
        self.region = region
        self.table = table
        self.type = type
        self.layout = layout
        inside = .none
        self.offset = offset
        self.size = size
    }

    private init(_ parent: StateField, _ item: Item, at offset: Int) {
        region = parent.region
        table = parent.table
        type = item.type
        layout = item.child
        inside = item.inside
        self.offset = offset
        size = item.stride
    }

    /// Returns the member of that name. O(members).
    package subscript(_ name: String) -> StateField? {
        table.names.known(name).flatMap { self[$0] }
    }

    private subscript(_ name: NameID) -> StateField? {
        guard !layout.isNone, table[layout].kind == .body else { return nil }
        // Names are compared as numbers, because drawn rows look up several members among hundreds.
        for item in table.items(of: layout) where item.name == name {
            return StateField(self, item, at: offset + item.offset)
        }
        return nil
    }

    /// Returns the element of an array. O(log runs).
    package subscript(_ index: Int) -> StateField? {
        guard !layout.isNone, table[layout].kind == .array,
            (0..<table[layout].childCount).contains(index)
        else { return nil }
        let item = table[item: table.itemIndex(ofChild: index, in: layout)]
        return StateField(self, item, at: offset + item.offset + (index - item.firstChild) * item.stride)
    }

    /// The number of elements of an array.
    package var count: Int { layout.isNone ? 0 : table[layout].childCount }

    /// The big-endian value of an integer of at most 8 bytes.
    package var unsigned: UInt64? {
        guard (1...8).contains(size), offset + size <= region.count else { return nil }
        return region.bigEndian(offset..<offset + size)
    }

    /// Returns the byte at `place` in the field.
    package func byte(_ place: Int) -> UInt8? {
        (0..<size).contains(place) ? region.byte(at: offset + place) : nil
    }

    /// Returns the first structure of that VMState, which may be the field itself or below it. O(layouts
    /// below).
    package func first(ofStructure name: String) -> StateField? {
        table.names.known(name).flatMap { first(ofStructure: $0) }
    }

    private func first(ofStructure name: NameID) -> StateField? {
        guard !layout.isNone else { return nil }
        if table[layout].vmsdName == name { return self }
        for item in table.items(of: layout) {
            let field = StateField(self, item, at: offset + item.offset)
            if let found = field.first(ofStructure: name) { return found }
        }
        return nil
    }

    /// Returns the first structure with a member of that name, which may be the field itself or below it.
    /// O(layouts below).
    package func first(having member: String) -> StateField? {
        table.names.known(member).flatMap { first(having: $0) }
    }

    private func first(having member: NameID) -> StateField? {
        guard !layout.isNone else { return nil }
        if self[member] != nil { return self }
        for item in table.items(of: layout) {
            let field = StateField(self, item, at: offset + item.offset)
            if let found = field.first(having: member) { return found }
        }
        return nil
    }

    /// Returns the first field of that type below the field. O(layouts below).
    package func first(ofType name: String) -> StateField? {
        guard !layout.isNone else { return nil }
        for item in table.items(of: layout) {
            let field = StateField(self, item, at: offset + item.offset)
            if table[type: item.type].name == name { return field }
            if let found = field.first(ofType: name) { return found }
        }
        return nil
    }
}

extension StateField {
    /// Returns the value of the member of that name; 0 if there is none.
    package func register(_ name: String) -> UInt64 { self[name]?.unsigned ?? 0 }

    /// The maximum number of elements that are read from a register list.
    private static let mostRegisters = 4096

    /// Returns the values of an array of integers; empty if there is none.
    package func registers(_ name: String) -> [UInt64] {
        guard let array = self[name] else { return [] }
        return (0..<min(array.count, Self.mostRegisters)).map { array[$0]?.unsigned ?? 0 }
    }
}
