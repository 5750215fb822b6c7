import Testing

@testable import TUI

@Suite struct GoTests {
    @Test(arguments: [
        KeyCase(":0x499a0<Enter>", "mc146818rtc:0/cmos_data[5]"),
        KeyCase("o0x499a0<Enter>", "mc146818rtc:0/cmos_data[5]"),
        KeyCase("o4<Enter>", "header/version"),
        KeyCase("o4<Enter>o-4<Enter>", "header/magic"),
        KeyCase("o+5<Enter>", "header/version"),
        KeyCase(":mc146818rtc:0/cmos_index<Enter>", "mc146818rtc:0/cmos_index"),
        KeyCase(":mc146818rtc<Enter>", "mc146818rtc:0"),
        KeyCase(":move-down 3<Enter>", "live sections"),
        KeyCase(":last<Enter>", "description"),
        KeyCase(":search cmos_i<Enter>", "mc146818rtc:0/cmos_index"),
        KeyCase(":goto 0x499a0<Enter>", "mc146818rtc:0/cmos_data[5]"),
        KeyCase(":expand-to-level 2<Enter>jj", "header/version"),
        KeyCase(":mov<Tab><Enter>", "configuration"),
        KeyCase(":half<Tab><Tab><Enter>", "header"),
        KeyCase(":nonsense<Enter>", "header"),
        KeyCase(":<Enter>", "header"),
        KeyCase(":0x499a0<Esc>", "header"),
    ]) func place(_ test: KeyCase) throws {
        #expect(try Browser.after(test.keys, on: Fixture.sample()).selectedPath == test.path)
    }

    @Test func theHexCursorIsOnTheByte() throws {
        let browser = try Browser.after(":0x499a0<Enter>", on: Fixture.sample())
        #expect(browser.model.hexCursor == 0x499a0)
        #expect(browser.line(1).contains("0x000499a0"))
    }

    @Test func whatIsNowhereIsSaid() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        #expect(try browser.type("o0xffffffffff<Enter>").contains(.bell))
        #expect(browser.status().contains("the stream ends at 0xead79"))
        try browser.type("ofrob<Enter>")
        #expect(browser.status().contains("no place \"frob\""))
    }

    @Test func historyGoesBackAndForward() throws {
        let browser = try Browser.after("5G:0x499a0<Enter>:slirp<Enter>", on: Fixture.sample())
        try browser.type("<C-o>")
        #expect(browser.selectedPath == "mc146818rtc:0/cmos_data[5]")
        #expect(browser.model.hexCursor == 0x499a0)
        try browser.type("u")
        #expect(browser.selectedPath == "timer:0")
        try browser.type("2U")
        #expect(browser.selectedPath == "slirp:0")
        #expect(try browser.type("U").contains(.bell))
        try browser.type("9u")
        #expect(browser.selectedPath == "header")
    }

    @Test func aSearchThatWasGivenUpIsNoPlace() throws {
        let browser = try Browser.after("/cmos<Esc>", on: Fixture.sample())
        #expect(try browser.type("u").contains(.bell))
    }

    @Test func startingElsewhere() throws {
        let document = try Fixture.sample()
        let at = Browser(
            document: document, options: BrowserOptions(startPlace: try document.place("0x499a0", from: 0)))
        #expect(at.selectedPath == "mc146818rtc:0/cmos_data[5]")
        let section = Browser(
            document: document, options: BrowserOptions(startPlace: try document.place("cpu:0", from: 0)))
        #expect(section.selectedPath == "cpu:0")
        let find = Browser(document: document, options: BrowserOptions(find: "cmos_index"))
        #expect(find.selectedPath == "mc146818rtc:0/cmos_index")
        let nothing = Browser(document: document, options: BrowserOptions(find: "frobnicate"))
        #expect(nothing.status().contains("no name contains frobnicate"))
    }

    @Test(arguments: [
        ("0xfee00901", "; /=0xfee00901 finds values"), ("xfee00901", "; /x fee00901 finds bytes"),
        ("xfeg", "xfeg "),
    ])
    func anotherSearchIsNamed(_ text: String, _ hint: String) throws {
        let browser = try Browser.after("/\(text)<Enter>", on: Fixture.sample())
        #expect(browser.status().contains("no name contains \(text)"))
        #expect(browser.status().contains(hint))
    }

    @Test(arguments: ["q", "Q", ":q<Enter>", ":quit<Enter>", "Zqq", "?qq", "/cmos<Enter>q", "<Tab>q"])
    func quitting(_ keys: String) throws {
        let browser = try Browser.after("", on: Fixture.sample())
        #expect(try browser.type(keys).last == .quit)
    }

    @Test(arguments: ["?q", "Zq", "/q<Esc>", ":q<Esc>", "?<Esc>", "D", "yq"]) func notQuitting(_ keys: String)
        throws
    {
        let browser = try Browser.after("", on: Fixture.sample())
        #expect(try !browser.type(keys).contains(.quit))
    }

    @Test func theTerminalIsAsked() throws {
        let browser = try Browser.after("", on: Fixture.sample())
        #expect(try browser.type("<C-l>") == [.redraw])
        #expect(try browser.type("<C-z>") == [.suspend])
        #expect(browser.handle(.resumed, size: Size(width: 80, height: 24)) == [.redraw])
    }
}
