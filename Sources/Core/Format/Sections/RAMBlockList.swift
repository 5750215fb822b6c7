import Bytes

/// The body of a START section of `ram`: the list of blocks (migration/ram.c ram_save_setup, 7.2 and 10.0).
package struct RAMBlockList {
    package var blocks: [RAMBlock]
    /// The fields from the MEM_SIZE word to the EOS word.
    package var fields: LayoutBuilder
    /// The fault of a list that could still be read.
    package var mismatch: Mismatch?
    /// Whether the file ends inside the list.
    package var isCut = false

    /// The presence of optional words, from the stream before the list.
    package struct Features {
        /// Whether the configuration has the capability x-ignore-shared, or mapped-ram.
        package var ignoresShared = false
        package var mappedRAM = false
        /// The OR of all block page sizes (POSTCOPY_ADVISE); 0 without it.
        package var advisedPageSizes: UInt64 = 0

        package init(ignoresShared: Bool = false, mappedRAM: Bool = false, advisedPageSizes: UInt64 = 0) {
            self.ignoresShared = ignoresShared
            self.mappedRAM = mappedRAM
            self.advisedPageSizes = advisedPageSizes
        }
    }

    /// The maximum number of blocks; a longer list is not a block list.
    package static let blockLimit = 4096

    /// Reads the list at `offset`. O(blocks).
    ///
    /// Nothing announces huge-page words, so reading without them is tried first. The list must close: the
    /// lengths add up to the announced total, and a sync or EOS word follows.
    package static func read(
        _ region: MappedRegion, at offset: Int, features: Features, table: LayoutTable
    ) throws(Mismatch) -> RAMBlockList {
        do throws(Mismatch) {
            return try read(region, at: offset, features, hugePages: false, table)
        } catch {
            if features.advisedPageSizes.nonzeroBitCount > 1,
                let list = try? read(region, at: offset, features, hugePages: true, table)
            {
                return list
            }
            guard var list = damaged(region, at: offset, features, table) else { throw error }
            list.mismatch = error
            return list
        }
    }

    // Reads a list with a wrong total: blocks continue until EOS is in place of the next one.
    private static func damaged(
        _ region: MappedRegion, at offset: Int, _ features: Features, _ table: LayoutTable
    ) -> RAMBlockList? {
        var reader = BlockListReader(
            region: region, features: features, hugePages: false, start: offset, left: .max)
        reader.fields.leaf("mem_size", "ram word", 8, role: .ram, in: table)
        while !reader.isAtEnd {
            guard (try? reader.block(in: table)) != nil, reader.isPlausible else { return nil }
        }
        guard (try? reader.end(in: table)) != nil else { return nil }
        return RAMBlockList(blocks: reader.blocks, fields: reader.fields)
    }

    private static func read(
        _ region: MappedRegion, at offset: Int, _ features: Features, hugePages: Bool,
        _ table: LayoutTable
    ) throws(Mismatch) -> RAMBlockList {
        guard let word = region.bigEndian(UInt64.self, at: offset), word & 0x3ff == RAMFlag.memSize else {
            throw Mismatch(
                offset: offset, size: 8, expected: "the RAM block list (MEM_SIZE)", found: "other flags")
        }
        var reader = BlockListReader(
            region: region, features: features, hugePages: hugePages, start: offset,
            left: Int(truncatingIfNeeded: word & ~0x3ff))
        reader.fields.leaf("mem_size", "ram word", 8, role: .ram, in: table)
        while reader.left > 0 {
            do throws(Mismatch) {
                try reader.block(in: table)
            } catch {
                guard features.mappedRAM && !reader.blocks.isEmpty || reader.endsInBlock else { throw error }
                reader.cut = error
            }
            // The file ends among the pages; the blocks before are complete.
            if let cut = reader.cut { return Self.cut(cut, reader) }
        }
        do throws(Mismatch) {
            try reader.end(in: table)
        } catch {
            guard region.count - error.offset < 8 else { throw error }
            return Self.cut(error, reader)
        }
        return RAMBlockList(blocks: reader.inHostOrder(), fields: reader.fields)
    }

    private static func cut(_ mismatch: Mismatch, _ reader: BlockListReader) -> RAMBlockList {
        var rest = mismatch
        rest.size = max(reader.region.count - rest.offset, 0)
        return RAMBlockList(blocks: reader.blocks, fields: reader.fields, mismatch: rest, isCut: true)
    }
}

