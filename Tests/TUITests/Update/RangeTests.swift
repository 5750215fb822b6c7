import Bytes
import Testing

@testable import TUI

@Suite struct RangeTests {
    private static let size = Size(width: 80, height: 24)

    @Test(
        arguments: [
            ("v3l", 0x499a0..<0x499a4), ("v3lv", nil), ("vj", 0x499a0..<0x499a9), ("2lvh", 0x499a1..<0x499a3),
            ("<S-Right><S-Right>", 0x499a0..<0x499a3), ("<S-Down>", 0x499a0..<0x499a9),
            ("<S-Left>", 0x4999f..<0x499a1),
            ("<S-Up>", 0x49998..<0x499a1), ("v3l<Esc>", nil), ("v3lq", nil),
            ("3<S-Right>2<S-Left>", 0x499a0..<0x499a2),
        ] as [(String, Range<Int>?)]) func keys(_ keys: String, _ expected: Range<Int>?) throws
    {
        let browser = try Browser.after(":0x499a0<Enter><Tab>", on: Fixture.sample())
        try browser.type(keys)
        #expect(browser.state.selectedBytes == expected)
    }

    /// The first difference is a place of the stream, not of the range.
    @Test func aRangeIsComparedWithAnother() throws {
        let browser = try Browser.after(":cpu:0/env.regs<Enter>", on: Fixture.sample())
        let tree = browser.state.document.tree
        let (here, there) = try (
            tree.node(#require(tree.knownPath(text: "cpu:0/env.regs"))).offset,
            tree.node(#require(tree.knownPath(text: "cpu:1/env.regs"))).offset
        )
        let region = browser.state.document.store.region
        let first = try #require(
            (0..<128).first { region.byte(at: here + $0) != region.byte(at: there + $0) })
        try browser.type(":compare-range cpu:1/env.regs<Enter>")
        let texts = [here + first, there + first].map {
            Hex.digits(UInt64(region.byte(at: $0) ?? 0), width: 2)
        }
        let place = Hex.offset(here + first)
        #expect(browser.status().contains("the first at \(place): \(texts[0]) here, \(texts[1]) there"))
        #expect(browser.model.hexCursor == here + first)
    }

    @Test func ofANodeInTheTree() throws {
        let browser = try Browser.after(":mc146818rtc:0/cmos_data<Enter>v", on: Fixture.sample())
        #expect(browser.state.selectedBytes == 0x4999b..<0x49a1b)
        #expect(browser.model.activePane == .hex)
        #expect(browser.status().contains("128 bytes"))
    }

    @Test func theStatusLineTellsItsSumAndPlace() throws {
        let browser = try Browser.after(":0x4999f<Enter><Tab>v3l", on: Fixture.sample())
        let bytes = browser.state.document.store.region.copy(0x4999f..<0x499a3)
        let sum = bytes.reduce(0) { $0 + Int($1) }
        let status = browser.status()
        #expect(status.contains("4 bytes  0x4999f…0x499a2  sum 0x\(String(sum, radix: 16))"))
        #expect(status.contains("mc146818rtc:0/cmos_data +0x4"))
        try browser.type("x")
        #expect(browser.status().contains("sum \(sum)"))
    }

    @Test func isCopiedAndWritten() throws {
        let browser = try Browser.after(":0x4999f<Enter><Tab>v3l", on: Fixture.sample())
        let bytes = browser.state.document.store.region.copy(0x4999f..<0x499a3)
        #expect(try browser.type("yh").contains(.copy(CopiedText(Hex.dump(bytes), what: "bytes"))))
        #expect(try browser.type("yo").contains(.copy(CopiedText("0x4999f+4", what: "offset"))))
        let effects = try browser.type("wx<Enter>")
        guard case .write(let written, path: "x") = effects.last else {
            Issue.record("nothing written")
            return
        }
        #expect(written.count == 4)
    }

    @Test func theMouseDrags() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        let hex = try #require(browser.state.layout.hex)
        let geometry = browser.state.layout.hexGeometry
        func send(_ kind: MouseEvent.Gesture, _ byte: Int, _ row: Int) {
            let x = hex.x + geometry.x(ofByte: byte)
            _ = browser.handle(.mouse(MouseEvent(kind, x: x, y: hex.y + row)), size: Self.size)
        }
        send(.press, 2, 1)
        #expect(browser.state.selectedBytes == nil)
        send(.drag, 2, 1)
        #expect(browser.state.selectedBytes == nil)
        send(.drag, 5, 3)
        #expect(browser.state.selectedBytes == 10..<30)
        send(.drag, 0, 0)
        #expect(browser.state.selectedBytes == 0..<11)
        // Below the pane it scrolls.
        for _ in 0..<3 { send(.drag, 0, hex.height + 2) }
        #expect(browser.model.hexTop > 0)
        send(.release, 0, 0)
        send(.drag, 4, 4)
        #expect(browser.state.selectedBytes?.lowerBound == 10)
        send(.press, 0, 0)
        #expect(browser.state.selectedBytes == nil)
    }

    /// Without colors a range stands between other marks than a node, and lines part the fields.
    @Test func withoutColours() throws {
        let browser = try Browser.after(":0x4999f<Enter><Tab>v3l", on: Fixture.sample())
        let screen = browser.render(size: Self.size).grid.text()
        #expect(screen.contains("<") && screen.contains(">"))
        #expect(screen.contains("╎"))
    }

    @Test func gapsAreHatched() throws {
        let browser = try Browser.after("GlD<Enter>", on: Fixture.cut())
        let screen = browser.render(size: Self.size).grid.text()
        #expect(screen.contains("╱"))
    }
}
