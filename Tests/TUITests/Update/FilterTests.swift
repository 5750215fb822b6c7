import Query
import Stream
import Testing

@testable import TUI

@Suite struct FilterTests {
    @Test(arguments: [
        KeyCase("&isr<Enter>", "apic:0/isr"),
        KeyCase("&isr<Enter>j", "apic:1"),
        KeyCase("&isr<Enter>jj", "apic:1/isr"),
        KeyCase("&isr<Enter>g", "apic:0"),
        KeyCase("&isr<Enter>gJJ", "i8259:0"),
        KeyCase("&isr<Enter>gJJK", "apic:1"),
        KeyCase("&isr<Enter>gl", "apic:0/isr"),
        KeyCase("&isr<Enter>ghj", "apic:1"),
        KeyCase("&isr<Enter>g]]", "i8259:0"),
        KeyCase("&isr<Enter>G[[j", "0000:00:09.0/virtio-console:0/virtio"),
        KeyCase("&isr<Enter>n", "apic:1/isr"),
        KeyCase("&isr<Enter><Esc>j", "apic:0/tmr"),
        KeyCase("&isr<Enter>q", "apic:0/isr"),
        KeyCase("&isr<Esc>", "header"),
        KeyCase("&isr<Enter>&timer<Enter>g", "timer:0"),
        KeyCase("&isr<Enter>&<Enter>j", "apic:0/tmr"),
        KeyCase(":filter isr<Enter>", "apic:0/isr"),
    ]) func keys(_ test: KeyCase) throws {
        #expect(try Browser.after(test.keys, on: Fixture.sample()).selectedPath == test.path)
    }

    @Test func rowsAreMatchesAndAncestors() throws {
        let document = try Fixture.sample()
        let browser = try Browser.after("&isr<Enter>", on: document)
        let search = Search("isr", document)
        let outline = browser.model.outline
        let rows = (0..<outline.rowCount).map { outline.path(atRow: $0, document) }
        let matches = (1...search.count).compactMap { search.path(ofOrdinal: $0, document) }
        let wanted = Set(
            matches.flatMap { path in (1...path.depth).map { NodePath(Array(path.indices.prefix($0))) } })
        #expect(rows == wanted.sorted())
        for (row, path) in rows.enumerated() { #expect(outline.row(of: path, document) == row) }
        #expect(outline.row(of: NodePath([0]), document) == nil)
    }

    @Test func foldsComeBack() throws {
        let browser = try Browser.after("5Gl", on: Fixture.sample())
        let rows = browser.model.outline.rowCount
        try browser.type("&clock<Enter>Chh<Esc>")
        #expect(browser.model.unfiltered == nil)
        #expect(browser.model.outline.rowCount >= rows)
    }

    @Test func aJumpToWhatIsHiddenEndsIt() throws {
        let browser = try Browser.after("&isr<Enter>:mc146818rtc:0/cmos_index<Enter>", on: Fixture.sample())
        #expect(browser.model.unfiltered == nil)
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_index")
        #expect(browser.model.message?.text.contains("filter") ?? false)
    }

    @Test func theHexCursorMayLeaveIt() throws {
        let browser = try Browser.after("&isr<Enter><Tab>10j", on: Fixture.sample())
        #expect(browser.model.unfiltered != nil)
        try browser.type("<Tab>G")
        #expect(browser.model.outline.row(of: browser.model.selection, browser.state.document) != nil)
    }

    @Test func nothingFoundLeavesTheTree() throws {
        let browser = try Browser.after("&no such name<Enter>", on: Fixture.sample())
        #expect(browser.model.unfiltered == nil)
        #expect(browser.model.message?.kind == .error)
    }

    @Test func lazyPartsAreFilteredWhenTheyWereRead() throws {
        let browser = try Browser.after("&ram<Enter>g", on: Fixture.sample())
        let rows = browser.model.outline.rowCount
        try browser.type("<Esc>4Gl&ram<Enter>")
        #expect(browser.model.outline.rowCount > rows)
    }
}
