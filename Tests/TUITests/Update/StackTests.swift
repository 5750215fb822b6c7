import Query
import Stream
import Testing

@testable import TUI

/// Views lie over each other; closing one comes back to what was there before.
@Suite struct StackTests {
    @Test func helpComesBackToTheMap() throws {
        let browser = try Browser.after("R", on: Fixture.sample())
        browser.finishWork()
        try browser.type("?")
        #expect(browser.line(1).contains("help"))
        #expect(browser.line(2).contains("In RAM"))
        #expect(browser.line(3).contains("Enter") && browser.line(3).contains("go to the page"))
        try browser.type("q")
        #expect(browser.model.overlay == .ramMap)
        try browser.type("q")
        #expect(browser.model.overlay == nil)
    }

    @Test func listsOverLists() throws {
        let browser = try Browser.after("5Gma/version_id<Enter>AM?", on: Fixture.sample())
        #expect(browser.model.views.count == 3)
        try browser.type("qq")
        #expect(browser.model.overlay == .matches(selected: 0))
        try browser.type("<Enter>")
        #expect(browser.model.views.isEmpty)
    }

    @Test func aViewIsOnceInTheStack() throws {
        let browser = try Browser.after("5GmaMR", on: Fixture.sample())
        browser.finishWork()
        try browser.type("M")
        #expect(browser.model.views.count == 2)
        #expect(browser.model.overlay == .marks(selected: 0))
    }

    @Test func commandsForThePanesCloseTheViews() throws {
        let browser = try Browser.after("?:collapse-all<Enter>", on: Fixture.sample())
        #expect(browser.model.views.isEmpty)
    }

    /// Each hint in the last line is a key that a click presses.
    @Test(arguments: ["", "R", "/version_id<Enter>A", "?"]) func hintsAreClicked(_ keys: String) throws {
        let size = Size(width: 120, height: 30)
        let browser = try Browser.after(keys, on: Fixture.sample(), size)
        browser.finishWork(size)
        let view = StatusView(browser.state, Theme())
        let hints = (0..<size.width).compactMap { x in view.hint(atX: x, width: size.width).map { (x, $0) } }
        #expect(hints.contains { $0.1.action == .close })
        guard let (x, hint) = hints.first else { return }
        let clicked = try Browser.after(keys, on: Fixture.sample(), size)
        clicked.finishWork(size)
        _ = clicked.handle(.mouse(MouseEvent(.press, x: x, y: size.height - 1)), size: size)
        var typed = browser.state
        typed.perform(hint.action, count: nil)
        #expect(clicked.model.views == typed.model.views)
        #expect(clicked.model.selection == typed.model.selection)
    }
}

