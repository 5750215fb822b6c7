/// Finds where a section ends when nothing tells its length.
struct FooterSearch {
    let region: MappedRegion
    let limit: Int

    /// The offset of the footer of section `id` at or after `start`, followed by something that can follow
    /// a section; nil when there is none before `limit`. O(distance).
    func footer(of id: UInt32, from start: Int, upTo end: Int? = nil) -> Int? {
        let bytes = region.span
        var offset = start
        let end = end ?? limit
        while offset < end, limit - offset >= SectionFrames.footerSize {
            if bytes[byteAt: offset] == SectionType.footer.rawValue,
                region.bigEndian(UInt32.self, at: offset + 1) == id,
                canFollow(at: offset + SectionFrames.footerSize)
            {
                return offset
            }
            offset += 1
        }
        return nil
    }

    /// Whether a section, a command or the end can stand at `offset`.
    func canFollow(at offset: Int) -> Bool {
        guard offset < limit, let byte = region.byte(at: offset) else { return offset == limit }
        switch SectionType(rawValue: byte) {
        case .endOfFile:
            return offset + 1 >= limit || region.byte(at: offset + 1) == SectionType.description.rawValue
                || region.byte(at: offset + 1) == 0
        case .start, .full:
            guard let header = SectionHeader(region, at: offset) else { return isCut(at: offset) }
            return region.span(header.name).isPrintable
        case .part, .end: return region.byte(at: offset + 1) == 0
        case .command: return region.byte(at: offset + 1) == 0
        default: return false
        }
    }

    // The file may end inside a header.
    private func isCut(at offset: Int) -> Bool {
        limit - offset < SectionFrames.headerSize(nameLength: Int(region.byte(at: offset + 5) ?? 0))
    }
}
