import Bytes

/// The flags of the word at the start of each RAM record (migration/ram.c RAM_SAVE_FLAG_*, 7.2 and 10.0).
package enum RAMFlag {
    package static let zero: UInt64 = 0x02
    package static let memSize: UInt64 = 0x04
    package static let page: UInt64 = 0x08
    package static let eos: UInt64 = 0x10
    package static let cont: UInt64 = 0x20
    package static let xbzrle: UInt64 = 0x40
    package static let hook: UInt64 = 0x80
    package static let compressPage: UInt64 = 0x100
    package static let multifdFlush: UInt64 = 0x200
}

/// The kind of content of a RAM record.
package enum RAMRecordKind: UInt8, Sendable {
    case zero, raw, xbzrle, compressed, eos, flush
    /// An RDMA record: only the word is in the stream, the pages were transferred separately
    /// (migration/rdma.c, 7.2 and 10.0).
    case hook

    /// The word that the tree shows.
    package var label: String {
        switch self {
        case .zero: "zero"
        case .raw: "raw"
        case .xbzrle: "xbzrle"
        case .compressed: "compressed"
        case .eos: "eos"
        case .flush: "multifd_flush"
        case .hook: "hook"
        }
    }
}

/// A record of a RAM section. Offsets and sizes are in bytes.
package struct RAMRecord: Sendable, Equatable {
    package var kind: RAMRecordKind
    /// The offset of the page in its block.
    package var address: Int
    /// The number of its block in the block list; -1 for records without a page.
    package var block: Int
    /// The size of the counted block name; 0 if the record carries CONTINUE.
    package var nameSize: Int
    /// The size after the word and the name.
    package var bodySize: Int

    /// The size of the whole record: word, name, body.
    package var size: Int { 8 + nameSize + bodySize }
}

/// A block of the RAM block list.
package struct RAMBlock: Sendable {
    package var name: NameID
    /// The size of the block's RAM in bytes.
    package var usedLength: Int
    /// The place of the pages in a mapped-ram file, in bytes from the start of the stream.
    package var mapped: MappedPages?
}

/// The fixed place of a block's pages in a mapped-ram file (migration/ram.c MappedRamHeader, 9.0).
package struct MappedPages: Sendable {
    package var pageSize: Int
    package var bitmap: Range<Int>
    package var pages: Range<Int>
    /// Whether the words of the bitmap are big-endian; then bit 0 of the last of 8 bytes is the first page.
    package var isBigEndian = false

    /// Returns whether the bit of a page is set; nil outside the bitmap.
    package func isPresent(_ page: Int, in region: MappedRegion) -> Bool? {
        let byte = isBigEndian ? page / 64 * 8 + 7 - page % 64 / 8 : page / 8
        guard page >= 0, byte < bitmap.count, let bits = region.byte(at: bitmap.lowerBound + byte) else {
            return nil
        }
        return bits >> (page % 8) & 1 == 1
    }
}

