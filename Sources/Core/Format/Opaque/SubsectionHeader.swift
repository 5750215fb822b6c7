import Bytes

/// The header of a subsection inside bytes that a description leaves opaque.
package struct SubsectionHeader {
    /// Where the name is, from the start of the stream.
    package let name: Range<Int>
    package let version: UInt32

    /// Where the fields begin.
    package var end: Int { name.upperBound + 4 }

    /// The header at `offset`, or nil where none ends before `limit`.
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

    /// The subsection with these fields.
    package func item(of fields: LayoutID, _ region: MappedRegion, _ table: inout LayoutTable) -> Item {
        let name = table.names.intern(region.copy(self.name))
        return SectionFrames.subsection(fields, named: name, version: version, role: .decoded, in: &table)
    }
}
