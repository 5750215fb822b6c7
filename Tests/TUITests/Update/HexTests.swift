import Testing

@testable import TUI

@Suite struct HexTests {
    @Test func theTreeFollowsTheCursor() throws {
        let browser = try Browser.after("<Tab>l", on: Fixture.sample())
        #expect(browser.model.hexCursor == 1)
        #expect(browser.selectedPath == "header/magic")
        try browser.type("3l")
        #expect(browser.selectedPath == "header/version")
        try browser.type("j")
        #expect(browser.model.hexCursor == 12)
        #expect(browser.selectedPath.hasPrefix("configuration/"))
        try browser.type("k2h")
        #expect(browser.selectedPath == "header/magic")
    }

    @Test func theCursorStaysInTheStream() throws {
        let document = try Fixture.sample()
        let browser = try Browser.after("<Tab>kh<PgUp>", on: document)
        #expect(browser.model.hexCursor == 0)
        try browser.type("99999999l")
        #expect(browser.model.hexCursor == document.store.region.count - 1)
        try browser.type("l3j<PgDn>")
        #expect(browser.model.hexCursor == document.store.region.count - 1)
        try browser.type("g")
        #expect(browser.model.hexCursor == 0)
        try browser.type("G")
        #expect(browser.model.hexCursor == document.store.region.count - 1)
        #expect(browser.selectedPath.hasPrefix("description"))
    }

    @Test func selectingShowsTheFirstByte() throws {
        let document = try Fixture.sample()
        let browser = try Browser.after("/cmos_data<Enter>", on: document)
        let node = document.tree.node(browser.model.selection)
        #expect(browser.model.hexCursor == node.offset)
        let layout = browser.state.layout
        let row =
            node.offset / layout.hexGeometry.bytesPerRow - browser.model.hexTop
            / layout.hexGeometry.bytesPerRow
        let height = layout.hex?.height ?? 0
        #expect(row >= 0 && row < height)
        #expect(browser.line(1).contains("0x0004999b"))
    }

    @Test func siblingsAreToldApart() throws {
        let document = try Fixture.sample()
        let path = try #require(document.path(text: "timer:0/cpu_ticks_offset"))
        let node = document.tree.node(path)
        let section = document.tree.node(try #require(path.parent))
        let marks = ByteMarks(
            document, selection: path, range: section.offset - 4..<section.range.upperBound + 4)
        #expect(marks[section.offset - 1] == .foreign)
        #expect(marks[section.offset] == .sibling)
        #expect(node.range.allSatisfy { marks[$0] == .selected })
        #expect(marks[node.range.upperBound] == .sibling)
        #expect(marks[section.range.upperBound - 1] != .selected)
        #expect(marks[section.range.upperBound] == .foreign)
    }

    @Test func rowsKeepTheirPlacesOnEveryWidth() {
        for width in 1...200 {
            for size in [1, 70_000, 1 << 24, 1 << 40] {
                let geometry = HexGeometry(width: width, streamSize: size)
                #expect(geometry.bytesPerRow >= 1)
                for byte in 0..<geometry.bytesPerRow where geometry.digits > 0 {
                    #expect(geometry.byte(atX: geometry.x(ofByte: byte)) == byte)
                }
                guard let textX = geometry.textX else { continue }
                #expect(textX + geometry.bytesPerRow <= width)
                #expect(geometry.byte(atX: textX) == 0)
            }
        }
    }

    @Test(arguments: [(41, 8), (80, 16), (140, 32), (30, 8), (18, 4), (9, 1)])
    func widthDecidesHowManyBytes(_ width: Int, _ bytes: Int) {
        #expect(HexGeometry(width: width, streamSize: 961_913).bytesPerRow == bytes)
    }
}
