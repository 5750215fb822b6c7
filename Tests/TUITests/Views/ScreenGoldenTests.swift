import Testing

@testable import TUI

/// A screen to be compared: what is typed, on which size.
struct ScreenCase: Sendable, CustomTestStringConvertible {
    var name: String
    var keys: String
    var size: Size
    var ascii = false

    init(_ name: String, _ keys: String, _ width: Int, _ height: Int, ascii: Bool = false) {
        self.name = name
        self.keys = keys
        self.size = Size(width: width, height: height)
        self.ascii = ascii
    }

    var testDescription: String { name }

    static let all: [ScreenCase] =
        [
            ScreenCase("start-80x24", "", 80, 24),
            ScreenCase("start-120x40", "", 120, 40),
            ScreenCase("start-40x10", "", 40, 10),
            ScreenCase("start-1x1", "", 1, 1),
            ScreenCase("start-ascii-80x24", "4Gl", 80, 24, ascii: true),
            ScreenCase("search-80x24", "/cmos_data<Enter>", 80, 24),
            ScreenCase("search-120x40", "/cmos_data<Enter>", 120, 40),
            ScreenCase("search-40x10", "/cmos_data<Enter>", 40, 10),
            ScreenCase("search-typing-80x24", "/CPU", 80, 24),
            ScreenCase("search-nothing-80x24", "/no such name", 80, 24),
            ScreenCase("offset-80x24", ":0x4a51d<Enter>", 80, 24),
            ScreenCase("offset-40x10", ":0x4a51d<Enter><Tab>", 40, 10),
            ScreenCase("offset-wrong-80x24", ":0xffffffff<Enter>", 80, 24),
            ScreenCase("hex-120x40", "<Tab>5j3l", 120, 40),
            ScreenCase("hex-zoom-160x20", "o0x499a0<Enter><Tab>Z", 160, 20),
            ScreenCase("meaning-80x24", "/RFLAGS<Enter>l", 80, 24),
            ScreenCase("meaning-120x40", "/CR0<Enter>l4jh", 120, 40),
            ScreenCase("meaning-40x10", "/RFLAGS<Enter>ljj", 40, 10),
            ScreenCase("meaning-ascii-80x24", "/RFLAGS<Enter>l", 80, 24, ascii: true),
            ScreenCase("meaning-filter-80x24", "&MRG_RXBUF<Enter>", 80, 24),
            ScreenCase("filter-80x24", "&isr<Enter>", 80, 24),
            ScreenCase("filter-typing-40x10", "&isr", 40, 10),
            ScreenCase("marks-80x24", "5GmaGmqM", 80, 24),
            ScreenCase("inspector-80x24", ":0x499a5<Enter>i", 80, 24),
            ScreenCase("inspector-120x40", ":0x499a5<Enter>i", 120, 40),
            ScreenCase("inspector-zoom-40x10", ":0x499a5<Enter><Tab>Zi", 40, 10),
            ScreenCase("search-value-80x24", "/=0xfee00900<Enter>", 80, 24),
            ScreenCase("search-bytes-typing-80x24", "/x \"e8 ??", 80, 24),
            ScreenCase("ram-80x24", "R", 80, 24),
            ScreenCase("ram-120x40", "R]", 120, 40),
            ScreenCase("ram-200x60", "R", 200, 60),
            ScreenCase("ram-40x10", "R", 40, 10),
            ScreenCase("ram-1x1", "R", 1, 1),
            ScreenCase("ram-ascii-80x24", "R", 80, 24, ascii: true),
            ScreenCase(
                "ancestors-80x24", "/cmos_index<Enter><C-e><C-e><C-e><C-e><C-e><C-e><C-e><C-e>", 80, 24),
            ScreenCase("sticky-80x24", "/cmos_data<Enter>lj<Enter>7G110j", 80, 24),
            ScreenCase("sticky-120x40", "/cmos_data<Enter>lj<Enter>7G110j", 120, 40),
            ScreenCase("ranges-80x24", "/cmos_data<Enter>lj<Enter>", 80, 24),
            ScreenCase("folded-matches-120x40", "/version_id<Enter>C", 120, 40),
            ScreenCase("write-80x24", "w", 80, 24),
            ScreenCase("sections-60x20", "z1]]]", 60, 20),
            ScreenCase("copy-keys-80x24", "y", 80, 24),
            ScreenCase("help-80x24", "?", 80, 24),
            ScreenCase("help-120x40", "?", 120, 40),
            ScreenCase("help-end-40x10", "<F1>G", 40, 10),
            ScreenCase("decimal-80x24", "/version_id<Enter>x", 80, 24),
            ScreenCase("one-row-40x1", "jj", 40, 1),
            ScreenCase("two-rows-40x2", "jj", 40, 2),
            ScreenCase("narrow-12x8", "4jl", 12, 8),
        ] + sizes("shares", "S") + sizes("matches", "/version_id<Enter>A3j")
        + sizes("range", ":0x4999f<Enter><Tab>v20l") + sizes("ram-zoom", "R>>j")
        + sizes("twins", ":cpu:0<Enter>c2j")

    /// The same keys on every size that a view must hold.
    private static func sizes(_ name: String, _ keys: String) -> [ScreenCase] {
        [(80, 24), (120, 40), (200, 60), (40, 10), (1, 1)].map { width, height in
            ScreenCase("\(name)-\(width)x\(height)", keys, width, height)
        }
    }
}

@Suite struct ScreenGoldenTests {
    @Test(arguments: ScreenCase.all) func screen(_ screen: ScreenCase) throws {
        let options = BrowserOptions(ascii: screen.ascii)
        let frame = try ScreenDump.render(
            document: Fixture.sample(), options: options, size: screen.size,
            keys: KeyScript.parse(screen.keys))
        try Golden.check(frame.grid.text(), screen.name)
        #expect(!screen.ascii || frame.grid.text().utf8.allSatisfy { $0 < 0x7f })
    }

    @Test func pagesSentAgain() throws {
        let frame = try ScreenDump.render(
            document: Fixture.resent(), options: BrowserOptions(), size: Size(width: 80, height: 24),
            keys: KeyScript.parse("R"))
        try Golden.check(frame.grid.text(), "ram-resent-80x24")
    }

    @Test func findings() throws {
        let browser = try Browser.after("GlD", on: Fixture.cut())
        browser.finishWork()
        try Golden.check(browser.render(size: Size(width: 80, height: 24)).grid.text(), "findings-80x24")
        try browser.type("<Enter>")
        try Golden.check(browser.render(size: Size(width: 80, height: 24)).grid.text(), "finding-80x24")
    }

    @Test func explanation() throws {
        let browser = try Browser.after("X", on: Fixture.damaged())
        _ = browser.handle(.paste(Fixture.damageLog), size: Size(width: 80, height: 24))
        try browser.type("<Enter>")
        browser.finishWork()
        try Golden.check(browser.render(size: Size(width: 80, height: 24)).grid.text(), "explanation-80x24")
    }

    @Test func withoutADescription() throws {
        let browser = try Browser.after("Gl3j", on: Fixture.undescribed())
        try Golden.check(browser.render(size: Size(width: 80, height: 24)).grid.text(), "undescribed-80x24")
    }
}
