import Testing

@testable import TUI

@Suite struct CommandLineTests {
    @Test(arguments: [
        (":exp<Tab>", "expand-subtree"), (":exp<Tab><Tab>", "expand-all"),
        (":expand<Tab><S-Tab>", "expand-to-level"),
        (":mc1<Tab>", "mc146818rtc:0"), (":mch<Tab>", "0000:00:00.0/mch:0"),
        (":mc146818rtc:0/cmos_d<Tab>", "mc146818rtc:0/cmos_data"), ("omc1<Tab>", "mc146818rtc:0"),
        (":goto mc1<Tab>", "goto mc146818rtc:0"), (":set th<Tab>", "set theme"),
        (":set theme hi<Tab>", "set theme high-contrast"), (":layout st<Tab>", "layout stacked"),
        (":number-base d<Tab>", "number-base dec"), ("/cmos_i<Tab>", "cmos_index"),
        (":search cmos_i<Tab>", "search cmos_index"), ("maGmq:go-to-mark <Tab><Tab>", "go-to-mark q"),
        (":nothing<Tab>", "nothing"), (":live sections/<Tab>", "live sections/"),
    ]) func tabCompletes(_ keys: String, _ line: String) throws {
        let browser = try Browser.after(keys, on: Fixture.sample())
        #expect(browser.model.prompt?.text == line)
    }

    @Test func whatIsCompletedIsCounted() throws {
        let browser = try Browser.after(":expand<Tab><Tab>", on: Fixture.sample())
        #expect(browser.status().contains("2/3"))
        try browser.type("x")
        #expect(browser.model.prompt?.completion == nil)
    }

    @Test(arguments: [
        ("/cmos<Enter>/cpu<Enter>/<Up>", "cpu"), ("/cmos<Enter>/cpu<Enter>/<Up><Up>", "cmos"),
        ("/cmos<Enter>/cpu<Enter>/<Up><Up><Down>", "cpu"), ("/cmos<Enter>/cpu<Enter>/cm<Up>", "cmos"),
        ("/cmos<Enter>/cpu<Enter>/cm<Up><Down>", "cm"),
    ]) func earlierLinesThatBeginLikeThisOne(_ keys: String, _ line: String) throws {
        #expect(try Browser.after(keys, on: Fixture.sample()).model.prompt?.text == line)
    }

