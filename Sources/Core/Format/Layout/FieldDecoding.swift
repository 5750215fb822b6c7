import Bytes

/// What a decoder of an opaque field has to work with.
package struct FieldDecoding {
    package let region: MappedRegion
    /// The field's bytes, from the start of the stream.
    package let range: Range<Int>
    /// The bodies that a list's description gives, one a child; `.none` for other types.
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
    /// Lays the field out with `body`; nil where `body` throws or leaves bytes.
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
