import Bytes
import Query
import Testing

@testable import TUI

/// Lists of text and of values, marks of ranges, and orders by column.
@Suite struct ValueListTests {
    @Test func theMostFrequentValueComesFirst() throws {
        let browser = try Browser.after(":timer:0/cpu_clock_offset<Enter>F", on: Fixture.sample())
        browser.finishWork()
        #expect(browser.model.values?.count == 1)
        try browser.type("q:apic:0/isr<Enter>F")
        browser.finishWork()
        let entries = browser.model.countedValues
        #expect(entries.map(\.count) == entries.map(\.count).sorted(by: >))
        #expect(entries.reduce(0) { $0 + $1.count } == browser.model.values?.count)
        // Each distinct value is there once.
        #expect(Set(entries.map(\.value)).count == entries.count)
    }

    /// Of apic, i8259 and hpet: four, one and eight bytes wide.
    @Test func equalNumbersAreOneValue() throws {
        let browser = try Browser.after(":apic:0/isr<Enter>F", on: Fixture.sample())
        browser.finishWork()
        #expect(browser.model.countedValues.map(\.count) == [26])
    }

    @Test func enterShowsTheFieldsOfTheValue() throws {
        let browser = try Browser.after(":timer:0/@header/version_id<Enter>F", on: Fixture.sample())
        browser.finishWork()
        let entry = try #require(browser.model.countedValues.first)
        try browser.type("<Enter>")
        browser.finishWork()
        #expect(browser.model.hits?.paths.count == entry.count)
    }

    @Test func aSectionHasNoValues() throws {
        let browser = try Browser.after(":timer:0<Enter>F", on: Fixture.sample())
        #expect(browser.model.overlay == nil && browser.status().contains("is not a field"))
    }

    @Test func textOfARange() throws {
        let browser = try Browser.after(":timer:0/@header/idstr<Enter>v5\"", on: Fixture.sample())
        let document = browser.state.document
        let runs = try #require(browser.model.hits?.runs)
        #expect(runs.map { document.store.region.text(of: $0, limit: 100) } == ["timer"])
        #expect(browser.line(2).contains("timer"))
        try browser.type("q6\"")
        #expect(
            browser.model.overlay == nil && browser.status().contains("no text of 6 characters in the range"))
    }

    @Test func aMarkKeepsItsRange() throws {
        let browser = try Browser.after("o0x499a0<Enter><Tab>v7lmk<Esc>g'k", on: Fixture.sample())
        #expect(browser.state.selectedBytes == 0x499a0..<0x499a8)
        try browser.type("<Esc>")
        #expect(browser.state.selectedBytes == nil)
        try browser.type("M")
        #expect(browser.line(2).contains("8"))
        let kept = try #require(browser.keepsake.session)
        let next = try Browser.after(
            "'k", on: Fixture.sample(), options: BrowserOptions(kept: Keepsake(session: kept, history: [])))
        #expect(next.state.selectedBytes == 0x499a0..<0x499a8)
    }

    @Test(arguments: [false, true]) func membersByValue(_ isReversed: Bool) throws {
        let sign = isReversed ? "-" : ""
        let browser = try Browser.after("O\(sign)v<Enter>:timer:0<Enter>e", on: Fixture.sample())
        let (outline, document) = (browser.model.outline, browser.state.document)
        #expect(outline.order == TreeOrder(.value, isReversed: isReversed))
        // Rows and paths agree everywhere.
        for row in 0..<min(outline.rowCount, 300) {
            #expect(outline.row(of: outline.path(atRow: row, document), document) == row)
        }
        let timer = document.tree.node(try #require(document.tree.knownPath(text: "timer:0")))
        #expect(outline.childCount(of: timer, document) == timer.childCount)
        let shown = (0..<timer.childCount).compactMap { rank in
            outline.firstChild(of: timer, document).flatMap { outline.sibling(rank, of: $0, document) }
        }
        #expect(Set(shown).count == timer.childCount)
        let reader = ValueReader(document)
        let numbers: [UInt64] = shown.compactMap {
            if case .unsigned(let number) = reader.number(of: document.tree.node($0)) { number } else { nil }
        }
        #expect(numbers == (isReversed ? numbers.sorted(by: >) : numbers.sorted()))
    }

    @Test func aListOfConditionsKeepsItsOrder() throws {
        let browser = try Browser.after("&type == timer<Enter>", on: Fixture.sample())
        browser.finishWork()
        try browser.type("s")
        #expect(browser.status().contains("keep the stream's order"))
    }
}
