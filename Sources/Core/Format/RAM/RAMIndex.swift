import Bytes

/// The places of the bytes of guest pages: the last record of a page wins, and postcopy discards erase.
///
/// A value, which `RAMIndexBuilder` creates while the live part is read.
package struct RAMIndex: Sendable {
    /// A RAM block of the index.
    package struct Block: Sendable {
        package let name: NameID
        /// The size of its guest RAM in bytes.
        package let size: Int
        /// The number of records with a page of this block.
        package internal(set) var sent = 0
        package var pages: BlockPages
        package let mapped: MappedPages?
        /// Another file with the block's pages from the first on, for pages that are not in the stream.
        package internal(set) var backing: (space: Int, pageCount: Int)?

        package init(name: NameID, size: Int, sent: Int = 0, pages: BlockPages, mapped: MappedPages?) {
            self.name = name
            self.size = size
            self.sent = sent
            self.pages = pages
            self.mapped = mapped
        }
    }

    /// A pass over guest RAM, in stream order.
    package struct Pass: Sendable, Equatable {
        /// The offset of its first record, in bytes from the start of the stream.
        package var offset: Int
        /// The number of records by kind.
        package var raw = 0
        package var zero = 0
        package var xbzrle = 0
        package var compressed = 0
        /// The size of all its records in bytes.
        package var bytes = 0

        package init(
            offset: Int, raw: Int = 0, zero: Int = 0, xbzrle: Int = 0, compressed: Int = 0, bytes: Int = 0
        ) {
            self.offset = offset
            self.raw = raw
            self.zero = zero
            self.xbzrle = xbzrle
            self.compressed = compressed
            self.bytes = bytes
        }
    }

    /// The numbers of pages by their final state.
    package struct Counts: Sendable, Equatable {
        package var raw = 0
        package var zero = 0
        package var xbzrle = 0
        package var compressed = 0
        package var absent = 0

        package init(raw: Int = 0, zero: Int = 0, xbzrle: Int = 0, compressed: Int = 0, absent: Int = 0) {
            self.raw = raw
            self.zero = zero
            self.xbzrle = xbzrle
            self.compressed = compressed
            self.absent = absent
        }

        package mutating func add(_ kind: PageEntry.Form, _ count: Int) {
            switch kind {
            case .absent: absent += count
            case .zero: zero += count
            case .raw: raw += count
            case .xbzrle: xbzrle += count
            case .compressed: compressed += count
            }
        }
    }

    /// The size of a guest page in bytes.
    package let pageSize: Int
    package internal(set) var blocks: [Block]
    package internal(set) var passes: [Pass] = []
    /// The spaces for places of pages from other channels: `PageEntry.space`, from 1 on.
    package var spaces: [MappedRegion] = []
    /// The number of runs as sent: records of the same block and kind, with consecutive pages and places.
    package internal(set) var sentRunCount = 0
    package var patches = PatchList()

    package init(
        pageSize: Int, blocks: [Block], passes: [Pass] = [], sentRunCount: Int = 0,
        patches: PatchList = PatchList()
    ) {
        self.pageSize = pageSize
        self.blocks = blocks
        self.passes = passes
        self.sentRunCount = sentRunCount
        self.patches = patches
    }

    /// Returns the state of a page.
    package func entry(block: Int, page: Int, in region: MappedRegion) -> PageEntry {
        guard let mapped = blocks[block].mapped else {
            let entry = blocks[block].pages[page]
            guard entry == .absent, let backing = blocks[block].backing, page < backing.pageCount else {
                return entry
            }
            return PageEntry(.raw, PageEntry.place(page * pageSize, in: backing.space))
        }
        guard let isPresent = mapped.isPresent(page, in: region) else { return .absent }
        guard isPresent else { return PageEntry(.zero, 0) }
        let offset = page * mapped.pageSize
        // The page is after the end of a cut file.
        guard mapped.pageSize <= mapped.pages.count - offset else { return .absent }
        return PageEntry(.raw, mapped.pages.lowerBound + offset)
    }

    /// Returns the bytes to which the place of a page refers; `stream` for pages of the main channel.
    package func region(of entry: PageEntry, stream: MappedRegion) -> MappedRegion {
        let space = entry.space
        return space > 0 && space <= spaces.count ? spaces[space - 1] : stream
    }

    /// Returns the numbers of pages by final state. O(sent pages), / 64 for a block of a mapped-ram file.
    package func counts(block: Int, in region: MappedRegion) -> Counts {
        counts(block: block, pages: 0..<pageCount(block: block), in: region)
    }

    /// Returns the number of pages of a block.
    package func pageCount(block: Int) -> Int { blocks[block].size / pageSize }

    /// Returns the first page at or after `page` that may have been sent; all before it are absent.
    package func nextKept(block: Int, from page: Int) -> Int {
        if page < blocks[block].backing?.pageCount ?? 0 { return page }
        guard let mapped = blocks[block].mapped else { return blocks[block].pages.nextKept(from: page) }
        // Pages without a bit in the bitmap were lost with the end of a cut file.
        return page < mapped.bitmap.count * 8 ? page : max(page, pageCount(block: block))
    }

    /// Returns the numbers of pages by final state. O(sent pages), / 64 for a block of a mapped-ram file.
    package func counts(block: Int, pages: Range<Int>, in region: MappedRegion) -> Counts {
        if let mapped = blocks[block].mapped { return counts(mapped, pages, region) }
        var counts = Counts()
        let backed = pages.clamped(to: 0..<(blocks[block].backing?.pageCount ?? 0))
        blocks[block].pages.tally(backed) { counts.add($0 == .absent ? .raw : $0, $1) }
        blocks[block].pages.tally(max(pages.lowerBound, backed.upperBound)..<pages.upperBound) {
            counts.add($0, $1)
        }
        return counts
    }

    private func counts(_ mapped: MappedPages, _ pages: Range<Int>, _ region: MappedRegion) -> Counts {
        let present = pages.clamped(to: 0..<mapped.pages.count / max(mapped.pageSize, 1))
        let bitmap = mapped.bitmap.clamped(to: 0..<region.count)
        // Words in the host's order, as in `entry`, which reads single bytes; after the end of the file they
        // are zero.
        func word(_ word: Int) -> UInt64 {
            let offset = mapped.bitmap.lowerBound + 8 * word
            guard let bits = region.bigEndian(UInt64.self, at: offset) else {
                return (0..<8).reduce(0) {
                    let shift = UInt64(8 * (mapped.isBigEndian ? 7 - $1 : $1))
                    return $0 | UInt64(region.byte(at: offset + $1) ?? 0) << shift
                }
            }
            return mapped.isBigEndian ? bits : bits.byteSwapped
        }
        let known = pages.clamped(to: 0..<8 * bitmap.count)
        let raw = PageBits.count(present.clamped(to: known), word)
        let zero = known.count - PageBits.count(known, word)
        return Counts(raw: raw, zero: zero, absent: pages.count - raw - zero)
    }

    /// Returns the number of pages that were sent more than once. O(sent pages).
    package func resentCount(block: Int, pages: Range<Int>) -> Int {
        blocks[block].pages.resentCount(pages)
    }

    /// Returns the offset of the content of the first of these pages that has any. O(sent pages).
    package func firstBody(block: Int, pages: Range<Int>, in region: MappedRegion) -> Int? {
        var page = pages.lowerBound
        while page < pages.upperBound {
            if let offset = bodyOffset(block: block, page: page, in: region) { return offset }
            page = nextKept(block: block, from: page + 1)
        }
        return nil
    }

    /// Returns the offset of a page's content in the stream; nil for zero and absent pages.
    package func bodyOffset(block: Int, page: Int, in region: MappedRegion) -> Int? {
        let entry = entry(block: block, page: page, in: region)
        switch entry.kind {
        case .absent, .zero: return nil
        case .raw, .compressed: return entry.space == 0 ? entry.place : nil
        case .xbzrle: return patches[entry.place]?.offset
        }
    }
}
