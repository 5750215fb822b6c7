import Bytes
import Format

/// The pages that postcopy discards: they were sent, and are stale.
package enum RAMDiscards {
    /// Reads the ranges of a discard command: version byte, counted block name, NUL, then be64 start and be64
    /// length in bytes for each range (migration/savevm.c qemu_savevm_send_postcopy_ram_discard, 7.2 and
    /// 10.0). O(ranges).
    package static func ranges(
        _ region: MappedRegion, _ record: SectionRecord, blocks: [RAMBlock], names: NameTable
    ) -> [(block: Int, bytes: Range<Int>)] {
        let payload = record.offset + CommandSection.headerSize
        guard let length = region.byte(at: payload + 1) else { return [] }
        let name = region.copy(payload + 2..<payload + 2 + Int(length))
        guard let block = blocks.firstIndex(where: { names.bytes($0.name).elementsEqual(name) }) else {
            return []
        }
        let used = blocks[block].usedLength
        var ranges: [(Int, Range<Int>)] = []
        var offset = payload + 3 + Int(length)
        while offset + 16 <= record.end, let start = region.bigEndian(UInt64.self, at: offset),
            let size = region.bigEndian(UInt64.self, at: offset + 8)
        {
            offset += 16
            guard let first = Int(exactly: start), let count = Int(exactly: size), first <= used,
                count <= used - first
            else { continue }
            ranges.append((block, first..<first + count))
        }
        return ranges
    }
}
