import Bytes

/// The input of a decoder for an opaque field.
package struct FieldDecoding {
    package let region: MappedRegion
    /// The field's bytes, from the start of the stream.
    package let range: Range<Int>
    /// The bodies from a list's description, one per child; `.none` for other types.
    package let template: LayoutID
    /// The idstr of the section.
    package let section: NameID
    package var table: LayoutTable

    package init(
        region: MappedRegion, range: Range<Int>, template: LayoutID, section: NameID, table: LayoutTable
    ) {
        self.region = region
        self.range = range
        self.template = template
        self.section = section
        self.table = table
    }
}

extension FieldDecoding {
    /// Lays the field out with `body`; nil if `body` throws or leaves bytes.
    package mutating func read(_ body: (inout LeafReader) throws(Mismatch) -> Void) -> LayoutID? {
        var reader = LeafReader(region, range, table: table)
        do throws(Mismatch) {
            try body(&reader)
        } catch {
            return nil
        }
        return reader.finish()
    }
}
