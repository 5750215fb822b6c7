import Bytes
import Format

/// Finds the starts of sections when neither a description nor footers give the ends of the sections before
/// them. Machine types up to 2.2 write neither (hw/i386/pc_piix.c, hw/ppc/spapr.c, QEMU 2.4 to 7.2).
package struct HeaderSearch {
    package let region: MappedRegion
    /// The offset at which the sections end.
    package let limit: Int

    package init(region: MappedRegion, limit: Int) {
        self.region = region
        self.limit = limit
    }

    /// The bound for ids and versions: ids are counted and versions are small, so larger numbers are data.
    private static let numberLimit: UInt32 = 1 << 16

    /// Returns the offset of the nearest likely header of a FULL section at or after `start`. O(distance).
    package func header(from start: Int) -> Int? {
        let bytes = region.span
        var offset = start
        while offset < limit {
            if bytes[byteAt: offset] == SectionType.full.rawValue, isHeader(at: offset) { return offset }
            offset += 1
        }
        return nil
    }

    /// Returns the offset of the first device section, which follows the END of a complete live section; nil
    /// if there is none. O(device sections), at most `TailWalk.searchLimit` bytes.
    package func firstDevice(above floor: Int, state: StreamState) -> Int? {
        let bytes = region.span
        let lowest = max(floor, limit - TailWalk.searchLimit)
        var offset = limit - SectionFrames.headerSize(nameLength: 1)
        while offset >= lowest {
            if bytes[byteAt: offset] == SectionType.full.rawValue, isHeader(at: offset),
                isEndOfRAM(before: offset, state) || isEndOfTable(before: offset, state)
            {
                return offset
            }
            // Bytes before another stream belong to an earlier stream.
            if bytes[byteAt: offset] == UInt8(ascii: "Q"), HeadWalk.begins(region, at: offset) { return nil }
            offset -= 1
        }
        return nil
    }

    // Looks for the last word of RAM after an END header, a zero record or a raw record, because a device may
    // end in 10 too.
    private func isEndOfRAM(before offset: Int, _ state: StreamState) -> Bool {
        let mark = offset - 8
        guard mark >= 0, region.bigEndian(UInt64.self, at: mark) == RAMFlag.eos else { return false }
        return isEnd(at: mark - 5, state)
            || isRecord(at: mark - 9, RAMFlag.zero, state) && region.byte(at: mark - 1) == 0
            || isRecord(at: mark - 8 - state.pageSize, RAMFlag.page, state)
    }

    private func isRecord(at offset: Int, _ kind: UInt64, _ state: StreamState) -> Bool {
        guard offset >= 0, let word = region.bigEndian(UInt64.self, at: offset) else { return false }
        return word & UInt64(state.pageSize - 1) == kind | RAMFlag.cont
    }

    // Looks for an END of spapr/htab without entries: a word and an empty chunk.
    private func isEndOfTable(before offset: Int, _ state: StreamState) -> Bool {
        isEnd(at: offset - 17, state) && region.span(offset - 12..<offset).isAllZero
    }

    private func isEnd(at offset: Int, _ state: StreamState) -> Bool {
        guard offset >= 0, region.byte(at: offset) == SectionType.end.rawValue,
            let id = region.bigEndian(UInt32.self, at: offset + 1)
        else { return false }
        return state.handlers[id] != nil
    }

    private func isHeader(at offset: Int) -> Bool {
        guard let header = SectionHeader(region, at: offset), header.size <= limit - offset,
            header.id < Self.numberLimit, header.version < Self.numberLimit, header.name.count > 1
        else { return false }
        let name = region.span(header.name)
        return name[byteAt: 0] != 0x20 && name.isPrintable
    }
}