/// Conditions at `&`, words across a path, lists that narrow.
@Suite struct ConditionTests {
    @Test func onlyWhatFulfillsItShows() throws {
        let document = try Fixture.sample()
        let browser = try Browser.after("&type == timer && armed<Enter>", on: document)
        browser.finishWork()
        let hits = try #require(browser.model.hits)
        #expect(!hits.paths.isEmpty)
        let outline = browser.model.outline
        let rows = (0..<outline.rowCount).map { outline.path(atRow: $0, document) }
        let wanted = Set(
            hits.paths.flatMap { path in (1...path.depth).map { NodePath(Array(path.indices.prefix($0))) } })
        #expect(rows == wanted.sorted())
        for (row, path) in rows.enumerated() { #expect(outline.row(of: path, document) == row) }
        #expect(hits.paths.contains(browser.model.selection))
        try browser.type("<Esc>")
        #expect(browser.model.unfiltered == nil)
    }

    @Test func foldsWorkInIt() throws {
        let browser = try Browser.after("&name == version_id<Enter>g", on: Fixture.sample())
        browser.finishWork()
        try browser.type("g")
        let before = browser.model.outline.rowCount
        try browser.type("h")
        #expect(browser.model.outline.rowCount < before)
        try browser.type("l")
        #expect(browser.model.outline.rowCount == before)
        try browser.type("C")
        let top = browser.model.outline.rowCount
        try browser.type("E")
        #expect(top < before && browser.model.outline.rowCount == before)
        try browser.type("nnN")
        #expect(browser.selectedPath.hasSuffix("version_id"))
    }

    /// Registers are those of cpu, before which cpu_common stands.
    @Test func theListAtTheLineKnowsRegisters() throws {
        let browser = try Browser.after(":rip", on: Fixture.sample())
        let candidates = browser.state.candidates(of: try #require(browser.model.prompt))
        #expect(candidates.first?.line == "cpu:0/env.eip")
        #expect(candidates.first?.title.hasPrefix("RIP") == true)
    }

    /// Its sections are below a group.
    @Test func theListKnowsTheSectionsOfACutStream() throws {
        let browser = try Browser.after(":rip", on: Fixture.cut())
        browser.finishWork()
        let registers = browser.state.candidates(of: try #require(browser.model.prompt))
        #expect(registers.first?.line.hasSuffix("cpu:0/env.eip") == true)
        #expect(registers.first?.title.hasPrefix("RIP") == true)
        try browser.type("<Esc>:cpu:0/env.ei<Tab>")
        #expect(browser.model.prompt?.text == "cpu:0/env.eip")
        try browser.type("<Esc>:mc1468")
        #expect(
            browser.state.candidates(of: try #require(browser.model.prompt)).first?.line == "mc146818rtc:0")
    }

    /// As names of addresses in a debugger.
    @Test func aNoteIsANameOfItsNode() throws {
        let browser = try Browser.after(":hpet:0<Enter>;the odd timer<Enter>g:odd t", on: Fixture.sample())
        let candidates = browser.state.candidates(of: try #require(browser.model.prompt))
        #expect(candidates.first?.line == "hpet:0")
        #expect(candidates.first?.title.hasPrefix("the odd timer") == true)
        try browser.type("<Enter>")
        #expect(browser.selectedPath == "hpet:0")
    }

    @Test func theOnlyPlaceOfTheListIsGoneTo() throws {
        let browser = try Browser.after(":apicba", on: Fixture.sample())
        #expect(browser.state.candidates(of: try #require(browser.model.prompt)).isEmpty)
        try browser.type("<Esc>:sysenter_eip")
        #expect(
            browser.state.candidates(of: try #require(browser.model.prompt)).map(\.line)
                == ["cpu:0/env.sysenter_eip"])
        try browser.type("<Enter>")
        #expect(browser.selectedPath == "cpu:0/env.sysenter_eip")
    }

    /// What was not read yet might have the name too: what is in the list counts.
    @Test func theOnlyPlaceIsGoneToBeforeAllIsRead() throws {
        let document = try Fixture.arm()
        let browser = try Browser.after(":sctlr<Enter>", on: document)
        browser.finishWork()
        #expect(document.tree.label(document.tree.node(browser.model.selection)) == "SCTLR_EL1")
    }

    /// A condition that nothing can fulfill says why.
    @Test(arguments: [
        ("&differs<Enter>", "differs: only one stream is open; try: migscope --diff A B"),
        ("&leaf && !changed<Enter>", "changed: there are no edits"),
        ("&path under qqqqqq:0<Enter>", "nothing has the path qqqqqq:0"),
        ("&eip == 5<Enter>", "eip is cpu:0/env.star/EIP"),
    ]) func whyNothingIsFound(_ keys: String, _ message: String) throws {
        let browser = try Browser.after(keys, on: Fixture.sample())
        browser.finishWork()
        #expect(browser.model.message?.text.contains(message) == true)
    }

    @Test func mistakesAreToldWhileTyping() throws {
        let browser = try Browser.after("&value = 3", on: Fixture.sample())
        #expect(browser.status().contains("column 7: expected ==, found ="))
        try browser.type("<Enter>")
        #expect(browser.status().contains("column 7"))
        #expect(browser.model.unfiltered == nil)
    }

    @Test func wordsAcrossAPath() throws {
        let browser = try Browser.after("/cpu rip<Enter>", on: Fixture.sample())
        browser.finishWork()
        #expect(browser.selectedPath == "cpu:0/env.eip")
        // RIPV of cpu:0 is between them.
        try browser.type("nn")
        #expect(browser.selectedPath == "cpu:1/env.eip")
    }

    @Test func theListNarrowsWhileOneTypes() throws {
        let browser = try Browser.after("/version<Enter>A", on: Fixture.sample())
        let before = browser.state.matchTotal
        try browser.type("/version_id")
        #expect(browser.state.matchTotal < before)
        #expect(browser.line(1).contains("matches"))
        try browser.type("<Esc>")
        #expect(browser.state.matchTotal == before)
    }

    @Test func comparedValuesShowWhereTheyDiffer() {
        let (left, right) = ClippedText.clip(
            compared: "0x0000000000000140", "0x0000000000000000", columns: 10)
        #expect(left == "0x140" && right == "0x000")
        let long = ClippedText.clip(
            compared: "aaaaaaaaaaaaaaaaaaaaXbbbb", "aaaaaaaaaaaaaaaaaaaaYbbbb", columns: 10)
        #expect(long.left.contains("X") && long.right.contains("Y"))
        #expect(long.left.count == long.right.count && long.left.count <= 10)
        let same = ClippedText.clip(compared: "1", "22", columns: 10)
        #expect(same.left == "1" && same.right == "22")
    }

    @Test func registersAreWholeAt80Columns() throws {
        let browser = try Browser.after(":cpu:0<Enter>x", on: Fixture.sample())
        try browser.type("xl", Size(width: 80, height: 24))
        let text = browser.render(size: Size(width: 80, height: 24)).grid.text()
        #expect(text.contains("RIP     0x0000000000000019"))
        // All else that begins with 0x is whole too.
        #expect(!text.contains(/0x[0-9a-f]*…/))
    }

    @Test func colorRulesColorRows() throws {
        let settings = try Settings(text: "[colors]\n'name == cpu_clock_offset' = \"red\"\n")
        let browser = try Browser.after(
            ":timer:0<Enter>l", on: Fixture.sample(), options: BrowserOptions(settings: settings))
        let document = browser.state.document
        let path = try #require(document.path(text: "timer:0/cpu_clock_offset"))
        #expect(browser.state.ruleColor(of: document.tree.node(path)) == .red)
        #expect(browser.state.ruleColor(of: document.tree.node(NodePath([0]))) == nil)
    }

    @Test func severalFiles() throws {
        var options = BrowserOptions()
        options.inputName = "a.mig"
        options.moreFiles = ["b.mig"]
        options.openFile = { name in
            name == "b.mig" ? .success(try! Fixture.small()) : .failure(FileProblem("\(name): no such file"))
        }
        let browser = try Browser.after(":n<Enter>", on: Fixture.sample(), options: options)
        #expect(browser.state.document.overview.fileName == "m68k-virt-7.2.mig")
        try browser.type(":n<Enter>")
        #expect(browser.status().contains("no more files"))
        try browser.type(":N<Enter>")
        #expect(browser.state.document.overview.fileName == "sample-q35-10.0.mig")
        try browser.type(":open c.mig<Enter>")
        #expect(browser.status().contains("c.mig: no such file"))
    }
}
