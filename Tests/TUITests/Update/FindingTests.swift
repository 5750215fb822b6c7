import Bytes
import Diagnose
import Stream
import Testing

@testable import TUI

@Suite struct FindingTests {
    private static let size = Size(width: 80, height: 24)

    @Test func theListComesFromACheck() throws {
        let browser = try Browser.after("D", on: Fixture.damaged())
        #expect(browser.hasWork)
        browser.finishWork()
        #expect(browser.model.checked?.contains { $0.code == .footerMissing } == true)
        try browser.type("<Enter>")
        #expect(browser.selectedPath == "cpu:0/@footer/type")
        #expect(browser.model.overlay == nil)
    }

    /// The first screen says that D says why: what is worst is selected, not a note before it.
    @Test func theWorstIsSelectedFirst() throws {
        let whole = try Fixture.sample()
        let bytes = whole.store.region.copy(0..<100_000)
        let document = try Document.open(region: MappedRegion(copying: bytes), name: "cut.mig")
        let browser = try Browser.after("D", on: document)
        browser.finishWork()
        let findings = try #require(browser.model.checked)
        let error = try #require(findings.firstIndex { $0.severity == .error })
        #expect(browser.model.overlay == .findings(selected: error))
        #expect(findings.first?.severity == .note)
        #expect(findings.first?.hint == "the stream is cut before the others")
    }

    /// A key that comes before the check is done is not undone by its end, which would select the finding next
    /// to the cursor.
    @Test(arguments: [("Dj", "mc146818rtc:0/@footer/type"), ("GDg", "cpu:0/@footer/type")])
    func theRowThatAPersonSelectedStays(_ keys: String, _ path: String) throws {
        let browser = try Browser.after(keys, on: Fixture.damaged(["cpu:0", "mc146818rtc:0"]))
        #expect(browser.hasWork)
        browser.finishWork()
        let list = try #require(browser.model.overlay?.view as? FindingsList)
        let findings = try #require(browser.model.checked)
        #expect(findings.count > 1)
        #expect(findings[list.selected].path == path)
    }

    /// The end of a check selects the finding next to the cursor, unless a person has selected one.
    @Test func theNearestIsSelectedAtTheEnd() throws {
        let browser = try Browser.after("GD", on: Fixture.damaged(["cpu:0", "mc146818rtc:0"]))
        browser.finishWork()
        let list = try #require(browser.model.overlay?.view as? FindingsList)
        #expect(try #require(browser.model.checked)[list.selected].path == "mc146818rtc:0/@footer/type")
    }

    @Test func aWholeStreamHasNone() throws {
        let browser = try Browser.after("D", on: Fixture.small())
        browser.finishWork()
        #expect(browser.model.overlay == nil)
        #expect(browser.model.message?.text == "no findings")
    }

    @Test func theNextFindingIsGoneToWhenCheckIsDone() throws {
        let browser = try Browser.after("}", on: Fixture.damaged())
        browser.finishWork()
        #expect(browser.selectedPath == "cpu:0/@footer/type")
    }

    @Test func theTargetIsCheckedAgainstAtTheStart() throws {
        let browser = try Browser(
            document: Fixture.damaged(), target: CheckTarget(like: Fixture.sample()),
            options: BrowserOptions())
        #expect(browser.hasWork)
        browser.finishWork()
        #expect(browser.model.checked?.isEmpty == false)
    }

    @Test func escStopsTheCheck() throws {
        let browser = try Browser.after("D<Esc>", on: Fixture.damaged())
        #expect(!browser.hasWork)
        #expect(browser.model.checked == nil)
    }

    @Test(arguments: ["X", ":explain ", ""]) func aPastedMessageIsExplained(_ keys: String) throws {
        let browser = try Browser.after(keys, on: Fixture.damaged())
        _ = browser.handle(.paste(Fixture.damageLog), size: Self.size)
        try browser.type("<Enter>")
        browser.finishWork()
        #expect(browser.model.overlay == .explanation(selected: 0))
        #expect(browser.model.explained.first?.code == .footerMissing)
        try browser.type("<Enter>")
        #expect(browser.selectedPath == "cpu:0/@footer/type")
    }

    /// Its whole text is in the list: that stays.
    @Test func whatIsSaidOfTheWholeStreamHasNoByteToGoTo() throws {
        let message = "error while loading state for instance 0x0 of device 'nosuch'"
        let browser = try Browser.after("5GX", on: Fixture.sample())
        _ = browser.handle(.paste(message), size: Self.size)
        try browser.type("<Enter>")
        browser.finishWork()
        #expect(browser.model.explained.first?.hasPlace == false)
        try browser.type("<Enter>")
        #expect(browser.model.overlay == .explanation(selected: 0))
        #expect(browser.status().contains("no byte to go to"))
    }

    @Test func otherTextIsNoMessage() throws {
        let browser = try Browser.after("", on: Fixture.small())
        _ = browser.handle(.paste("qqq"), size: Self.size)
        #expect(browser.model.prompt == nil)
        try browser.type(":explain hello<Enter>")
        #expect(browser.model.message?.kind == .error)
    }
}