private struct BlockListReader {
    package let region: MappedRegion
    package let features: RAMBlockList.Features
    package let hugePages: Bool
    package let start: Int
    /// The number of bytes of RAM that no block has claimed yet.
    package var left: Int
    package var fields = LayoutBuilder()
    package var blocks: [RAMBlock] = []
    /// The place at which the file ends too early.
    package var cut: Mismatch?
    private var position: Int { start + fields.size }

    package init(
        region: MappedRegion, features: RAMBlockList.Features, hugePages: Bool, start: Int, left: Int
    ) {
        self.region = region
        self.features = features
        self.hugePages = hugePages
        self.start = start
        self.left = left
    }

    package mutating func block(in table: LayoutTable) throws(Mismatch) {
        guard !endsInBlock else { throw mismatch("a complete RAM block entry") }
        guard blocks.count < RAMBlockList.blockLimit, let length = region.byte(at: position),
            let used = region.bigEndian(UInt64.self, at: position + 1 + Int(length)),
            used <= UInt64(left)
        else { throw mismatch("a RAM block whose length fits the total of \(Hex.offset(left)) left") }
        let name = table.names.intern(region.copy(position + 1..<position + 1 + Int(length)))
        var entry = LayoutBuilder()
        entry.leaf("idstr", "counted text", 1 + Int(length), role: .ram, in: table)
        entry.leaf("used_length", "uint64", 8, role: .ram, in: table)
        if hugePages, isPageSize(at: position + entry.size) {
            entry.leaf("page_size", "uint64", 8, role: .ram, in: table)
        }
        if features.ignoresShared { entry.leaf("address", "uint64", 8, role: .ram, in: table) }
        var block = RAMBlock(name: name, usedLength: Int(used))
        if features.mappedRAM {
            let header = region.count - position - entry.size
            if header < Self.mappedHeaderSize {
                block.mapped = cutHeader(&entry, of: header, in: table)
            } else {
                block.mapped = try mappedRAM(&entry, used: Int(used), in: table)
            }
        }
        guard entry.size <= region.count - position else { throw mismatch("a complete RAM block entry") }
        left -= Int(used)
        blocks.append(block)
        let layout = entry.body(in: table)
        fields.append(
            Item(
                name: name, type: table.type(named: "RAM block"), role: .ram, child: layout,
                stride: entry.size))
    }

    // Whether the word is a power of two that POSTCOPY_ADVISE announced.
    private func isPageSize(at offset: Int) -> Bool {
        guard let value = region.bigEndian(UInt64.self, at: offset) else { return false }
        return value.nonzeroBitCount == 1 && value & features.advisedPageSizes != 0
    }

    /// The size of a MappedRamHeader, and the alignment of pages in the file, in bytes (migration/ram.c, 9.0
    /// to 11.1).
    private static let mappedHeaderSize = 28
    private static let mappedAlignment = 1 << 20

    // If the file ends inside a header, the block's pages are unknown.
    private mutating func cutHeader(
        _ entry: inout LayoutBuilder, of size: Int, in table: LayoutTable
    ) -> MappedPages {
        cut = mismatch("\(Self.mappedHeaderSize) bytes of a mapped-ram header; the file has \(size)")
        if size > 0 { entry.leaf("rest", "padding", size, role: .padding, in: table) }
        return MappedPages(
            pageSize: 4096, bitmap: region.count..<region.count, pages: region.count..<region.count)
    }

