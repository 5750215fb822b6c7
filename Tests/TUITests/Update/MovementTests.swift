import Testing

@testable import TUI

/// What is typed, and what is selected then.
struct KeyCase: Sendable, CustomTestStringConvertible {
    var keys: String
    var path: String

    init(_ keys: String, _ path: String) {
        self.keys = keys
        self.path = path
    }

    var testDescription: String { keys }
}

@Suite struct MovementTests {
    /// The first row that sticky rows do not cover; nothing scrolls.
    @Test(arguments: [("H", 0), ("3H", 2)]) func theTopOfTheScreen(_ keys: String, _ row: Int) throws {
        let browser = try Browser.after(":cpu:0/env.regs[15]<Enter>zt", on: Fixture.sample())
        let top = browser.model.treeTop
        try browser.type("5j" + keys)
        #expect(browser.model.treeTop == top)
        #expect(browser.row - top == browser.state.stickyRows.count + row)
    }

    @Test(arguments: [
        KeyCase("", "header"),
        KeyCase("j", "configuration"),
        KeyCase("jj<Down>", "live sections"),
        KeyCase("jjk", "configuration"),
        KeyCase("k", "header"),
        KeyCase("10j", "cpu_common:1"),
        KeyCase("10j3k", "cpu:0"),
        KeyCase("5<Esc>j", "configuration"),
        KeyCase("G", "description"),
        KeyCase("Gg", "header"),
        KeyCase("<End><Home>", "header"),
        KeyCase("5G", "timer:0"),
        KeyCase("<PgDn>", "PCIHost:0"),
        KeyCase("<PgDn><PgUp>", "header"),
        KeyCase("<C-d>", "kvm-tpr-opt:0"),
        KeyCase("<C-d><C-u>", "header"),
        KeyCase("<C-f><C-b>j", "configuration"),
    ]) func rows(_ test: KeyCase) throws {
        #expect(try Browser.after(test.keys, on: Fixture.sample()).selectedPath == test.path)
    }

    @Test(arguments: [
        KeyCase("5Gl", "timer:0"),
        KeyCase("5Gll", "timer:0/@header"),
        KeyCase("5Gllljj", "timer:0/@header/section_id"),
        KeyCase("5Glh", "timer:0"),
        KeyCase("5Glljh", "timer:0"),
        KeyCase("5Gl<Right>j<Left>j", "timer:0/@header"),
        KeyCase("5GlllC", "timer:0"),
        KeyCase("5G<Enter>j", "timer:0/@header"),
        KeyCase("5G<Space><Space>j", "slirp:0"),
        KeyCase("5Gejj", "timer:0/@header/type"),
        KeyCase("5GeCj", "slirp:0"),
        KeyCase("z2jj", "header/version"),
        KeyCase("5GlllJ", "timer:0/cpu_ticks_offset"),
        KeyCase("5GllJ2JK", "timer:0/unused"),
        KeyCase("5GlllJp", "timer:0"),
        KeyCase("5Glllllp", "timer:0/@header"),
        KeyCase("p", "header"),
        KeyCase("99J", "description"),
        KeyCase("99K", "header"),
        KeyCase("/cmos_data<Enter>]", "0000:00:1f.0/ICH9LPC:0"),
        KeyCase("/cmos_data<Enter>[", "mc146818rtc:0"),
        KeyCase("/cmos_data<Enter>[[", "dma:1"),
        KeyCase("3]", "live sections"),
        KeyCase("99]", "description"),
    ]) func folds(_ test: KeyCase) throws {
        let path = try Browser.after(test.keys, on: Fixture.sample()).selectedPath
        #expect(path == test.path)
    }

    @Test func lazyPartsAreReadWhenTheyAreOpened() throws {
        let document = try Fixture.sample()
        let browser = try Browser.after("4G", on: document)
        let before = document.store.generation
        try browser.type("l")
        #expect(document.store.generation != before)
        #expect(browser.selectedPath == "live sections")
        try browser.type("l")
        #expect(browser.selectedPath.hasPrefix("live sections/ram@"))
        try browser.type("ll")
        #expect(browser.model.selection.depth == 3)
    }

    @Test func lazyPartsStayClosedWhenAllIsExpanded() throws {
        let document = try Fixture.sample()
        let before = document.store.generation
        let browser = try Browser.after("Eg", on: document)
        #expect(document.store.generation == before)
        #expect(browser.model.outline.rowCount > 10_000)
        try browser.type(":live sections<Enter>l")
        #expect(document.store.generation != before)
    }

    @Test func theSelectionStaysInSight() throws {
        let document = try Fixture.sample()
        let browser = try Browser.after("E", on: document)
        for keys in ["300j", "7k", "<PgDn>", "<C-u>", "G", "<PgUp>", "g", "]]]", "C"] {
            try browser.type(keys)
            let rows = browser.model.treeTop..<browser.model.treeTop + 16
            #expect(rows.contains(browser.state.selectedRow), "after \(keys)")
        }
    }

    @Test func scrollingMovesTheViewOnly() throws {
        let browser = try Browser.after("<C-e><C-e>", on: Fixture.sample())
        #expect(browser.model.treeTop == 2)
        #expect(browser.selectedPath == "header")
        try browser.type("<C-y>")
        #expect(browser.model.treeTop == 1)
    }
}
