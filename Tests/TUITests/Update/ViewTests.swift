import Testing

@testable import TUI

@Suite struct ViewTests {
    private static let size = Size(width: 80, height: 24)

    @Test func zoomAndPanes() throws {
        let browser = try Browser.after("<Tab>Z", on: Fixture.sample())
        #expect(browser.state.layout.tree == nil)
        #expect(browser.state.layout.hex != nil)
        try browser.type("<Tab>")
        #expect(browser.state.layout.tree != nil)
        #expect(browser.state.layout.hex == nil)
        try browser.type("Z")
        #expect(browser.state.layout.tree != nil && browser.state.layout.hex != nil)
    }

    @Test func theDividerMovesByKeys() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        let width = try #require(browser.state.layout.tree?.width)
        try browser.type("3>")
        #expect(browser.state.layout.tree?.width == width + 3)
        try browser.type("<lt>")
        #expect(browser.state.layout.tree?.width == width + 2)
        try browser.type("9999>")
        #expect((browser.state.layout.hex?.width ?? 0) >= 8)
    }

    @Test func theDividerIsDragged() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        let x = try #require(browser.state.layout.dividerX)
        _ = browser.handle(.mouse(MouseEvent(.press, x: x, y: 5)), size: Self.size)
        _ = browser.handle(.mouse(MouseEvent(.drag, x: 30, y: 6)), size: Self.size)
        #expect(browser.state.layout.dividerX == 30)
        _ = browser.handle(.mouse(MouseEvent(.release, x: 30, y: 6)), size: Self.size)
        _ = browser.handle(.mouse(MouseEvent(.drag, x: 50, y: 6)), size: Self.size)
        #expect(browser.state.layout.dividerX == 30)
    }

    @Test func theMouseSelectsAndToggles() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        _ = browser.handle(.mouse(MouseEvent(.press, x: 6, y: 6)), size: Self.size)
        #expect(browser.selectedPath == "timer:0")
        let rows = browser.model.outline.rowCount
        _ = browser.handle(.mouse(MouseEvent(.press, x: 2, y: 6)), size: Self.size)
        #expect(browser.model.outline.rowCount > rows)
        _ = browser.handle(.mouse(MouseEvent(.doubleClick, x: 8, y: 6)), size: Self.size)
        #expect(browser.model.outline.rowCount == rows)
    }

    @Test func theMouseSelectsInLists() throws {
        let browser = try Browser.after("5Gma10jmb10jmcM", on: Fixture.sample())
        _ = browser.handle(.mouse(MouseEvent(.press, x: 6, y: 3)), size: Self.size)
        #expect(browser.model.overlay == .marks(selected: 1))
        _ = browser.handle(.mouse(MouseEvent(.press, x: 6, y: 20)), size: Self.size)
        #expect(browser.model.overlay == .marks(selected: 2))
        _ = browser.handle(.mouse(MouseEvent(.doubleClick, x: 6, y: 2)), size: Self.size)
        #expect(browser.model.overlay == nil)
        #expect(browser.selectedPath == "timer:0")
    }

    @Test(arguments: ["", "<Tab>", "5GmaM", "?", "R", "D", "/x", ":"]) func theCursorIsOnTheScreen(
        _ keys: String
    ) throws {
        let browser = try Browser.after(keys, on: Fixture.cut())
        while browser.hasWork { _ = browser.handle(.tick, size: Self.size) }
        for size in [Self.size, Size(width: 40, height: 10), Size(width: 1, height: 1)] {
            guard let cursor = browser.render(size: size).cursor else { continue }
            #expect((0..<size.width).contains(cursor.x) && (0..<size.height).contains(cursor.y))
        }
        #expect(keys == "?" || browser.render(size: Self.size).cursor != nil)
    }

    @Test func theBackgroundChoosesTheTheme() throws {
        let browser = try Browser.after("", on: Fixture.small(), options: BrowserOptions(colors: .truecolor))
        let dark = browser.render(size: Self.size).grid.sgr(.truecolor)
        _ = browser.handle(.background(isLight: true), size: Self.size)
        let light = browser.render(size: Self.size).grid.sgr(.truecolor)
        #expect(dark != light)
        try browser.type(":set theme dark<Enter><Esc>")
        #expect(browser.render(size: Self.size).grid.sgr(.truecolor) == dark)
    }

    @Test func theMouseSelectsABytesOwner() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        let hex = try #require(browser.state.layout.hex)
        let x = hex.x + browser.state.layout.hexGeometry.x(ofByte: 5)
        _ = browser.handle(.mouse(MouseEvent(.press, x: x, y: hex.y)), size: Self.size)
        #expect(browser.model.hexCursor == 5)
        #expect(browser.selectedPath == "header/version")
        #expect(browser.model.activePane == .hex)
    }

    @Test func theWheelScrollsWhatIsUnderIt() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        _ = browser.handle(.mouse(MouseEvent(.wheelDown, x: 5, y: 5)), size: Self.size)
        #expect(browser.model.treeTop == 3)
        #expect(browser.model.hexTop == 0)
        _ = browser.handle(.mouse(MouseEvent(.wheelDown, x: 60, y: 5)), size: Self.size)
        #expect(browser.model.hexTop == 24)
        #expect(browser.selectedPath == "header")
    }

    @Test func resizingKeepsThePlace() throws {
        let browser = try Browser.after("/cmos_data<Enter>", on: Fixture.sample())
        for (width, height) in [(40, 10), (1, 1), (200, 60), (80, 24)] {
            let size = Size(width: width, height: height)
            _ = browser.handle(.resize(size), size: size)
            #expect(browser.selectedPath == "mc146818rtc:0/cmos_data")
            let layout = browser.state.layout
            let row = browser.state.selectedRow - browser.model.treeTop
            let height = max(layout.tree?.height ?? 1, 1)
            #expect(row >= 0 && row < height)
        }
    }

    @Test func layoutsGoRound() throws {
        let browser = try Browser.after("L", on: Fixture.sample())
        #expect(browser.state.layout.dividerX != nil)
        try browser.type("L")
        #expect(browser.state.layout.hexRuleY != nil)
        try browser.type("L")
        #expect(browser.state.layout.hex == nil)
        try browser.type("L")
        #expect(browser.state.layout.dividerX != nil)
    }

    @Test func nothingIsToldByColourAlone() throws {
        for depth in ColorDepth.allCases {
            for name in ThemeName.allCases {
                let theme = Theme.theme(for: Look(theme: name, colors: depth))
                for overlay in [theme.selection, theme.idleSelection, theme.selectedBytes, theme.cursor] {
                    #expect(!overlay.adding.isEmpty, "\(depth) \(name)")
                }
            }
        }
        let mono = Theme.theme(for: Look())
        #expect(mono.selectedBytes(.normal) != mono.siblingBytes(.normal))
        #expect(mono.siblingBytes(.normal) != mono.otherSiblingBytes(.normal))
        #expect(mono.selectedBytes(.normal) != mono.cursor(mono.selectedBytes(.normal)))
    }
}