    @Test(arguments: [
        ("qiut", "no action or place \"qiut\"; did you mean quit?"),
        ("expnd-all", "did you mean expand-all"), ("mc146818rtx", "did you mean mc146818rtc?"),
        ("frobnicate", "no place \"frobnicate\""), ("set thme dark", "did you mean theme?"),
        ("set theme pink", "expected \"auto\", \"dark\""), ("set mouse off", "next start"),
        ("set", ""), ("layout pink", "layout takes auto, beside"), ("quit now", "quit takes a number"),
        ("set-mark 7", "a letter from a to z"),
    ]) func whatIsUnknownIsSaid(_ line: String, _ message: String) throws {
        let browser = try Browser.after(":\(line)<Enter>", on: Fixture.sample())
        #expect(
            message.isEmpty || (browser.model.message?.text.contains(message) ?? false), "\(browser.status())"
        )
    }

    /// Enter in the palette takes the first line of the list where what is typed names nothing.
    @Test func thePaletteTakesTheFirstLine() throws {
        let browser = try Browser.after("<C-p>rmp<Enter>", on: Fixture.sample())
        #expect(browser.model.overlay?.view.opener == .ramMap)
        let other = try Browser.after("<C-p>mc1<Enter>", on: Fixture.sample())
        #expect(other.selectedPath == "mc146818rtc:0")
        let command = try Browser.after(":rmp<Enter>", on: Fixture.sample())
        #expect(command.model.overlay == nil)
        #expect(command.model.message?.kind == .error)
    }

    @Test func settingsThatDoNotExistListThoseThatDo() throws {
        let browser = try Browser.after(":set nu<Enter>", on: Fixture.sample())
        #expect(browser.status().contains("theme, ascii, layout, columns, base, clipboard"))
    }

    @Test func settingsCanBeChanged() throws {
        let browser = try Browser.after(
            ":set theme light<Enter>:set layout=stacked<Enter>:set ascii on<Enter>:set base dec<Enter>",
            on: Fixture.small())
        #expect(browser.model.look.theme == .light)
        #expect(browser.model.look.ascii)
        #expect(browser.state.layout.hexRuleY != nil)
        #expect(browser.model.base == .decimal)
        try browser.type(":layout beside<Enter>:number-base hex<Enter>")
        #expect(browser.state.layout.dividerX != nil)
        #expect(browser.model.base == .hexadecimal)
    }

    @Test func helpIsSearched() throws {
        let browser = try Browser.after("?/divider", on: Fixture.small())
        let text = browser.render(size: Size(width: 80, height: 24)).grid.text()
        #expect(text.contains("move the divider left"))
        #expect(!text.contains("half a page"))
        #expect(browser.status().contains("2 matches"))
        try browser.type("<Enter>")
        #expect(browser.model.overlay == .help(top: 0, filter: "divider"))
        try browser.type("q")
        #expect(browser.model.overlay == .help())
        try browser.type("/zzz")
        #expect(browser.status().contains("no match"))
        try browser.type("<Esc>")
        #expect(browser.model.overlay == .help())
        try browser.type("q")
        #expect(browser.model.overlay == nil)
        try browser.type(":help mark<Enter>")
        #expect(browser.model.overlay == .help(top: 0, filter: "mark"))
    }

    @Test func theCommandLineOpensOverAnOverlay() throws {
        let browser = try Browser.after("?:mc146818rtc<Enter>", on: Fixture.sample())
        #expect(browser.model.overlay == nil)
        #expect(browser.selectedPath == "mc146818rtc:0")
    }
}

@Suite struct FileNameTests {
    @Test(arguments: ["w/tm", ":write /tm", "r/tm", ":report /tm"])
    func namesOfFilesAreCompleted(_ keys: String) throws {
        let browser = try Browser.after(keys, on: Fixture.small())
        #expect(try browser.type("<Tab>") == [.listFiles(beginning: "/tm")])
        _ = browser.handle(.fileNames(["/tmp/", "/tmpfs/"], of: "/tm"), size: Size(width: 80, height: 24))
        #expect(browser.model.prompt?.text.hasSuffix("/tmp/") == true)
        try browser.type("<Tab>")
        #expect(browser.model.prompt?.text.hasSuffix("/tmpfs/") == true)
        try browser.type("x<Tab>")
        #expect(browser.model.prompt?.text.hasSuffix("/tmpfs/x") == true)
    }

    @Test func anAnswerThatIsLateIsForgotten() throws {
        let browser = try Browser.after("w/tm<Tab>o", on: Fixture.small())
        _ = browser.handle(.fileNames(["/tmp/"], of: "/tm"), size: Size(width: 80, height: 24))
        #expect(browser.model.prompt?.text == "/tmo")
    }

    @Test func pathsBehindAReportAreNoFiles() throws {
        let browser = try Browser.after(":report x.md cpu<Tab>", on: Fixture.small())
        #expect(browser.model.prompt?.text == "report x.md cpu")
    }
}

@Suite struct HintTests {
    @Test func messagesNameTheKeysThatAreBound() throws {
        var settings = Settings()
        settings.keymap.bind(try KeySequence("gs"), to: .search)
        #expect(settings.keymap.hint(.setMark, argument: 3) == "mc")
        let options = BrowserOptions(settings: settings)
        let browser = try Browser.after("'c", on: Fixture.small(), options: options)
        #expect(browser.status().contains("mc sets it"))
    }
}
