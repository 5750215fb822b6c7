import Bytes
import Format
import Memory
import Stream

/// Writes RAM blocks in the form of a mapped-ram file: a header, a bitmap of the present pages, and the pages
/// at fixed offsets (migration/ram.c, 9.0 to 11.1).
package struct MappedRAMPages {
    private let region: MappedRegion
    private let index: RAMIndex
    private let plan: RAMPlan
    private let reader: PageReader
    private let pageSize: Int

    // The alignment of pages (migration/ram.c MAPPED_RAM_FILE_OFFSET_ALIGNMENT).
    private static let alignment = 1 << 20

    // The maximum number of pages; no machine has more: 16 TiB in pages of 4 KiB.
    private static let pageLimit = 1 << 32

    // The size in bytes of a piece of the bitmap, which grows with the guest's memory.
    private static let pieceSize = 1 << 16

    package init(_ region: MappedRegion, _ index: RAMIndex, _ plan: RAMPlan) {
        self.region = region
        self.index = index
        self.plan = plan
        reader = PageReader(region: region, index: index)
        pageSize = index.pageSize
    }

    // The ranges of a block whose header is at `start`, in bytes of the file.
    private struct Places {
        var bitmap: Range<Int>
        var pages: Range<Int>

        init(_ start: Int, pageCount: Int, size: Int) {
            let bitmapStart = start + 28
            bitmap = bitmapStart..<bitmapStart + (pageCount + 63) / 64 * 8
            let first = (bitmap.upperBound + alignment - 1) / alignment * alignment
            pages = first..<first + size
        }
    }

    /// Returns the end of a block whose header is at `start`.
    package func end(of number: Int, at start: Int) -> Int {
        let size = plan.blocks[number].size
        return Places(start, pageCount: size / pageSize, size: size).pages.upperBound
    }

    /// Writes header, bitmap and pages of a block, and returns the offset of the next one. O(sent pages).
    package func write(
        _ number: Int, at start: Int, to sink: inout some PieceSink
    ) throws(EditError) -> Int {
        let block = plan.blocks[number]
        let count = block.size / pageSize
        guard count <= Self.pageLimit else {
            throw EditError("a RAM block has \(count) pages, more than a mapped-ram file can hold")
        }
        let places = Places(start, pageCount: count, size: block.size)
        var header = FrameBytes.bigEndian(UInt32(1)) + FrameBytes.bigEndian(UInt64(pageSize))
        header += FrameBytes.bigEndian(UInt64(places.bitmap.lowerBound))
        header += FrameBytes.bigEndian(UInt64(places.pages.lowerBound))
        try sink.put(header)
        try bitmap(block, count, &sink)
        try sink.skip(places.pages.lowerBound - places.bitmap.upperBound)
        try pages(block, &sink)
        return places.pages.upperBound
    }

    private func bitmap(
        _ block: RAMPlan.Block, _ count: Int, _ sink: inout some PieceSink
    ) throws(EditError) {
        var kept = KeptPages(block, plan, index, region, pageSize)
        var next = kept.next()
        for start in stride(from: 0, to: count, by: Self.pieceSize * 8) {
            let pageCount = min(Self.pieceSize * 8, count - start)
            var bits = [UInt8](repeating: 0, count: (pageCount + 63) / 64 * 8)
            while let page = next?.page, page < start + pageCount {
                bits[(page - start) / 8] |= 1 << UInt8((page - start) % 8)
                next = kept.next()
            }
            if bits.allSatisfy({ $0 == 0 }) { try sink.skip(bits.count) } else { try sink.put(bits) }
        }
    }

    private func pages(_ block: RAMPlan.Block, _ sink: inout some PieceSink) throws(EditError) {
        var kept = KeptPages(block, plan, index, region, pageSize)
        // The size written so far, and the next range of the source.
        var done = 0
        var pending = 0..<0
        while let next = kept.next() {
            let isNext = (next.page * pageSize) == done + pending.count
            if case .raw(let place) = next.content, isNext, pending.upperBound == place {
                pending = pending.lowerBound..<place + pageSize
                continue
            }
            done += try copy(pending, &sink)
            pending = 0..<0
            try sink.skip(next.page * pageSize - done)
            done = next.page * pageSize
            switch next.content {
            case .raw(let place): pending = place..<place + pageSize
            case .made(let bytes):
                try sink.put(bytes)
                done += bytes.count
            case .packed(let number, let page):
                guard case .bytes(let bytes) = reader.content(block: number, page: page) else {
                    throw EditError(
                        "page \(Hex.offset(page * pageSize)) of \(DisplayText.escaped(bytes: block.name)) can't be decompressed"
                    )
                }
                try sink.put(bytes)
                done += pageSize
            }
        }
        done += try copy(pending, &sink)
        try sink.skip(block.size - done)
    }

    private func copy(_ range: Range<Int>, _ sink: inout some PieceSink) throws(EditError) -> Int {
        guard !range.isEmpty else { return 0 }
        guard range.upperBound <= region.count else {
            throw EditError("pages at \(Hex.offset(range.lowerBound)) are cut off; try: migscope check")
        }
        try sink.copy(region, range)
        return range.count
    }
}

/// The pages of a block that are neither zero nor absent, in the order of their places.
private struct KeptPages {
    enum Content {
        /// The offset in bytes from the start of the source.
        case raw(Int)
        case made([UInt8])
        case packed(block: Int, page: Int)
    }

    private let block: RAMPlan.Block
    private let plan: RAMPlan
    private let index: RAMIndex
    private let region: MappedRegion
    private let pageSize: Int
    private let made: [(page: Int, bytes: [UInt8])]
    private var piece = 0
    private var page: Int?
    private var number = 0

    init(
        _ block: RAMPlan.Block, _ plan: RAMPlan, _ index: RAMIndex, _ region: MappedRegion, _ pageSize: Int
    ) {
        self.block = block
        self.plan = plan
        self.index = index
        self.region = region
        self.pageSize = pageSize
        made = plan.leavesPagesOut ? plan.replaced(in: block, pageSize) : []
    }

    mutating func next() -> (page: Int, content: Content)? {
        if plan.leavesPagesOut {
            guard number < made.count else { return nil }
            defer { number += 1 }
            return (made[number].page, .made(made[number].bytes))
        }
        while piece < block.pieces.count {
            let own = block.pieces[piece]
            if index.blocks.indices.contains(own.source) {
                let pages = own.pages(in: block, index)
                while true {
                    let next = index.nextKept(block: own.source, from: page ?? pages.lowerBound)
                    guard next < pages.upperBound else { break }
                    page = next + 1
                    let entry = index.entry(block: own.source, page: next, in: region)
                    let place = next + (own.place - own.offset) / pageSize
                    switch entry.kind {
                    case .absent, .zero: continue
                    // The stream's bytes do not contain a page from a channel, or from a block's file.
                    case .raw where entry.space == 0: return (place, .raw(entry.place))
                    case .raw, .xbzrle, .compressed: return (place, .packed(block: own.source, page: next))
                    }
                }
            }
            piece += 1
            page = nil
        }
        return nil
    }
}
