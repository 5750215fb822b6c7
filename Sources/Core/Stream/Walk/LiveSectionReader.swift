import Bytes
import Format

/// Reads a START, PART or END section of a known format: header, body, and the footer if there is one.
package struct LiveSectionReader {
    package let region: MappedRegion
    package let limit: Int
    package let hasFooters: Bool?

    /// A completely read section.
    package struct Section {
        package var layout: LayoutID
        /// The size in bytes, including header and footer.
        package var size: Int
        package var hasFooter: Bool
        /// The number of pieces in the body, as a measure of work.
        package var pieceCount: Int

        package init(layout: LayoutID, size: Int, hasFooter: Bool, pieceCount: Int) {
            self.layout = layout
            self.size = size
            self.hasFooter = hasFooter
            self.pieceCount = pieceCount
        }
    }

    /// Reads the section at `offset` after `header`. O(pieces of the section).
    ///
    /// - Throws: `Mismatch` if the bytes do not fit or no footer follows; `format` is then unchanged.
    package func read(
        _ type: SectionType, id: UInt32, at offset: Int, header: Item, format: inout any LiveSection,
        table: LayoutTable
    ) throws(Mismatch) -> Section {
        guard header.size <= limit - offset else {
            throw Mismatch(
                offset: offset, size: limit - offset, expected: "a section header", found: "the end")
        }
        var reader = LeafReader(region, offset + header.size..<limit, table: table)
        var next = format
        try next.body(type, &reader)
        let hasFooter = try self.hasFooter(id, at: reader.position)
        var fields = LayoutBuilder()
        fields.append(header)
        var pieceCount = 1
        for item in reader.members {
            fields.append(item)
            pieceCount += item.isLeaf ? 0 : reader.table[item.child].childCount
        }
        if hasFooter { fields.append(SectionFrames.footer(in: reader.table)) }
        format = next
        return Section(
            layout: fields.body(in: reader.table), size: fields.size, hasFooter: hasFooter,
            pieceCount: pieceCount)
    }

    /// Returns whether the footer of section `id` is at `offset`, the end of its body.
    ///
    /// - Throws: `Mismatch` if there is no footer, unless the stream may have none and a section can follow
    ///   here.
    package func hasFooter(_ id: UInt32, at offset: Int) throws(Mismatch) -> Bool {
        if hasFooters != false, limit - offset >= SectionFrames.footerSize,
            region.byte(at: offset) == SectionType.footer.rawValue,
            region.bigEndian(UInt32.self, at: offset + 1) == id
        {
            return true
        }
        if hasFooters != true, FooterSearch(region: region, limit: limit).canFollow(at: offset) {
            return false
        }
        throw Mismatch(
            offset: offset, size: min(SectionFrames.footerSize, limit - offset),
            expected: "the footer of section \(id)",
            found: offset < limit
                ? Hex.dump(region.copy(offset..<min(offset + SectionFrames.footerSize, limit))) : "nothing")
    }
}
