@testable import Format
import Stream
import Testing

@testable import TUI

@Suite struct RAMMapTests {
    private static let size = Size(width: 80, height: 24)

    private func browser(_ keys: String, on document: Document) throws -> Browser {
        let browser = try Browser.after(keys, on: document)
        while browser.hasWork { _ = browser.handle(.tick, size: Self.size) }
        return browser
    }

    @Test func countsEachPageOnce() throws {
        let map = try #require(try browser("R", on: Fixture.resent()).model.ramMap)
        for (number, block) in map.blocks.enumerated() {
            let all = block.tally(0..<block.pageCount)
            #expect(all.total == block.pageCount)
            let counts = map.index.counts(block: number, in: try Fixture.resent().store.region)
            #expect(all.raw == counts.raw && all.zero == counts.zero && all.xbzrle == counts.xbzrle)
        }
        let first = map.blocks[0].tally(0..<map.blocks[0].pageCount)
        #expect(first.xbzrle == 16)
        #expect(first.resent == 16)
    }

    @Test func showsWhatIsKnownWhileItIsRead() throws {
        let document = try Fixture.resent()
        let job = RAMMapJob(document, recordsAStep: 1000)
        var known: [Int] = []
        while !job.isFinished {
            job.step()
            guard let map = job.map else { continue }
            let all = map.blocks.map { $0.tally(0..<$0.pageCount) }
            known.append(all.reduce(0) { $0 + $1.total })
            // A page that comes later is not absent.
            if map.isPartial { #expect(all.allSatisfy { $0.absent == 0 }) }
        }
        #expect(known == known.sorted() && Set(known).count >= 2)
        let map = try #require(job.map)
        #expect(known.last == map.blocks.reduce(0) { $0 + $1.pageCount })
        #expect(try #require(known.first) < 2000)
    }

    @Test func groupsHoldLargeBlocks() throws {
        let map = try #require(try browser("R", on: Fixture.resent()).model.ramMap)
        for block in map.blocks {
            #expect(block.groups.count == block.groupCount)
            #expect(block.groupCount <= RAMMap.groupLimit)
        }
    }

    @Test(arguments: [
        ("", 0, 0), ("]", 1, 0), ("]]JK", 2, 0), ("]l", 1, 54), ("]2l", 1, 108), ("]2lh", 1, 54),
        ("]G", 1, 4095),
        ("]Gg", 1, 0), ("]k", 0, 4095), ("G9j", 1, 0), ("99]", 6, 0), ("99[", 0, 0),
        ("99999999999999999999j", 1, 0),
    ]) func moves(_ keys: String, _ block: Int, _ page: Int) throws {
        let browser = try browser("R", on: Fixture.resent())
        try browser.type(keys)
        #expect(browser.model.ramPlace.block == block)
        let cell = try #require(browser.state.selectedRAMPages)
        #expect(cell.contains(browser.model.ramPlace.page))
        if page == 0 || page == 4095 { #expect(browser.model.ramPlace.page == page) }
    }

    @Test func enterGoesToThePage() throws {
        let browser = try browser("R", on: Fixture.resent())
        try browser.type("<Enter>")
        #expect(browser.model.overlay == nil)
        #expect(browser.selectedPath.contains("pc.ram"))
        let before = browser.model.hexCursor
        try browser.type("R4]<Enter>")
        #expect(browser.model.overlay == nil)
        #expect(browser.selectedPath.contains("pc.bios"))
        #expect(browser.model.hexCursor != before)
        try browser.type("<C-o>")
        #expect(browser.model.hexCursor == before)
    }

    @Test func isMadeInStepsThatCanBeStopped() throws {
        let browser = try Browser.after("R", on: Fixture.resent())
        #expect(browser.hasWork)
        #expect(browser.model.overlay == .ramMap)
        #expect(browser.status().contains("%"))
        try browser.type("q")
        #expect(browser.hasWork)
        try browser.type("jR<Esc>")
        #expect(!browser.hasWork)
        #expect(browser.model.overlay == nil)
        #expect(browser.model.ramMap == nil)
        var progress = 0.0
        try browser.type("R")
        while let job = browser.model.job {
            let next = job.progress(browser.state.document)
            #expect(next >= progress && next <= 1)
            progress = next
            _ = browser.handle(.tick, size: Self.size)
        }
        #expect(browser.model.ramMap?.isFinished ?? false)
    }

    @Test func zoom() throws {
        let browser = try browser("R", on: Fixture.resent())
        let map = try #require(browser.model.ramMap)
        let pages = map.blocks[0].pageCount
        var seen = try #require(browser.state.selectedRAMPages).count
        #expect(seen > 1)
        while seen > 1 {
            try browser.type(">")
            let now = try #require(browser.state.selectedRAMPages).count
            #expect(now < seen)
            seen = now
        }
        let deepest = browser.model.ramZoom
        try browser.type(">")
        #expect(browser.model.ramZoom == deepest)
        // Whatever is in sight adds up to what is known of it.
        for keys in ["G", "h", "k", "g", "3l", "j"] {
            try browser.type(keys)
            let cell = try #require(browser.state.selectedRAMPages)
            #expect(cell.contains(browser.model.ramPlace.page) && cell.upperBound <= pages)
            let tally = map.tally(block: 0, cell, browser.state.document.store.region)
            #expect(tally.total == cell.count)
        }
        try browser.type("<lt>")
        #expect(browser.model.ramZoom == deepest - 1)
        try browser.type("Z")
        #expect(browser.model.ramZoom == 0)
        try browser.type(">]")
        #expect(browser.model.ramZoom == 0)
    }

    @Test func findsPagesThatWereSentAgain() throws {
        let browser = try browser("R", on: Fixture.resent())
        let map = try #require(browser.model.ramMap)
        let all = (0..<map.blocks[0].pageCount).filter {
            map.index.resentCount(block: 0, pages: $0..<$0 + 1) > 0
        }
        var found: [Int] = []
        while !browser.status().contains("no more resent pages") {
            try browser.type("n")
            if found.last != browser.model.ramPlace.page { found.append(browser.model.ramPlace.page) }
        }
        #expect(found == all)
        try browser.type("N")
        #expect(browser.model.ramPlace.page == all[all.count - 2])
    }

    @Test func passesAreBars() {
        let passes = [4000, 2000, 1].enumerated().map { number, bytes in
            RAMIndex.Pass(offset: 10 * number, raw: bytes / 1000, zero: 1, bytes: bytes)
        }
        let chart = PassChart(passes, limit: 5)
        #expect(chart.lines.map(\.label) == ["1", "2", "3"])
        #expect(chart.lines.map(\.share.thousandths) == [1000, 500, 0])
        #expect(chart.lines.map(\.pages) == [5, 3, 1])
        let short = PassChart(passes, limit: 2)
        #expect(short.lines.map(\.label) == ["1–2", "3"])
        #expect(short.lines.map(\.bytes) == [6000, 1])
        #expect(PassChart([], limit: 3).lines.isEmpty)
    }

    @Test func everySizeHoldsIt() throws {
        let browser = try browser("R", on: Fixture.resent())
        for width in [1, 3, 40, 61, 80] {
            for height in [1, 2, 3, 5, 8, 12, 24] {
                let size = Size(width: width, height: height)
                for keys in ["j", "]", "G", "k", "g", "[", ">", "l", ">", "G", "<lt>", "Z"] {
                    try browser.type(keys, size)
                    #expect(browser.render(size: size).grid.size == size)
                }
            }
        }
    }
}
