import Bytes
import Format

/// Finds the end of a section whose length is unknown.
package struct FooterSearch {
    package let region: MappedRegion
    package let limit: Int
    /// Whether the section may be the last one. If so, the end mark may follow it, whatever the file holds
    /// after that.
    package var mayBeLast = false

    package init(region: MappedRegion, limit: Int, mayBeLast: Bool = false) {
        self.region = region
        self.limit = limit
        self.mayBeLast = mayBeLast
    }

    /// Returns the offset of the first footer of section `id` in `range` after which a section, a command or
    /// the end can follow. With `orStart`, returns the offset of a package, discard or stream that begins
    /// before it. Nil if there is none. O(range).
    package func footer(of id: UInt32, in range: Range<Int>, orStart: Bool = false) -> Int? {
        let sought = orStart ? SurePlace.start(in: region, range) : nil
        var from = range.lowerBound
        let end = min(sought ?? range.upperBound, limit - SectionFrames.footerSize + 1)
        while from < end, let offset = region.firstIndex(of: SectionType.footer.rawValue, in: from..<end) {
            if region.bigEndian(UInt32.self, at: offset + 1) == id,
                canFollow(at: offset + SectionFrames.footerSize)
            {
                return isSure(offset) ? offset : sureFooter(of: id, after: offset) ?? offset
            }
            from = offset + 1
        }
        return sought
    }

    /// How far after a doubtful footer a surer one is searched, in bytes.
    private static let reach = 1 << 20

    // An end mark is one zero byte. Device fields can hold a zero after bytes that look like a footer.
    private func isSure(_ footer: Int) -> Bool {
        let next = footer + SectionFrames.footerSize
        return region.byte(at: next) != SectionType.endOfFile.rawValue || next + 1 >= limit
            || region.byte(at: next + 1) == SectionType.description.rawValue
    }

    // The next sure footer of the same section, before another stream begins.
    private func sureFooter(of id: UInt32, after footer: Int) -> Int? {
        var from = footer + 1
        let end = min(footer.addingSaturated(Self.reach), limit - SectionFrames.footerSize + 1)
        while from < end, let offset = region.firstIndex(of: SectionType.footer.rawValue, in: from..<end) {
            if region.bigEndian(UInt32.self, at: offset + 1) == id, isSure(offset),
                canFollow(at: offset + SectionFrames.footerSize)
            {
                return SurePlace.stream(in: region, footer..<offset) == nil ? offset : nil
            }
            from = offset + 1
        }
        return nil
    }

    /// Whether a section, a command or the end of the sections can be at `offset`.
    package func canFollow(at offset: Int) -> Bool {
        guard offset < limit, let byte = region.byte(at: offset) else { return offset == limit }
        switch SectionType(rawValue: byte) {
        case .endOfFile:
            return mayBeLast || offset + 1 >= limit
                || region.byte(at: offset + 1) == SectionType.description.rawValue
                || region.byte(at: offset + 1) == 0
        case .start, .full:
            guard let header = SectionHeader(region, at: offset) else { return isCut(at: offset) }
            return region.span(header.name).isPrintable
        case .part, .end: return region.byte(at: offset + 1) == 0
        case .command: return region.byte(at: offset + 1) == 0
        default: return false
        }
    }

    // Whether the file ends inside a section header.
    private func isCut(at offset: Int) -> Bool {
        limit - offset < SectionFrames.headerSize(nameLength: Int(region.byte(at: offset + 5) ?? 0))
    }
}