    // Nil for shared memory, which is not in the file (11.1).
    private mutating func mappedRAM(
        _ entry: inout LayoutBuilder, used: Int, in table: LayoutTable
    ) throws(Mismatch) -> MappedPages? {
        let header = position + entry.size
        guard let version = region.bigEndian(UInt32.self, at: header), version == 1,
            let pageSize = region.bigEndian(UInt64.self, at: header + 4), pageSize.nonzeroBitCount == 1,
            (512...1 << 30).contains(pageSize),
            let bitmapOffset = region.bigEndian(UInt64.self, at: header + 12),
            let pagesOffset = region.bigEndian(UInt64.self, at: header + 20)
        else { throw mismatch("a mapped-ram header of version 1") }
        func words(in entry: inout LayoutBuilder) {
            for (name, size) in [("version", 4), ("page_size", 8), ("bitmap_offset", 8), ("pages_offset", 8)]
            {
                entry.leaf(name, size == 4 ? "uint32" : "uint64", size, role: .ram, in: table)
            }
        }
        if features.ignoresShared, bitmapOffset == 0, pagesOffset == 0 {
            words(in: &entry)
            return nil
        }
        let pageCount = used / Int(pageSize)
        let bitmapSize = (pageCount + 63) / 64 * 8
        // Both are offsets in the file that QEMU wrote; a prefix shifts all of them.
        let shift = Int(truncatingIfNeeded: bitmapOffset) &- (header + Self.mappedHeaderSize)
        let pages = Int(truncatingIfNeeded: pagesOffset) &- shift
        let start = header + Self.mappedHeaderSize
        guard pages >= start + bitmapSize,
            pages <= region.count || isAligned(bitmapOffset, pagesOffset, bitmapSize)
        else {
            throw mismatch("a mapped-ram block that ends inside the file")
        }
        let stored = max(min(used, region.count - pages), 0)
        if stored < used { cut = mismatch("\(used) bytes of pages; the file has \(stored)") }
        words(in: &entry)
        // Only complete words of the bitmap.
        let bitmap = start..<start + min(bitmapSize, (region.count - start) / 8 * 8)
        if !bitmap.isEmpty { entry.leaf("bitmap", "page bitmap", bitmap.count, role: .ram, in: table) }
        let hole = min(pages, region.count) - bitmap.upperBound
        if hole > 0 { entry.leaf("alignment", "padding", hole, role: .padding, in: table) }
        let whole = stored / Int(pageSize)
        entry.array("pages", "page", count: whole, stride: Int(pageSize), role: .ram, in: table)
        let rest = stored - whole * Int(pageSize)
        if rest > 0 { entry.leaf("rest", "padding", rest, role: .padding, in: table) }
        return MappedPages(
            pageSize: Int(pageSize), bitmap: bitmap, pages: pages..<pages + stored)
    }

    // Whether the pages begin at the first multiple of the alignment after the bitmap.
    private func isAligned(_ bitmap: UInt64, _ pages: UInt64, _ size: Int) -> Bool {
        let end = Int(clamping: bitmap) + size
        return pages < 1 << 52 && Int(clamping: pages) - end < Self.mappedAlignment
            && Int(clamping: pages) % Self.mappedAlignment == 0
    }

    /// Returns the blocks with the byte order in which the host wrote the words of their bitmaps. Only the
    /// bits after the last page, which must be clear, reveal it.
    package func inHostOrder() -> [RAMBlock] {
        let tails = blocks.compactMap { block -> (word: UInt64, unused: UInt64)? in
            guard let mapped = block.mapped, block.usedLength / mapped.pageSize % 64 != 0,
                let word = region.bigEndian(UInt64.self, at: mapped.bitmap.upperBound - 8)
            else { return nil }
            return (word, ~0 << UInt64(block.usedLength / mapped.pageSize % 64))
        }
        let isLittle = tails.allSatisfy { $0.word.byteSwapped & $0.unused == 0 }
        guard !isLittle, tails.allSatisfy({ $0.word & $0.unused == 0 }) else { return blocks }
        return blocks.map { block in
            var block = block
            block.mapped?.isBigEndian = true
            return block
        }
    }

    /// Whether the file ends before the length of the next block.
    package var endsInBlock: Bool {
        guard let length = region.byte(at: position) else { return position >= region.count }
        return region.count - position < 9 + Int(length)
    }

    /// Whether the last block is plausible: whole pages, within physical addresses of 52 bits.
    package var isPlausible: Bool {
        blocks.last.map { $0.usedLength % 1024 == 0 && $0.usedLength <= 1 << 52 } ?? false
    }

    package var isAtEnd: Bool { region.bigEndian(UInt64.self, at: position) == RAMFlag.eos }

    /// Reads sync words, then EOS.
    package mutating func end(in table: LayoutTable) throws(Mismatch) {
        while region.bigEndian(UInt64.self, at: position) == RAMFlag.multifdFlush {
            fields.leaf("multifd_flush", "ram word", 8, role: .ram, in: table)
        }
        // The loader checks only the flags of the word; pages have at least 1 KiB.
        guard let word = region.bigEndian(UInt64.self, at: position), word & 0x3ff == RAMFlag.eos else {
            throw mismatch("EOS after the RAM block list")
        }
        fields.leaf("eos", "ram word", 8, role: .ram, in: table)
    }

    private func mismatch(_ expected: String) -> Mismatch {
        let found = Hex.dump(
            region.copy(min(position, region.count)..<min(position.addingSaturated(8), region.count)))
        return Mismatch(
            offset: position, size: 8, expected: expected, found: found.isEmpty ? "the end" : found)
    }
}
