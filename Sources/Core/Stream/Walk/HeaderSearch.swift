import Bytes
import Format

/// Finds where sections begin when neither a description nor footers say where the ones before them end.
/// Machine types up to 2.2 write neither (hw/i386/pc_piix.c, hw/ppc/spapr.c, QEMU 2.4 to 7.2).
package struct HeaderSearch {
    package let region: MappedRegion
    /// Where sections end.
    package let limit: Int

    package init(region: MappedRegion, limit: Int) {
        self.region = region
        self.limit = limit
    }

    /// Section ids are counted, and versions are small: larger ones are taken for data.
    private static let numberLimit: UInt32 = 1 << 16

    /// The offset of the nearest likely header of a FULL section at or after `start`. O(distance).
    package func header(from start: Int) -> Int? {
        let bytes = region.span
        var offset = start
        while offset < limit {
            if bytes[byteAt: offset] == SectionType.full.rawValue, isHeader(at: offset) { return offset }
            offset += 1
        }
        return nil
    }

    /// The offset of the device section that follows the END of a live section as a whole stream has it; nil
    /// where none does. O(device sections), and `TailWalk.searchLimit` bytes at most.
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
            // What is before another stream has its end there.
            if bytes[byteAt: offset] == UInt8(ascii: "Q"), HeadWalk.begins(region, at: offset) { return nil }
            offset -= 1
        }
        return nil
    }

    // The last word of RAM, after an END header, a zero record or a raw one. A device may end in 10 too.
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

    // The END of spapr/htab when no entry was left: a word, and a chunk of nothing.
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
