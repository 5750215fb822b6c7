import Bytes

/// The header of a START or FULL section, read from the bytes.
package struct SectionHeader {
    package var id: UInt32
    package var name: Range<Int>
    package var instance: UInt32
    package var version: UInt32
    /// Bytes of the header.
    package var size: Int { SectionFrames.headerSize(nameLength: name.count) }

    /// The header at `offset`, or nil where its bytes end at the region's end or the idstr is empty.
    package init?(_ region: MappedRegion, at offset: Int) {
        guard let id = region.bigEndian(UInt32.self, at: offset + 1),
            let length = region.byte(at: offset + 5), length > 0,
            let instance = region.bigEndian(UInt32.self, at: offset + 6 + Int(length)),
            let version = region.bigEndian(UInt32.self, at: offset + 10 + Int(length))
        else { return nil }
        self.id = id
        name = offset + 6..<offset + 6 + Int(length)
        self.instance = instance
        self.version = version
    }
}
