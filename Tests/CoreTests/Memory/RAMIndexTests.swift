import Format
import Memory
import Stream
import Testing

/// The counts are those that QEMU's own records have, taken from the streams by hand.
@Suite struct RAMIndexTests {
    private func index(_ sample: Sample) throws -> RAMIndex {
        try sample.document().ramIndex()
    }

    @Test func runsAsTheyWereSent() throws {
        #expect(try index(Sample.fixture("xbzrle-10.0")).sentRunCount == 1923)
    }

    @Test(.needsShared) func runsOfARunningGuest() throws {
        #expect(try index(try #require(Sample.corpus("linux-256m-7.2"))).sentRunCount == 714)
    }

    @Test func everyPageOfAnXBZRLEChainCanBeRead() throws {
        let sample = Sample.fixture("xbzrle-10.0")
        let document = try sample.document()
        let reader = PageReader(region: document.store.region, index: try index(sample))
        let counts = reader.index.counts(block: 0, in: document.store.region)
        #expect(counts == RAMIndex.Counts(raw: 1, zero: 4079, xbzrle: 16))
        for page in 0..<reader.index.blocks[0].size / reader.index.pageSize {
            #expect(reader.content(block: 0, page: page) != .absent)
        }
    }

    @Test func lastRunWinsAndSplits() {
        var pages = BlockPages(pageCount: 2000)
        pages.insert(PageRun(firstPage: 0, count: 2000, kind: .zero, place: 0, stride: 0))
        pages.insert(PageRun(firstPage: 500, count: 30, kind: .raw, place: 10_000, stride: 4104))
        pages.insert(PageRun(firstPage: 510, count: 5, kind: .absent, place: 0, stride: 0))
        #expect(pages[499].kind == .zero)
        #expect(pages[500] == PageEntry(.raw, 10_000))
        #expect(pages[509] == PageEntry(.raw, 10_000 + 9 * 4104))
        #expect(pages[512].kind == .absent)
        #expect(pages[515] == PageEntry(.raw, 10_000 + 15 * 4104))
        #expect(pages[530].kind == .zero)
    }

    @Test func alternatingKindsStayBounded() {
        var pages = BlockPages(pageCount: 4096)
        for page in 0..<4096 {
            let kind: PageEntry.Form = page % 2 == 0 ? .raw : .zero
            pages.insert(PageRun(firstPage: page, count: 1, kind: kind, place: page * 9, stride: 4104))
        }
        #expect((0..<4096).allSatisfy { pages[$0].kind == ($0 % 2 == 0 ? .raw : .zero) })
    }

    /// A block may claim any size: only what was sent takes time and memory.
    @Test func blockOfAnySize() {
        let pageCount = Int.max / 4096
        var pages = BlockPages(pageCount: pageCount)
        for page in [3, 1 << 40, 600, pageCount - 1] {
            pages.insert(PageRun(firstPage: page, count: 1, kind: .raw, place: 8, stride: 4104))
        }
        pages.insert(PageRun(firstPage: 700, count: pageCount, kind: .absent, place: 0, stride: 0))
        pages.insert(PageRun(firstPage: 1 << 41, count: 1, kind: .zero, place: 0, stride: 0))
        var counts = RAMIndex.Counts()
        pages.tally(0..<pageCount) { counts.add($0, $1) }
        #expect(counts == RAMIndex.Counts(raw: 2, zero: 1, absent: pageCount - 3))
        #expect(pages.resentCount(0..<pageCount) == 0)
        #expect(pages.nextKept(from: 4) <= 512)
        #expect(pages.nextKept(from: 1024) == 1 << 41)
    }

    @Test func pagesSentTwice() {
        var pages = BlockPages(pageCount: 1 << 20)
        for first in [510, 511, 70_000, 511] {
            pages.insert(PageRun(firstPage: first, count: 3, kind: .zero, place: 0, stride: 0))
        }
        #expect(pages.resentCount(0..<1 << 20) == 3)
        #expect(pages.resentCount(511..<512) == 1)
        #expect(pages.resentCount(512..<513) == 1)
        #expect(pages.resentCount(514..<1 << 20) == 0)
    }

    @Test func hostileBlockList() throws {
        var stream = StreamWriter()
        stream.configuration()
        let size = UInt64(1) << 62
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", size)]))
        stream.command(
            6, [0] + StreamWriter.counted("pc.ram") + [0] + StreamWriter.be(UInt64(0)) + StreamWriter.be(size)
        )
        stream.end(2, StreamWriter.page(size - 4096, fill: 7, block: "pc.ram") + StreamWriter.endOfRAM)
        stream.endOfFile()
        let document = try Document.of(stream.bytes)
        let index = document.ramIndex()
        let counts = index.counts(block: 0, in: document.store.region)
        #expect(counts == RAMIndex.Counts(raw: 1, absent: (1 << 50) - 1))
        let pages = (1 << 50) - 5000..<1 << 50
        let place = try #require(index.firstBody(block: 0, pages: pages, in: document.store.region))
        #expect(document.store.region.byte(at: place) == 7)
    }
}
