import Testing

@testable import Core

/// The counts are those that QEMU's own records have, taken from the streams by hand.
@Suite struct RAMIndexTests {
    private func index(_ sample: Sample) throws -> RAMIndex {
        var builder = try sample.document().ramIndexBuilder()
        builder.finish()
        return builder.index
    }

    private func sample(_ name: String) -> Sample? { Sample.all.first { $0.name == name } }

    @Test(arguments: [("xbzrle-10.0.mig", 1923), ("linux-256m-7.2.mig", 714)])
    func runsAsTheyWereSent(_ name: String, _ count: Int) throws {
        guard let sample = self.sample(name) else { return }
        #expect(try index(sample).sentRunCount == count)
    }

    @Test func everyPageOfAnXBZRLEChainCanBeRead() throws {
        let sample = try #require(self.sample("xbzrle-10.0.mig"))
        let document = try sample.document()
        let reader = PageReader(region: document.region, index: try index(sample))
        let counts = reader.index.counts(block: 0, in: document.region)
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
            let kind: PageEntry.Kind = page % 2 == 0 ? .raw : .zero
            pages.insert(PageRun(firstPage: page, count: 1, kind: kind, place: page * 9, stride: 4104))
        }
        #expect((0..<4096).allSatisfy { pages[$0].kind == ($0 % 2 == 0 ? .raw : .zero) })
    }
}
