import Bytes
import Stream

/// The hash page table of a pseries guest, from the sections of `spapr/htab`, and the segments of a CPU
/// (Power ISA 2.07 book III-S 5.7; QEMU target/ppc/mmu-hash64.c, 7.2).
package struct PowerHash: Sendable {
    /// A segment buffer entry.
    package struct Segment: Sendable, Equatable {
        package var effective: UInt64
        package var virtual: UInt64

        package var isValid: Bool { effective & 0x0800_0000 != 0 }
        /// Whether the segment has 1 TiB instead of 256 MiB.
        package var isLarge: Bool { virtual >> 62 & 3 == 1 }
        package var shift: UInt64 { isLarge ? 40 : 28 }

        package func holds(_ address: UInt64) -> Bool { isValid && effective >> shift == address >> shift }

        /// The base-2 logarithm of its base page size: 12, 16 or 24; nil for a size that QEMU does not
        /// support.
        package var pageShift: Int? {
            switch virtual & 0x130 {
            case 0: 12
            case 0x110: 16
            case 0x100: 24
            default: nil
            }
        }
    }

    package let table: HashTable
    package let segments: [Segment]

    // The page sizes and their encodings in the entry's second doubleword, by the bits of the base page.
    private static let encodings: [Int: [(shift: Int, code: UInt64)]] = [
        12: [(12, 0), (16, 0x7), (24, 0x38)], 16: [(16, 0x1), (24, 0x8)], 24: [(24, 0)],
    ]

    package func translate(_ virtual: UInt64) throws(PageFault) -> PageMapping {
        guard let segment = segments.first(where: { $0.holds(virtual) }), let base = segment.pageShift else {
            throw PageFault(
                "no segment of the CPU contains this address",
                remaining: 1 << 28 - virtual & (1 << 28 - 1))
        }
        let inside = virtual & (1 << segment.shift - 1) & ~(1 << UInt64(base) - 1)
        let number = (segment.virtual & 0x3fff_ffff_ffff_f000) >> (segment.isLarge ? 24 : 12)
        let hash = (segment.isLarge ? number ^ number << 25 : number) ^ inside >> UInt64(base)
        let wanted = segment.virtual & 0xffff_ffff_ffff_f000 | inside >> 16 & 0x3fff_ffff_ffff_ff80 | 1
        // The primary group, then the secondary one.
        for (hash, mark) in [(hash, 0 as UInt64), (~hash, 2)] {
            for slot in 0..<8 {
                guard let entry = table.entry(Int(hash & table.groupMask) * 8 + slot),
                    (entry.first ^ (wanted | mark)) & 0xffff_ffff_ffff_ff83 == 0,
                    let shift = Self.pageShift(entry, base)
                else { continue }
                return PageMapping(base: entry.second & 0x0fff_ffff_ffff_f000, address: virtual, shift: shift)
            }
        }
        throw PageFault(
            "the hash page table has no entry for this address",
            remaining: 1 << UInt64(base) - virtual & (1 << UInt64(base) - 1))
    }

    private static func pageShift(_ entry: HashTable.Run, _ base: Int) -> Int? {
        guard entry.first & 4 != 0 else { return base == 12 ? 12 : nil }
        return encodings[base]?.first { size, code in
            let mask = (1 << UInt64(size) - 1) & 0x0fff_ffff_ffff_f000 as UInt64
            return entry.second & mask == code << 12
        }?.shift
    }
}

/// The entries from the sections of `spapr/htab`; the last one wins.
package struct HashTable: Sendable {
    package struct Run: Sendable, Equatable {
        package var first: UInt64
        package var second: UInt64

        package init(first: UInt64, second: UInt64) {
            self.first = first
            self.second = second
        }
    }

    /// Consecutive entries: valid ones with bytes from `offset` on, then invalid ones.
    private struct Chunk: Sendable {
        package var first: Int
        package var valid: Int
        package var invalid: Int
        /// In bytes from the start of the stream.
        package var offset: Int
    }

    private let region: MappedRegion
    private let chunks: [Chunk]
    /// The number of groups of 8 entries, minus 1.
    package let groupMask: UInt64

    private static let chunkLimit = 1 << 20

    /// Nil if the guest has no such table. Reads the live part. O(chunks).
    package init?(_ document: Document) {
        document.openLivePart()
        let sections = document.store.checkedSections().filter { $0.name == "spapr/htab" }
        guard let start = sections.first(where: { $0.record.kind == .start }),
            let shift = document.store.region.bigEndian(UInt32.self, at: start.bodyOffset),
            (18...46).contains(shift)
        else { return nil }
        region = document.store.region
        groupMask = 1 << UInt64(shift - 7) - 1
        var chunks: [Chunk] = []
        for section in sections where section.record.kind != .start {
            var position = section.bodyOffset + 4
            while position + 8 <= section.bodyEnd, chunks.count < Self.chunkLimit,
                let index = region.bigEndian(UInt32.self, at: position),
                let valid = region.bigEndian(UInt16.self, at: position + 4),
                let invalid = region.bigEndian(UInt16.self, at: position + 6), valid > 0 || invalid > 0
            {
                chunks.append(
                    Chunk(first: Int(index), valid: Int(valid), invalid: Int(invalid), offset: position + 8))
                position += 8 + Int(valid) * 16
            }
        }
        self.chunks = chunks
    }

    /// Returns an entry by number; nil if it is not valid. O(chunks).
    package func entry(_ number: Int) -> Run? {
        let last = chunks.last { $0.first <= number && number < $0.first + $0.valid + $0.invalid }
        guard let last, number < last.first + last.valid else { return nil }
        let offset = last.offset + (number - last.first) * 16
        guard let first = region.bigEndian(UInt64.self, at: offset),
            let second = region.bigEndian(UInt64.self, at: offset + 8)
        else { return nil }
        return Run(first: first, second: second)
    }
}
