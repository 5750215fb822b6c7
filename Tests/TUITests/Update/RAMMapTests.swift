import Core
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
            let counts = map.index.counts(block: number, in: try Fixture.resent().region)
            #expect(all.raw == counts.raw && all.zero == counts.zero && all.xbzrle == counts.xbzrle)
        }
        let first = map.blocks[0].tally(0..<map.blocks[0].pageCount)
        #expect(first.xbzrle == 16)
        #expect(first.resent == 16)
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

    @Test func everySizeHoldsIt() throws {
        let browser = try browser("R", on: Fixture.resent())
        for width in [1, 3, 40, 61, 80] {
            for height in [1, 2, 3, 5, 8, 12, 24] {
                let size = Size(width: width, height: height)
                for keys in ["j", "]", "G", "k", "g", "["] {
                    try browser.type(keys, size)
                    #expect(browser.render(size: size).grid.size == size)
                }
            }
        }
    }
}
