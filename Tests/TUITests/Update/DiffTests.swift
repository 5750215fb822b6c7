import Bytes
import Stream
import Testing

@testable import TUI

@Suite struct DiffTests {
    private static let size = Size(width: 100, height: 30)

    /// The sample, and the same with one value of the RTC and one byte of RAM changed.
    private func browser(_ keys: String = "") throws -> Browser {
        let sample = try Fixture.sample()
        let changed = try Fixture.changed()
        let browser = Browser(document: sample, comparedWith: .stream(changed), options: BrowserOptions())
        browser.finishWork(Self.size)
        try browser.type(keys, Self.size)
        return browser
    }

    private func text(_ browser: Browser) -> String { browser.render(size: Self.size).grid.text() }

    @Test func theListIsTheFirstScreen() throws {
        let browser = try browser("}")
        try Golden.check(text(browser), "diff-100x30")
    }

    @Test func enterGoesThereAndTheOtherStreamToo() throws {
        let browser = try browser("}<Enter>")
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_data")
        #expect(browser.line(0, Self.size).contains("A sample-q35-10.0.mig"))
        try browser.type("\\", Self.size)
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_data")
        #expect(browser.line(0, Self.size).contains("B changed.mig"))
    }

    @Test func nextAndPreviousGoOnWithoutTheList() throws {
        let browser = try browser("}<Enter>}")
        #expect(browser.selectedPath.hasPrefix("live sections/ram@"))
        try browser.type("{", Self.size)
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_data")
    }

    @Test func groupsCloseAndOpen() throws {
        let browser = try browser("gh")
        let closed = text(browser)
        #expect(!closed.contains("cmos_data"))
        try browser.type("<Enter>", Self.size)
        #expect(text(browser).contains("cmos_data"))
    }

    @Test func tabTurnsTheListToTheOtherStream() throws {
        let browser = try browser("<Tab>}<Enter>")
        #expect(browser.line(0, Self.size).contains("B changed.mig"))
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_data")
    }

    @Test func aRuleColorsWhatDiffersInBothStreams() throws {
        let settings = try Settings(text: "[colors]\n'differs && name == cmos_data' = \"red\"\n")
        let browser = Browser(
            document: try Fixture.sample(), comparedWith: .stream(try Fixture.changed()),
            options: BrowserOptions(settings: settings))
        browser.finishWork(Self.size)
        for keys in ["}<Enter>", "\\"] {
            try browser.type(keys, Self.size)
            #expect(browser.state.ruleColor(of: browser.state.selectedNode) == .red)
        }
        let other = browser.state.document.tree.node(NodePath([0]))
        #expect(browser.state.ruleColor(of: other) == nil)
    }

    @Test func equalStreams() throws {
        let browser = Browser(
            document: try Fixture.small(), comparedWith: .stream(try Fixture.small()),
            options: BrowserOptions())
        browser.finishWork()
        #expect(browser.model.overlay == nil)
        #expect(browser.model.message?.text == "no differences")
    }

    /// What a stream that is cut has lost is not told as missing without the cut.
    @Test(arguments: [true, false]) func whatIsLostIsSaid(_ isLeft: Bool) throws {
        let whole = try Fixture.sample()
        let bytes = whole.store.region.copy(0..<100_000)
        let cut = try Document.open(region: MappedRegion(copying: bytes), name: "cut.mig")
        let browser = Browser(
            document: isLeft ? cut : whole, comparedWith: .stream(isLeft ? whole : cut),
            options: BrowserOptions())
        browser.finishWork(Self.size)
        #expect(text(browser).contains("\(isLeft ? "A" : "B") is cut at 0x186a0 in ram"), "\(text(browser))")
    }

    @Test func withoutASecondStream() throws {
        let browser = try Browser.after("=", on: Fixture.small())
        #expect(browser.model.message?.kind == .error)
    }

    @Test(arguments: [(1, 1), (12, 4), (40, 10), (200, 60)]) func sizes(_ width: Int, _ height: Int) throws {
        let frame = try browser("}").render(size: Size(width: width, height: height))
        #expect(frame.grid.size == Size(width: width, height: height))
    }
}
