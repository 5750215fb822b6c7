import Testing

@testable import TUI

@Suite struct SearchTests {
    @Test func typingFindsAtOnce() throws {
        let browser = try Browser.after("/cmos", on: Fixture.sample())
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_data")
        #expect(browser.status().hasPrefix(" /cmos   1/2"))
        try browser.type("_i")
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_index")
    }

    @Test func escapeRestoresThePlaceAndTheFolds() throws {
        let browser = try Browser.after("7j", on: Fixture.sample())
        let rows = browser.model.outline.rowCount
        try browser.type("/cmos_data")
        #expect(browser.model.outline.rowCount > rows)
        try browser.type("<Esc>")
        #expect(browser.selectedPath == "cpu:0")
        #expect(browser.model.outline.rowCount == rows)
        #expect(browser.model.treeTop == 0)
    }

    @Test func backspaceGoesBackToTheStart() throws {
        let browser = try Browser.after("/cmos_index<BS><BS><BS><BS><BS>", on: Fixture.sample())
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_data")
        try browser.type("<BS><BS><BS><BS><BS>")
        #expect(browser.model.prompt != nil)
        #expect(browser.selectedPath == "header")
        try browser.type("<BS>")
        #expect(browser.model.prompt == nil)
    }

    @Test func nextAndPreviousGoRound() throws {
        let browser = try Browser.after("/cmos<Enter>n", on: Fixture.sample())
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_index")
        try browser.type("n")
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_data")
        try browser.type("N")
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_index")
        try browser.type("1000000000001n")
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_index")
        try browser.type("3N")
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_data")
    }

    /// Among RAM sections, which are read for it.
    @Test(arguments: ["/SWITCHOVER<Enter>", ":SWITCHOVER_START<Enter>", "&name ~ SWITCHOVER<Enter>"])
    func commandsOfTheLivePart(_ keys: String) throws {
        let browser = try Browser.after(keys, on: Fixture.sample())
        browser.finishWork()
        #expect((0..<24).contains { browser.line($0).contains("SWITCHOVER_START") })
        #expect(browser.model.message?.kind != .error)
    }

    @Test func upperCaseIsExact() throws {
        let browser = try Browser.after("/CMOS<Enter>", on: Fixture.sample())
        #expect(browser.selectedPath == "header")
        #expect(browser.model.message?.kind == .error)
    }

    @Test func anEmptyLineSearchesAgain() throws {
        let browser = try Browser.after("/cmos<Enter><Esc>/<Enter>", on: Fixture.sample())
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_index")
    }

    @Test func escapeForgetsTheMarks() throws {
        let browser = try Browser.after("/cmos<Enter>", on: Fixture.sample())
        #expect(browser.model.search?.count == 2)
        try browser.type("<Esc>")
        #expect(browser.model.search == nil)
        try browser.type("n")
        #expect(browser.model.search?.count == 2)
    }

    @Test func theNameOfTheSelection() throws {
        let browser = try Browser.after("/isr<Enter>*", on: Fixture.sample())
        #expect(browser.model.search?.pattern == "isr")
        #expect(browser.selectedPath == "apic:1/isr")
        try browser.type(":apic:0/isr[3]<Enter>*")
        #expect(browser.model.search?.pattern == "isr")
        #expect(browser.selectedPath == "apic:1/isr")
    }

    @Test func earlierLinesComeBack() throws {
        let browser = try Browser.after("/cmos<Enter>/timer<Enter>/<Up><Up>", on: Fixture.sample())
        #expect(browser.model.prompt?.text == "cmos")
        try browser.type("<Down>")
        #expect(browser.model.prompt?.text == "timer")
    }

    @Test func whatIsTypedIsEscaped() throws {
        let browser = try Browser.after("/", on: Fixture.sample())
        _ = browser.handle(.paste("a\u{1b}[31m\u{202e}b\nsecond line"), size: Size(width: 80, height: 24))
        #expect(browser.status().hasPrefix(" /a\\x1b[31m\\u{202e}b   no match"))
    }

    @Test func pastedTextIsNoKeys() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        #expect(browser.handle(.paste("jjQ"), size: Size(width: 80, height: 24)).isEmpty)
        #expect(browser.selectedPath == "header")
    }

    @Test func aLongLineShowsItsEnd() throws {
        let browser = try Browser.after(
            "/" + String(repeating: "abcdefghij", count: 20) + "XYZ", on: Fixture.sample())
        let size = Size(width: 30, height: 10)
        #expect(browser.status(size).hasSuffix("hijXYZ"))
        #expect(browser.render(size: size).cursor?.y == 9)
    }
}
