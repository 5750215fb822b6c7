import Bytes

extension LeafReader {
    /// Returns the layout of a body of plain big-endian integers, given names and sizes in bytes.
    package mutating func integers(_ fields: [(name: String, size: Int)], prefix: String = "uint") -> LayoutID
    {
        var body = LayoutBuilder()
        for field in fields { body.leaf(field.name, "\(prefix)\(field.size * 8)", field.size, in: table) }
        return body.body(in: table)
    }

    /// Reads consecutive unsigned big-endian integers, given names and sizes in bytes.
    package mutating func fields(_ fields: [(name: String, size: Int)]) throws(Mismatch) {
        for field in fields { try bytes(field.name, "uint\(field.size * 8)", count: field.size) }
    }

    /// Reads the subsection at the reader's position as a member with its name; `body` reads its fields.
    package mutating func subsection(
        _ body: (SubsectionHeader, inout LeafReader) throws(Mismatch) -> Void
    ) throws(Mismatch) {
        guard let header = SubsectionHeader(region, at: position, limit: limit) else {
            throw mismatch("a subsection")
        }
        let name = table.names.intern(region.copy(header.name))
        begin()
        try take(SectionFrames.subsectionHeader(nameLength: header.name.count, in: table))
        try body(header, &self)
        end(name, "subsection", vmstate: name, version: header.version)
    }

    /// Like `end(_:_:)`, for the fields of the VMState `vmstate`, which messages about them name; empty for
    /// none.
    package mutating func end(_ name: String, vmstate: String, version: UInt32) {
        end(table.names.intern(name), "struct", vmstate: table.names.intern(vmstate), version: version)
    }

    private mutating func end(_ name: NameID, _ type: String, vmstate: NameID, version: UInt32) {
        guard var item = close(name, type) else { return }
        item.child = table.layout(
            .body, Array(table.items(of: item.child)), vmsdName: vmstate, version: version)
        place(item)
    }
}

/// The header of a subsection inside bytes that a description leaves opaque.
package struct SubsectionHeader {
    /// The range of the name, from the start of the stream.
    package let name: Range<Int>
    package let version: UInt32

    /// The offset of the fields.
    package var end: Int { name.upperBound + 4 }

    /// Reads the header at `offset`; nil if none ends before `limit`.
    package init?(_ region: MappedRegion, at offset: Int, limit: Int) {
        guard region.byte(at: offset) == SectionType.subsection.rawValue,
            let length = region.byte(at: offset + 1), Int(length) <= limit - offset - 6,
            let version = region.bigEndian(UInt32.self, at: offset + 2 + Int(length))
        else { return nil }
        name = offset + 2..<offset + 2 + Int(length)
        self.version = version
    }

    package func isNamed(_ text: String, _ region: MappedRegion) -> Bool {
        text.utf8.count == name.count && region.matches(text, at: name.lowerBound)
    }

    /// Returns the subsection with these fields.
    package func item(of fields: LayoutID, _ region: MappedRegion, _ table: LayoutTable) -> Item {
        let name = table.names.intern(region.copy(self.name))
        return SectionFrames.subsection(fields, named: name, version: version, role: .decoded, in: table)
    }
}
