import Bytes
import Format

/// Finds a place where a section must begin after unreadable bytes.
package struct SurePlace {
    package let region: MappedRegion
    package let limit: Int
    package let state: StreamState

    /// Returns the offset after the first footer in `range` of a known section, if a section, a command or
    /// the end follows it, or the offset of another stream before that; nil if there is neither. O(range).
    package func next(in range: Range<Int>) -> Int? {
        let stream = Self.stream(in: region, range)
        var from = range.lowerBound
        let end = min(stream ?? range.upperBound, limit - SectionFrames.footerSize + 1)
        while from < end, let offset = region.firstIndex(of: SectionType.footer.rawValue, in: from..<end) {
            let next = offset + SectionFrames.footerSize
            if let id = region.bigEndian(UInt32.self, at: offset + 1), follows(id, at: next) { return next }
            from = offset + 1
        }
        return stream
    }

    /// Returns the offset of the first stream that begins in `range`. O(range).
    package static func stream(in region: MappedRegion, _ range: Range<Int>) -> Int? {
        var from = range.lowerBound
        while from < range.upperBound,
            let offset = region.firstIndex(of: UInt8(ascii: "Q"), in: from..<range.upperBound)
        {
            if HeadWalk.begins(region, at: offset) { return offset }
            from = offset + 1
        }
        return nil
    }

    // A footer without a known START counts only before a whole header.
    private func follows(_ id: UInt32, at offset: Int) -> Bool {
        let isKnown = state.handlers[id] != nil
        guard let byte = region.byte(at: offset) else { return false }
        switch SectionType(rawValue: byte) {
        case .part, .end:
            guard let next = region.bigEndian(UInt32.self, at: offset + 1) else { return false }
            return isKnown && state.handlers[next] != nil
        case .start, .full:
            guard let header = SectionHeader(region, at: offset) else { return false }
            return region.span(header.name).isPrintable
        case .command:
            guard isKnown, let number = region.bigEndian(UInt16.self, at: offset + 1) else { return false }
            return CommandKind(rawValue: number) != nil
        case .endOfFile:
            return isKnown && region.byte(at: offset + 1) == SectionType.description.rawValue
        default: return false
        }
    }
}
