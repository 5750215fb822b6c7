import Bytes

/// Builds a `RAMIndex` from RAM records in stream order.
///
/// A value, so that the walk over the live part can carry it and no record is read twice.
package struct RAMPageCollector: Sendable {
    /// The index so far, without the current run.
    package private(set) var index: RAMIndex
    private var run: (block: Int, run: PageRun)?
    private var lastPage = (block: -1, page: -1)
    private var isClosed = false

    /// The maximum number of XBZRLE records that are kept (16 bytes each); pages with later ones count as
    /// absent.
    private static let patchLimit = 1 << 23
    /// A step back by more pages than this begins a new pass; worker threads reorder fewer.
    private static let passTolerance = 64

    /// For `spaces`, see `RAMIndex`.
    package init(blocks: [RAMBlock], pageSize: Int, spaces: [MappedRegion] = []) {
        index = RAMIndex(
            pageSize: pageSize,
            blocks: blocks.map { block in
                RAMIndex.Block(
                    name: block.name, size: block.usedLength,
                    pages: BlockPages(pageCount: block.mapped == nil ? block.usedLength / pageSize : 0),
                    mapped: block.mapped)
            })
        index.spaces = spaces
    }

    /// Registers `region`, a file, as the RAM of a block from its first page on. O(1).
    package mutating func back(_ block: Int, by region: MappedRegion) {
        guard index.blocks.indices.contains(block), index.blocks[block].mapped == nil else { return }
        index.spaces.append(region)
        let pageCount = min(region.count / index.pageSize, index.pageCount(block: block))
        index.blocks[block].backing = (index.spaces.count, pageCount)
    }

    /// Adds the record at `offset` and the adjacent ones of its kind: `count` in total, `stride` bytes apart.
    /// O(pages / 512).
    package mutating func add(_ record: RAMRecord, at offset: Int, count: Int = 1, stride: Int = 0) {
        guard record.block >= 0, !isClosed else { return }
        let page = record.address / index.pageSize
        let body = offset + 8 + record.nameSize
        note(record, page, at: offset, count: count, stride: stride)
        index.blocks[record.block].sent += count
        switch record.kind {
        case .zero:
            extend(record.block, PageRun(firstPage: page, count: count, kind: .zero, place: 0, stride: 0))
        case .raw:
            extend(
                record.block,
                PageRun(
                    firstPage: page, count: count, kind: .raw, place: body, stride: index.pageSize + 8))
        case .compressed:
            endRun()
            insert(
                record.block, PageRun(firstPage: page, count: 1, kind: .compressed, place: body, stride: 0))
        case .xbzrle: patch(record.block, page, body: body)
        case .eos, .flush, .hook: break
        }
    }

    /// Begins a pass whose pages come over other channels.
    package mutating func beginPass(at offset: Int) {
        endRun()
        guard !isClosed else { return }
        index.passes.append(RAMIndex.Pass(offset: offset))
        lastPage = (-1, -1)
    }

    /// Adds raw and zero pages that came over another channel. O(pages / 512).
    package mutating func add(_ run: PageRun, block: Int) {
        guard !isClosed, index.blocks.indices.contains(block), run.firstPage >= 0,
            run.firstPage.addingSaturated(run.count) <= index.pageCount(block: block)
        else { return }
        index.blocks[block].sent += run.count
        insert(block, run)
        guard !index.passes.isEmpty else { return }
        let last = index.passes.count - 1
        index.passes[last].bytes += run.count * (run.kind == .raw ? index.pageSize + 8 : 8)
        if run.kind == .raw {
            index.passes[last].raw += run.count
        } else {
            index.passes[last].zero += run.count
        }
    }

    /// Ends the current run, at the end of a section or before the index is read.
    package mutating func endRun() {
        guard let (block, finished) = run else { return }
        run = nil
        insert(block, finished)
    }

    /// Ignores all further records, which belong to the RAM of another stream.
    package mutating func close() {
        endRun()
        isClosed = true
    }

    /// Marks the pages in `bytes` of a block as discarded by postcopy. O(pages / 512).
    package mutating func discard(_ block: Int, _ bytes: Range<Int>) {
        guard !isClosed else { return }
        endRun()
        let first = bytes.lowerBound / index.pageSize
        let count = (bytes.count + index.pageSize - 1) / index.pageSize
        index.blocks[block].pages.insert(
            PageRun(firstPage: first, count: count, kind: .absent, place: 0, stride: 0))
    }

    private mutating func patch(_ block: Int, _ page: Int, body: Int) {
        endRun()
        guard index.patches.count < Self.patchLimit else {
            index.blocks[block].pages.insert(
                PageRun(firstPage: page, count: 1, kind: .absent, place: 0, stride: 0))
            return
        }
        let base = index.blocks[block].pages[page]
        index.patches.append(PagePatch(base: base, offset: body + 1))
        let number = index.patches.count - 1
        insert(block, PageRun(firstPage: page, count: 1, kind: .xbzrle, place: number, stride: 0))
    }

    private mutating func extend(_ block: Int, _ next: PageRun) {
        if let (open, last) = run, open == block, last.isContinued(by: next) {
            run?.run.count += next.count
            return
        }
        endRun()
        run = (block, next)
    }

    private mutating func insert(_ block: Int, _ run: PageRun) {
        index.sentRunCount += 1
        index.blocks[block].pages.insert(run)
    }

    private mutating func note(_ record: RAMRecord, _ page: Int, at offset: Int, count: Int, stride: Int) {
        let isBack =
            record.block < lastPage.block
            || (record.block == lastPage.block && page < lastPage.page - Self.passTolerance)
        if isBack || index.passes.isEmpty { index.passes.append(RAMIndex.Pass(offset: offset)) }
        lastPage = (record.block, page + count - 1)
        let last = index.passes.count - 1
        index.passes[last].bytes += record.size + (count - 1) * stride
        switch record.kind {
        case .raw: index.passes[last].raw += count
        case .zero: index.passes[last].zero += count
        case .xbzrle: index.passes[last].xbzrle += count
        case .compressed: index.passes[last].compressed += count
        case .eos, .flush, .hook: break
        }
    }
}
