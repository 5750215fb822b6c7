import Stream
import Testing

@testable import TUI

@Suite struct MatchesTests {
    /// What folded rows say adds up to the number of matches.
    @Test(arguments: [
        "/i<Enter>C", "/=0<Enter>C", "/x 00 01<Enter>C", "/i<Enter>Cssj", "/e<Enter>z1",
    ])
    func foldedNodesCountTheirs(_ keys: String) throws {
        let browser = try Browser.after(keys, on: Fixture.small())
        while browser.hasWork { _ = browser.handle(.tick, size: Size(width: 80, height: 24)) }
        let state = browser.state
        let nodes = (0..<browser.model.outline.rowCount).map {
            state.document.tree.node(browser.model.outline.path(atRow: $0, state.document))
        }
        let own = browser.model.search == nil ? 0 : nodes.filter(state.isMatch).count
        #expect(nodes.reduce(own) { $0 + state.hiddenMatches(in: $1) } == state.matchTotal)
        #expect(state.matchTotal > 0)
    }

    @Test func theListGoesToAMatch() throws {
        let browser = try Browser.after("/version_id<Enter>A", on: Fixture.sample())
        #expect(browser.model.overlay == .matches(selected: 0))
        let first = browser.selectedPath
        try browser.type("2jk<Enter>")
        #expect(browser.model.overlay == nil)
        #expect(browser.selectedPath != first && browser.selectedPath.hasSuffix("version_id"))
        #expect(browser.status().contains("2/"))
        try browser.type("<C-o>")
        #expect(browser.selectedPath == first)
        try browser.type("AG<Enter>Aq")
        #expect(browser.status().contains("16/16"))
    }

    /// The rows on the screen, without going to them.
    @Test func theListReadsTheRAMOfItsRows() throws {
        let browser = try Browser.after("40\"", on: Fixture.sample())
        browser.finishWork()
        let rows = (0..<24).map { browser.line($0) }.filter {
            $0.contains("This page belongs to the sample guest")
        }
        #expect(rows.contains { $0.contains("guest 0xf0100") }, "\(rows)")
        #expect(browser.model.selection == NodePath([0]))
    }

    @Test func theListOfValues() throws {
        let browser = try Browser.after("/=0xfee00900<Enter>gA<Enter>", on: Fixture.sample())
        #expect(browser.selectedPath == "apic:0/apicbase")
    }

    @Test func theListSearchesWhatWasSearchedBefore() throws {
        let browser = try Browser.after("A", on: Fixture.sample())
        #expect(browser.model.overlay == nil)
        #expect(browser.status().contains("no search yet"))
        try browser.type("/apicbase<Enter><Esc>gA")
        #expect(browser.model.overlay == .matches(selected: 0))
    }

    @Test func backwards() throws {
        let browser = try Browser.after("/version_id<Enter>", on: Fixture.sample())
        try browser.type("3n")
        #expect(browser.status().contains("4/16"))
        try browser.type("<C-r>version_id<Enter>n")
        #expect(browser.status().contains("3/16"))
        try browser.type("N")
        #expect(browser.status().contains("4/16"))
        try browser.type("#")
        #expect(browser.status().contains("3/16"))
        try browser.type("n")
        #expect(browser.status().contains("2/16"))
        try browser.type("*n")
        #expect(browser.status().contains("4/16"))
    }

    @Test func backwardsWhileTyping() throws {
        let browser = try Browser.after("G<C-r>apicbase", on: Fixture.sample())
        #expect(browser.selectedPath == "apic:1/apicbase")
        try browser.type("<Esc>")
        #expect(browser.selectedPath == "description")
    }

    @Test func valuesBackwards() throws {
        let browser = try Browser.after("g<C-r>=0xfee00900<Enter>", on: Fixture.sample())
        while browser.hasWork { _ = browser.handle(.tick, size: Size(width: 80, height: 24)) }
        #expect(browser.selectedPath == "apic:0/apicbase")
        try browser.type("G<C-r>x 51 45 56 4d<Enter>")
        while browser.hasWork { _ = browser.handle(.tick, size: Size(width: 80, height: 24)) }
        #expect(browser.model.hexCursor == 0)
    }

    /// What matched is marked in its row, wherever it is: in a name, a value, a meaning, in text around bytes.
    @Test(arguments: [
        ("/cmos_ind<Enter>", "cmos_ind"), ("/~s_i.d<Enter>", "s_ind"), ("/RFLAGS<Enter>", "RFLAGS"),
        ("/=~pc-q35.10<Enter>", "pc-q35-10"), ("/\"pc-q35<Enter>", "pc-q35"),
        ("&name == cmos_index<Enter>", "cmos_index"),
        ("&cmos_index == 0<Enter>", "0x00"),
    ]) func whatMatchedIsMarked(_ keys: String, _ marked: String) throws {
        let size = Size(width: 120, height: 24)
        let browser = try Browser.after(keys, on: Fixture.sample(), size)
        browser.finishWork()
        try browser.type("A", size)
        #expect(browser.model.overlay?.is(MatchesList.self) == true)
        let grid = browser.render(size: size).grid
        let isMarked = (2..<size.height - 2).contains { y in
            let scalars = (0..<size.width).map { x in
                grid[x, y].style.attributes.contains(.underline) ? Character(grid[x, y].scalar) : " "
            }
            return String(scalars).contains(marked)
        }
        #expect(isMarked)
    }

    /// A list of text has each text once.
    @Test func textIsListedOnce() throws {
        let browser = try Browser.after("\"", on: Fixture.sample())
        browser.finishWork()
        let row = browser.line(2)
        #expect(row.contains("pc-q35-10.0") && !row.contains("\"pc-q35-10.0\""))
    }
}
