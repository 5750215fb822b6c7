/// Builds a `RAMIndex` in steps, so that a reader can show progress, use what is there, or stop.
///
/// Works on Sendable values only and can run on any thread.
public struct RAMIndexBuilder: Sendable {
    /// A stretch of the stream that says something of RAM.
    enum Source: Sendable {
        /// A PART or END section: its records, and the block that CONTINUE refers to at its start.
        case records(Range<Int>, lastBlock: Int)
        /// Postcopy discards: pages of a block, in bytes.
        case discard(block: Int, Range<Int>)
    }

    /// The index as far as it was built.
    public private(set) var index: RAMIndex
    private let region: MappedRegion
    private let sources: [Source]
    private var reader: RAMReader
    private var current = 0
    private var position = -1
    private var run: (block: Int, run: PageRun)?
    private var lastPage = (block: -1, page: -1)
    private var released = 0

    /// So many XBZRLE records are kept at most (16 bytes each); later ones count as raw pages that are lost.
    private static let patchLimit = 1 << 24
    /// Bytes of the stream that may be in memory at a time.
    private static let releaseSize = 16 << 20
    /// A step back by more pages than this begins a new pass; worker threads reorder fewer.
    private static let passTolerance = 64

    init(region: MappedRegion, blocks: [RAMBlock], pageSize: Int, names: NameTable, sources: [Source]) {
        self.region = region
        self.sources = sources
        reader = RAMReader(pageSize: pageSize, blocks: blocks, names: names)
        index = RAMIndex(
            pageSize: pageSize,
            blocks: blocks.map { block in
                RAMIndex.Block(
                    name: block.name, size: block.usedLength,
                    pages: BlockPages(pageCount: block.mapped == nil ? block.usedLength / pageSize : 0),
                    mapped: block.mapped)
            })
    }

    public var isFinished: Bool { current >= sources.count }

    /// How much of the RAM sections was read, from 0 to 1.
    public var progress: Double { sources.isEmpty ? 1 : Double(current) / Double(sources.count) }

    /// Reads up to `budget` records more. O(budget).
    public mutating func step(budget: Int) {
        var left = budget
        while left > 0, !isFinished {
            switch sources[current] {
            case .records(let range, let lastBlock):
                if position < 0 {
                    position = range.lowerBound
                    reader.resume(lastBlock: lastBlock)
                }
                left -= 1
                if !record(limit: range.upperBound) { next() }
            case .discard(let block, let bytes):
                discard(block, bytes)
                next()
            }
        }
        if isFinished { endRun() }
    }

    /// Reads all that is left.
    public mutating func finish() {
        while !isFinished { step(budget: 1 << 20) }
    }

    private mutating func next() {
        endRun()
        current += 1
        position = -1
    }

    private mutating func record(limit: Int) -> Bool {
        guard let record = try? reader.read(region, at: position, limit: limit), record.kind != .eos else {
            return false
        }
        let body = position + 8 + record.nameSize
        position += record.size
        if record.block >= 0 { add(record, body: body) }
        release()
        return true
    }

    // Gives back what was read, so that the program stays small however long the stream is.
    private mutating func release() {
        guard position - released >= Self.releaseSize || position < released else { return }
        if position > released { region.advise(.done, released..<position) }
        released = position
    }

    private mutating func add(_ record: RAMRecord, body: Int) {
        let page = record.address / index.pageSize
        count(record, page, at: body - 8 - record.nameSize)
        index.blocks[record.block].sent += 1
        switch record.kind {
        case .zero: extend(record.block, PageRun(firstPage: page, count: 1, kind: .zero, place: 0, stride: 0))
        case .raw:
            extend(
                record.block,
                PageRun(firstPage: page, count: 1, kind: .raw, place: body, stride: index.pageSize + 8))
        case .compressed:
            endRun()
            insert(
                record.block, PageRun(firstPage: page, count: 1, kind: .compressed, place: body, stride: 0))
        case .xbzrle: patch(record.block, page, body: body)
        case .eos, .flush, .hook: break
        }
    }

    private mutating func patch(_ block: Int, _ page: Int, body: Int) {
        endRun()
        guard index.patches.count < Self.patchLimit else { return }
        let base = index.blocks[block].pages[page]
        index.patches.append(PagePatch(base: base, offset: body + 1))
        let number = index.patches.count - 1
        insert(block, PageRun(firstPage: page, count: 1, kind: .xbzrle, place: number, stride: 0))
    }

    private mutating func extend(_ block: Int, _ next: PageRun) {
        if let (open, last) = run, open == block, last.kind == next.kind,
            last.firstPage + last.count == next.firstPage, last.place + last.count * last.stride == next.place
        {
            run = (
                block,
                PageRun(
                    firstPage: last.firstPage, count: last.count + 1, kind: last.kind, place: last.place,
                    stride: last.stride)
            )
            return
        }
        endRun()
        run = (block, next)
    }

    private mutating func endRun() {
        guard let (block, finished) = run else { return }
        run = nil
        insert(block, finished)
    }

    private mutating func insert(_ block: Int, _ run: PageRun) {
        index.sentRunCount += 1
        index.blocks[block].pages.insert(run)
    }

    private mutating func discard(_ block: Int, _ bytes: Range<Int>) {
        endRun()
        let first = bytes.lowerBound / index.pageSize
        let count = (bytes.count + index.pageSize - 1) / index.pageSize
        index.blocks[block].pages.insert(
            PageRun(firstPage: first, count: count, kind: .absent, place: 0, stride: 0))
    }

    private mutating func count(_ record: RAMRecord, _ page: Int, at offset: Int) {
        let isBack =
            record.block < lastPage.block
            || (record.block == lastPage.block && page < lastPage.page - Self.passTolerance)
        if isBack || index.passes.isEmpty { index.passes.append(RAMIndex.Pass(offset: offset)) }
        lastPage = (record.block, page)
        let last = index.passes.count - 1
        index.passes[last].bytes += record.size
        switch record.kind {
        case .raw: index.passes[last].raw += 1
        case .zero: index.passes[last].zero += 1
        case .xbzrle: index.passes[last].xbzrle += 1
        case .compressed: index.passes[last].compressed += 1
        case .eos, .flush, .hook: break
        }
    }
}
