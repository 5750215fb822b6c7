import Bytes
import Format

extension LiveScan {
    /// Puts the available part of the incomplete section at `position` into `record`, which represents its
    /// bytes.
    ///
    /// Pages become records of their own, which the caller puts below it. For other sections, the header and
    /// the fields that a description gives become members of its layout. O(available pages, in chunks)
    package func showBegun(in record: inout SectionRecord) -> [SectionRecord] {
        if let pending { return begunPages(pending) }
        guard let type = region.byte(at: position).flatMap(SectionType.init) else { return [] }
        var fields = LayoutBuilder()
        switch type {
        case .start, .full:
            guard let header = SectionHeader(region, at: position), header.size <= limit - position else {
                return []
            }
            fields.append(SectionFrames.fullHeader(nameLength: header.name.count, in: table))
            if type == .full { addBegunFields(of: header, to: &fields) }
        case .part, .end:
            guard limit - position >= 5 else { return [] }
            fields.append(SectionFrames.partHeader(in: table))
        default: return []
        }
        let rest = limit - position - fields.size
        if rest > 0 { fields.leaf("data", "buffer", rest, role: .field, in: table) }
        record.layout = fields.body(in: table)
        return []
    }

    private func addBegunFields(of header: SectionHeader, to fields: inout LayoutBuilder) {
        let start = position + header.size
        let device = SectionRecord(
            .section(SectionRecord.Section(.full, header)), offset: position, size: 0,
            name: table.names.intern(region.copy(header.name)))
        guard limit > start, let described = devices.layout(of: device) else { return }
        var resolver = Resolver(region: region, section: device.name, table: table)
        let layout = resolver.resolve(described, at: start, size: min(table[described].size, limit - start))
        guard table[layout].size <= limit - start else { return }
        for item in table.items(of: layout) { fields.append(item) }
    }

    private func begunPages(_ section: RAMSectionScan) -> [SectionRecord] {
        var pages: [SectionRecord] = []
        for (number, chunk) in section.chunks.enumerated() {
            let next = number + 1 < section.chunks.count ? section.chunks[number + 1].offset : section.offset
            guard next > chunk.offset else { continue }
            let part = SectionRecord.RAMPart(
                hasHeader: number == 0, hasFooter: false, lastBlock: chunk.lastBlock)
            var record = SectionRecord(
                .pages(part), offset: chunk.offset, size: next - chunk.offset,
                name: table.names.intern("pages"))
            record.layout = chunk.layout
            record.isLazy = chunk.layout.isNone
            pages.append(record)
        }
        if limit > section.offset {
            pages.append(
                SectionRecord(
                    .unread(lastBlock: ram.lastBlock), offset: section.offset, size: limit - section.offset,
                    name: table.names.intern("incomplete")))
        }
        return pages
    }
}
