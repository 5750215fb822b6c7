import Bytes
import Format

/// Finds a place where a section must begin after unreadable bytes.
package struct SurePlace {
    package let region: MappedRegion
    package let limit: Int
    package let state: StreamState

    /// Returns the offset after the first footer in `range` of a known section, if a section, a command or
    /// the end follows it, or the offset of a package, a discard or another stream before that; nil if there
    /// is none. O(range).
    package func next(in range: Range<Int>) -> Int? {
        let start = Self.start(in: region, range)
        var from = range.lowerBound
        let end = min(start ?? range.upperBound, limit - SectionFrames.footerSize + 1)
        while from < end, let offset = region.firstIndex(of: SectionType.footer.rawValue, in: from..<end) {
            let next = offset + SectionFrames.footerSize
            if let id = region.bigEndian(UInt32.self, at: offset + 1), follows(id, at: next) { return next }
            from = offset + 1
        }
        return start
    }

    /// Returns the offset of the first stream, package or discard that begins in `range`. They are recognized
    /// without a footer before them. O(range).
    package static func start(in region: MappedRegion, _ range: Range<Int>) -> Int? {
        let stream = stream(in: region, range)
        var from = range.lowerBound
        let end = stream ?? range.upperBound
        while from < end,
            let offset = region.firstIndex(of: SectionType.command.rawValue, in: from..<end)
        {
            if isPackage(region, at: offset) || isDiscard(region, at: offset) { return offset }
            from = offset + 1
        }
        return stream
    }

    // Each package begins with POSTCOPY_LISTEN (migration/migration.c postcopy_start, 2.5 to 11.1).
    private static func isPackage(_ region: MappedRegion, at offset: Int) -> Bool {
        let inner = offset + CommandSection.headerSize + 4
        return length(of: .packaged, region, at: offset) == 4
            && region.byte(at: inner) == SectionType.command.rawValue
            && length(of: .postcopyListen, region, at: inner) == 0
    }

    // A version of 0, the name of a block, a zero byte, and pairs of 64 bits (migration/savevm.c
    // qemu_savevm_send_postcopy_ram_discard, 2.5 to 11.1).
    private static func isDiscard(_ region: MappedRegion, at offset: Int) -> Bool {
        let start = offset + CommandSection.headerSize
        guard let length = length(of: .postcopyRAMDiscard, region, at: offset), region.byte(at: start) == 0,
            let nameSize = region.byte(at: start + 1).map(Int.init), nameSize > 0
        else { return false }
        let name = start + 2..<start + 2 + nameSize
        return length > nameSize + 3 && (length - nameSize - 3).isMultiple(of: 16)
            && region.byte(at: name.upperBound) == 0
            && region.copy(name).allSatisfy { (0x21...0x7e).contains($0) }
    }

    // The length of the payload of a command of `kind` at `offset`; nil if there is another command.
    private static func length(of kind: CommandKind, _ region: MappedRegion, at offset: Int) -> Int? {
        guard region.bigEndian(UInt16.self, at: offset + 1) == kind.rawValue else { return nil }
        return region.bigEndian(UInt16.self, at: offset + 3).map(Int.init)
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
