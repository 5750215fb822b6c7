import Bytes
import Testing

@testable import TUI

/// Tagged rows, and what takes them.
@Suite struct TagTests {
    private func copied(_ keys: String, _ browser: Browser) throws -> String? {
        try browser.type(keys).compactMap { if case .copy(let copied) = $0 { copied.text } else { nil } }
            .first
    }

    private func bytes(_ effects: [Effect]) -> [UInt8] {
        var result: [UInt8] = []
        for case .write(let bytes, _) in effects {
            bytes.forEachPiece {
                result += $0
                return true
            }
        }
        return result
    }

    // Two registers of the first processor, tagged in the other order.
    private func tagged() throws -> Browser {
        try Browser.after(":cpu:0/env.regs[3]<Enter>T:cpu:0/env.regs[1]<Enter>T", on: Fixture.sample())
    }

    @Test func copyingTakesAllInTheOrderOfTheTree() throws {
        let browser = try tagged()
        #expect(browser.model.tags.count == 2)
        #expect(try copied("yp", browser) == "cpu:0/env.regs[1]\ncpu:0/env.regs[3]")
        #expect(browser.status().contains("copied 2 paths"))
        let document = browser.state.document
        let values = browser.model.tags.sorted().map {
            document.tree.value(document.tree.node($0)).hexadecimal
        }
        #expect(try copied("yv", browser) == values.joined(separator: "\n"))
        let both = try #require(try copied("yc", browser))
        #expect(both.split(separator: "static const").count == 2 && both.hasSuffix("};\n"))
        #expect(try copied("y:", browser)?.split(separator: "\n").count == 2)
    }

    @Test func writingTakesEachByteOnce() throws {
        let browser = try tagged()
        let document = browser.state.document
        let wanted = browser.model.tags.sorted().flatMap {
            document.store.region.copy(document.tree.node($0).range)
        }
        #expect(try bytes(browser.type("wx<Enter>")) == wanted)
        // The array that holds both.
        try browser.type(":cpu:0/env.regs<Enter>T")
        let array = document.tree.node(try #require(document.tree.knownPath(text: "cpu:0/env.regs")))
        #expect(try bytes(browser.type("wy<Enter>")) == document.store.region.copy(array.range))
    }

    @Test func anyTwoRowsAreCompared() throws {
        let browser = try Browser.after(":apic:0<Enter>T:apic:1<Enter>c", on: Fixture.sample())
        #expect(browser.model.twins?.left == browser.model.tags.first)
        #expect(browser.model.overlay?.is(TwinsList.self) ?? false)
        try browser.type("qT:timer:0<Enter>Tc")
        #expect(browser.status().contains("3 rows tagged"))
    }

    @Test func aReportIsOfTaggedRows() throws {
        let browser = try Browser.after(":timer:0<Enter>ma", on: Fixture.sample())
        try browser.type(":slirp:0<Enter>T")
        let text = String(decoding: try bytes(browser.type("rx.md<Enter>")), as: UTF8.self)
        #expect(text.contains("slirp:0") && !text.contains("timer:0"))
    }

    @Test func aCountTagsSoManyAndAgainUntags() throws {
        let browser = try Browser.after("2G3T", on: Fixture.sample())
        #expect(browser.model.tags.count == 3)
        #expect(browser.row == 4)
        #expect(browser.line(3).contains("*"))
        try browser.type("2GT")
        #expect(browser.model.tags.count == 2)
        // Esc leaves the filter first.
        try browser.type("aT<Esc>")
        #expect(browser.model.unfiltered == nil && browser.model.tags.count == 2)
        try browser.type("<Esc>")
        #expect(browser.model.tags.isEmpty)
    }

    @Test func matchesAreTaggedInTheirList() throws {
        let browser = try Browser.after("/version_id<Enter>A2T", on: Fixture.sample())
        #expect(browser.model.tags.count == 2)
        try browser.type("qaT")
        #expect(browser.model.hits?.paths.count == 2)
    }
}
