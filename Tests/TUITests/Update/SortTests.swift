import Edit
import Testing

@testable import TUI

@Suite struct SortTests {
    private func names(_ browser: Browser, _ count: Int) -> [String] {
        let document = browser.state.document
        return (0..<count).map {
            document.tree.name(document.tree.node(browser.model.outline.path(atRow: $0, document)))
        }
    }

    @Test func goesRound() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        let document = browser.state.document
        let count = document.tree.root.childCount
        let inStream = names(browser, count)
        try browser.type("]]s")
        #expect(browser.selectedPath == "ram:0")
        let sizes = (0..<count).map {
            document.tree.node(browser.model.outline.path(atRow: $0, document)).size
        }
        #expect(sizes == sizes.sorted(by: >))
        try browser.type("s")
        #expect(names(browser, count) == inStream.sorted())
        #expect(browser.status().contains("name"))
        try browser.type("s")
        #expect(names(browser, count) == inStream)
        #expect(browser.selectedPath == "ram:0")
    }

    @Test func anOrderIsReadFromItsStart() throws {
        let browser = try Browser.after("s", on: Fixture.sample())
        #expect(browser.model.treeTop == 0)
        #expect(browser.model.outline.path(atRow: 0, browser.state.document) == browser.model.selection)
        // Back in the order of the stream what was found stays selected.
        let largest = browser.selectedPath
        try browser.type(":sort-by stream<Enter>")
        #expect(browser.selectedPath == largest)
    }

    @Test func sharesBringTheLargestFirst() throws {
        let browser = try Browser.after("]S", on: Fixture.sample())
        #expect(browser.model.outline.order == .size)
        #expect(browser.model.outline.path(atRow: 0, browser.state.document) == browser.model.selection)
        #expect(browser.line(2).contains("%"))
        try browser.type("S")
        #expect(browser.model.outline.order == .stream)
        #expect(!browser.line(2).contains("%"))
        // An order that was chosen stays.
        try browser.type("ssSS")
        #expect(browser.model.outline.order == .name)
    }

    @Test func anOrderHoldsThroughAFilter() throws {
        let browser = try Browser.after("s&id<Enter>", on: Fixture.sample())
        #expect(browser.model.outline.order == .size)
        try browser.type("s<Esc>")
        #expect(browser.model.outline.order == .name)
    }

    @Test(arguments: [
        (0, 0, "0 %"), (1, 3, "33.3 %"), (1, 1, "100 %"), (999, 1000, "99.9 %"), (1, 1_000_000, "<0.1 %"),
        (9, 0, "100 %"), (.max, .max, "100 %"), (0, 5, "0 %"),
    ]) func shares(_ part: Int, _ whole: Int, _ text: String) {
        let share = Share(part, of: whole)
        #expect(share.text == text)
        #expect(share.text.utf8.count <= Share.textColumns)
        for columns in 1...21 { #expect(CharacterWidth.columns(of: share.bar(columns)) == columns) }
    }

    @Test(arguments: [(500, "████    "), (562, "████▌   "), (0, "        "), (1000, "████████")])
    func bars(_ thousandths: Int, _ bar: String) {
        #expect(Share(thousandths, of: 1000).bar(8) == bar)
    }

    @Test func ancestorsStayInSight() throws {
        let browser = try Browser.after("/cmos_data<Enter>lj<Enter>30j", on: Fixture.sample())
        let document = browser.state.document
        for _ in 0..<90 {
            try browser.type("j")
            let sticky = browser.state.stickyRows
            let row = browser.state.selectedRow - browser.model.treeTop
            #expect(row >= sticky.count)
            let ancestors = browser.model.outline.ancestors(of: browser.model.selection, document)
            #expect(sticky.count >= min(3, ancestors.count) || browser.model.treeTop == 0)
        }
        #expect(browser.line(2).contains("mc146818rtc"))
        // A click on one goes there.
        _ = browser.handle(.mouse(MouseEvent(.press, x: 9, y: 2)), size: Size(width: 80, height: 24))
        #expect(browser.selectedPath == "mc146818rtc:0")
    }
}