/// Reads consecutive RAM records.
///
/// Holds the state that lasts across sections: the block that CONTINUE refers to.
package struct RAMReader: Sendable {
    package let pageSize: Int
    package let blocks: [RAMBlock]
    private let names: [[UInt8]]
    package private(set) var lastBlock: Int?

    package init(pageSize: Int, blocks: [RAMBlock], names: NameTable, lastBlock: Int? = nil) {
        self.pageSize = pageSize
        self.blocks = blocks
        self.names = blocks.map { Array(names.bytes($0.name)) }
        self.lastBlock = lastBlock
    }

    /// Returns the length of a block's name in bytes.
    package func nameLength(_ block: Int) -> Int { names[block].count }

    /// Continues at a section at whose start CONTINUE refers to `lastBlock`.
    package mutating func resume(lastBlock: Int?) { self.lastBlock = lastBlock }

    /// Returns the record at `offset`, which must not end after `limit`. O(1).
    ///
    /// - Throws: `Mismatch` if no record can be there; the state is then unchanged.
    package mutating func read(_ region: MappedRegion, at offset: Int, limit: Int) throws(Mismatch)
        -> RAMRecord
    {
        guard limit - offset >= 8, let word = region.bigEndian(UInt64.self, at: offset) else {
            throw mismatch(offset, "a RAM record of 8 bytes or more", "\(max(0, limit - offset)) bytes left")
        }
        let flags = word & UInt64(pageSize - 1)
        switch flags {
        case RAMFlag.eos: return RAMRecord(kind: .eos, address: 0, block: -1, nameSize: 0, bodySize: 0)
        case RAMFlag.multifdFlush:
            return RAMRecord(kind: .flush, address: 0, block: -1, nameSize: 0, bodySize: 0)
        // RDMA writes no other flag with it (migration/rdma.c, 7.2 to 11.1); with other flags it is damage.
        case RAMFlag.hook where word == RAMFlag.hook:
            return RAMRecord(kind: .hook, address: 0, block: -1, nameSize: 0, bodySize: 0)
        default: break
        }
        let (block, nameSize) = try owner(region, flags: flags, at: offset, limit: limit)
        let body = offset + 8 + nameSize
        let (kind, size) = try content(region, flags: flags, at: body)
        guard size <= limit - body else {
            throw mismatch(offset, "\(size) bytes of page", "\(max(0, limit - body)) bytes left")
        }
        let address = Int(truncatingIfNeeded: word & ~UInt64(pageSize - 1))
        guard address >= 0, address <= blocks[block].usedLength - pageSize else {
            throw mismatch(
                offset, "an offset below \(Hex.offset(blocks[block].usedLength))", "0x" + Hex.digits(word))
        }
        lastBlock = block
        return RAMRecord(kind: kind, address: address, block: block, nameSize: nameSize, bodySize: size)
    }

    /// Returns the offset at which reading continues after the lost bytes of `gap`: the first record that two
    /// others follow, or that one follows before more lost bytes. A record without a name must continue the
    /// pages of the last one, because the record that named another block may be lost. Nil if there is none
    /// nearby. `last` is the last record and its end. O(page size) for each range of lost bytes near the
    /// previous one.
    package func offset(
        after gap: Range<Int>, of lost: LostRanges, last: (record: RAMRecord, end: Int),
        in region: MappedRegion,
        limit: Int
    ) -> Int? {
        var first = gap.upperBound
        for _ in 0..<Self.mostGaps {
            // The size of a page and the longest header.
            let end = max(min(first + pageSize + 8 + 256 + 8, limit), first)
            if let found = offset(in: first..<end, lost, last, region, limit) { return found }
            guard let next = lost.touching(first..<end + pageSize + 8).last, next.upperBound > first else {
                return nil
            }
            first = next.upperBound
        }
        return nil
    }

    private static let mostGaps = 64

    // The size of the largest block; no page is after it.
    var largestBlock: UInt64 { UInt64(clamping: blocks.map(\.usedLength).max() ?? 0) }

    // Returns whether a page record, or the end of a section, may begin with `word`. Reading a wrong one
    // is much slower.
    func mayBegin(_ word: UInt64, _ largest: UInt64) -> Bool {
        guard word != RAMFlag.eos else { return true }
        guard word < largest else { return false }
        switch word & UInt64(pageSize - 1) & ~RAMFlag.cont {
        case RAMFlag.page, RAMFlag.zero, RAMFlag.xbzrle, RAMFlag.compressPage: return true
        default: return false
        }
    }

    private func offset(
        in range: Range<Int>, _ lost: LostRanges, _ last: (record: RAMRecord, end: Int),
        _ region: MappedRegion,
        _ limit: Int
    ) -> Int? {
        let largest = largestBlock
        for offset in range {
            guard let word = region.bigEndian(UInt64.self, at: offset), mayBegin(word, largest) else {
                continue
            }
            var trial = self
            guard let record = try? trial.read(region, at: offset, limit: limit),
                lost.touching(offset..<offset + 8 + record.nameSize).isEmpty
            else { continue }
            if record.block < 0 {
                if record.kind == .eos, region.byte(at: offset + 8) == 0x7e { return offset }
                continue
            }
            guard
                record.nameSize > 0
                    || record.block == last.record.block && record.address > last.record.address
            else { continue }
            let isNear = record.nameSize > 0 || isLater(record, than: last.record, in: offset - last.end)
            let (count, isCut) = trial.followers(record, offset + record.size, lost, region, limit)
            let isSure =
                count == 1 || record.nameSize > 0 || isAt(record, offset - last.end, after: last.record)
            if count == 2 || isCut && isNear && isSure { return offset }
        }
        return nil
    }

    // Returns the number of records that follow one, up to 2, and whether lost bytes hide more. Each must
    // hold a later page or name another block; the end of the section also counts.
    mutating func followers(
        _ record: RAMRecord, _ start: Int, _ lost: LostRanges, _ region: MappedRegion, _ limit: Int
    ) -> (count: Int, isCut: Bool) {
        var (before, next) = (record, start)
        for count in 0..<2 {
            guard next < limit else { return (2, false) }
            guard lost.touching(next..<next + 8).isEmpty else { return (count, true) }
            guard let other = try? read(region, at: next, limit: limit) else { return (count, false) }
            if other.kind == .eos { return region.byte(at: next + 8) == 0x7e ? (2, false) : (count, false) }
            if other.kind == .flush {
                next += other.size
                continue
            }
            guard other.block >= 0,
                other.nameSize > 0 || other.block == before.block && other.address > before.address
            else { return (count, false) }
            before = other
            next += other.size
        }
        return (2, false)
    }

    // Whether consecutive raw pages fill the `distance` from the end of `last` to `record` completely.
    private func isAt(_ record: RAMRecord, _ distance: Int, after last: RAMRecord) -> Bool {
        guard let stride = stride(.raw), record.kind == .raw, distance % stride == 0 else { return false }
        return record.address == last.address + (distance / stride + 1) * pageSize
    }

    // Whether `record` may follow `last` in its block, with `distance` bytes of other pages between them.
    private func isLater(_ record: RAMRecord, than last: RAMRecord, in distance: Int) -> Bool {
        let pages = (record.address - last.address) / pageSize
        return record.block == last.block && pages > 0 && pages <= distance / 9 + 1
    }

    /// Returns the number of records that follow `record`, which is at `offset`, with the same block and kind
    /// and with consecutive pages. Each begins before `end` and does not end after `limit`. 0 for kinds of
    /// varying size. O(result).
    ///
    /// Each header is read, because page content may look like one.
    package func followers(
        of record: RAMRecord, in region: MappedRegion, at offset: Int, before end: Int, limit: Int,
        atMost: Int
    )
        -> Int
    {
        guard record.block >= 0, let stride = stride(record.kind) else { return 0 }
        let first = offset + record.size
        let room = (limit - first) / stride
        let pages = (blocks[record.block].usedLength - record.address) / pageSize - 1
        let most = min(room, pages, (end - first + stride - 1) / stride, atMost)
        guard most > 0 else { return 0 }
        let span = region.span(first..<first + most * stride)
        let flags = RAMFlag.cont | (record.kind == .raw ? RAMFlag.page : RAMFlag.zero)
        var word = UInt64(record.address) | flags
        var count = 0
        while count < most {
            word &+= UInt64(pageSize)
            let next = span.unsafeLoadUnaligned(fromByteOffset: count &* stride, as: UInt64.self)
            guard UInt64(bigEndian: next) == word else { break }
            count &+= 1
        }
        return count
    }

    /// Returns the size in bytes of a record with CONTINUE; nil for kinds of varying size.
    package func stride(_ kind: RAMRecordKind) -> Int? {
        switch kind {
        case .raw: 8 + pageSize
        case .zero: 9
        case .xbzrle, .compressed, .eos, .flush, .hook: nil
        }
    }

    private func owner(
        _ region: MappedRegion, flags: UInt64, at offset: Int, limit: Int
    ) throws(Mismatch) -> (block: Int, nameSize: Int) {
        if flags & RAMFlag.cont != 0 {
            guard let lastBlock else {
                throw mismatch(offset, "a block name before the first CONTINUE", "CONTINUE")
            }
            return (lastBlock, 0)
        }
        guard let length = region.byte(at: offset + 8), Int(length) < limit - offset - 8 else {
            throw mismatch(offset, "a RAM block name", "flags 0x" + Hex.digits(flags))
        }
        for (index, name) in names.enumerated()
        where name.count == Int(length) && region.matches(name, at: offset + 9) {
            return (index, 1 + name.count)
        }
        let name = region.copy(offset + 9..<offset + 9 + Int(length))
        throw mismatch(offset, "the name of a RAM block", "\"" + DisplayText.escaped(bytes: name) + "\"")
    }

    private func content(
        _ region: MappedRegion, flags: UInt64, at body: Int
    ) throws(Mismatch) -> (RAMRecordKind, Int) {
        switch flags & ~RAMFlag.cont {
        case RAMFlag.page: return (.raw, pageSize)
        case RAMFlag.zero: return (.zero, 1)
        case RAMFlag.xbzrle:
            guard let length = region.bigEndian(UInt16.self, at: body + 1), Int(length) <= pageSize else {
                throw mismatch(body, "at most \(pageSize) bytes of XBZRLE", "more")
            }
            return (.xbzrle, 3 + Int(length))
        case RAMFlag.compressPage:
            // A generous bound on zlib's compressBound.
            let bound = pageSize + pageSize / 1000 + 64
            guard let length = region.bigEndian(UInt32.self, at: body), Int(length) <= bound else {
                throw mismatch(body, "at most \(bound) bytes of a compressed page", "more")
            }
            return (.compressed, 4 + Int(length))
        default:
            throw mismatch(body - 8, "the flags of a RAM record", "0x" + Hex.digits(flags))
        }
    }

    private func mismatch(_ offset: Int, _ expected: String, _ found: String) -> Mismatch {
        Mismatch(offset: offset, size: 8, expected: expected, found: found)
    }
}
