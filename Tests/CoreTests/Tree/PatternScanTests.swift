import Bytes
import Memory
import Query
import Stream
import Testing

/// Bytes of pages that were not sent as they are.
@Suite struct PatternScanTests {
    private func offsets(_ document: Document, _ pattern: BytePattern, budget: Int) -> [Int] {
        var scan = PatternScan(pattern, in: document)
        var progress = 0.0
        while !scan.isFinished {
            scan.step(budget: budget)
            #expect(scan.progress >= progress)
            progress = scan.progress
        }
        return scan.offsets
    }

    /// Each XBZRLE and compressed page is found by what the guest had in it.
    @Test(arguments: ["xbzrle-10.0", "compress-7.2"]) func pagesAreSearched(_ name: String) throws {
        let sample = Sample.fixture(name)
        let document = try sample.document()
        let reader = PageReader(region: document.store.region, index: document.ramIndex())
        var looked = 0
        for block in reader.index.blocks.indices {
            for page in 0..<reader.index.pageCount(block: block) where looked < 5 {
                let kind = reader.index.entry(block: block, page: page, in: document.store.region).kind
                guard kind == .xbzrle || kind == .compressed,
                    case .bytes(let content) = reader.content(block: block, page: page),
                    let start = content.indices.first(where: { content[$0] != 0 }),
                    start + 24 <= content.count
                else { continue }
                looked += 1
                let text = content[start..<start + 24].map { Hex.digits(UInt64($0), width: 2) }.joined()
                let pattern = try #require(BytePattern(text))
                let place = try #require(
                    reader.index.bodyOffset(block: block, page: page, in: document.store.region))
                #expect(offsets(try sample.document(), pattern, budget: 1 << 16).contains(place))
            }
        }
        #expect(looked > 0)
    }

    @Test func nothingIsFoundTwice() throws {
        let document = try SmallStream().document()
        let pattern = try #require(BytePattern("aaaaaaaa"))
        let found = offsets(document, pattern, budget: 64)
        #expect(found == offsets(document, pattern, budget: .max))
        #expect(found.count == 4093)
    }
}
