import Bytes
import Edit
import Stream
import Testing

@testable import TUI

/// Edits in the browser: edits can't be written before `:write`.
@Suite struct EditsTests {
    /// What was written, by name.
    private final class Folder: @unchecked Sendable {
        var files: [String: [UInt8]] = [:]
        var failure: String?
    }

    private struct Output: StreamOutput {
        let folder: Folder
        let path: String
        var bytes: [UInt8] = []

        mutating func put(_ bytes: [UInt8]) { self.bytes += bytes }
        mutating func copy(_ region: MappedRegion, _ range: Range<Int>) { bytes += region.copy(range) }
        mutating func skip(_ count: Int) { bytes += [UInt8](repeating: 0, count: count) }
        func written() -> MappedRegion { MappedRegion(copying: bytes) }
        func publish() throws(EditError) {
            if let failure = folder.failure { throw EditError(failure) }
            folder.files[path] = bytes
        }
    }

    private func browser(
        _ folder: Folder, _ keys: String, _ document: Document? = nil, settings: String = ""
    ) throws -> Browser {
        var options = BrowserOptions(settings: try Settings(text: settings))
        options.openOutput = { path in
            folder.files[path] == nil
                ? .success(Output(folder: folder, path: path))
                : .failure(FileProblem("\(path): already exists"))
        }
        let browser = Browser(document: try document ?? Fixture.sample(), options: options)
        try type(keys, browser)
        return browser
    }

    @discardableResult
    private func type(_ keys: String, _ browser: Browser) throws -> [Effect] {
        var effects: [Effect] = []
        for event in try KeyScript.parse(keys) {
            effects += browser.handle(event, size: Size(width: 80, height: 24))
            browser.finishWork()
        }
        return effects
    }

    private func message(_ browser: Browser) -> String { browser.model.message?.text ?? "" }

    /// `changed` is a condition on what edits touch, for filters and for colors.
    @Test func whatIsEditedIsFound() throws {
        let browser = try browser(
            Folder(), ":timer:0/cpu_ticks_offset<Enter>V<C-u>7<Enter>&leaf && changed<Enter>",
            settings: "[colors]\n'leaf && changed' = \"red\"\n")
        let hits = try #require(browser.model.hits)
        #expect(hits.paths.map(browser.state.document.tree.pathText) == ["timer:0/cpu_ticks_offset"])
        #expect(browser.state.ruleColor(of: browser.state.selectedNode) == .red)
        try type("u", browser)
        #expect(browser.state.ruleColor(of: browser.state.selectedNode) == nil)
    }

    @Test func aValueIsEditedMarkedAndWritten() throws {
        let folder = Folder()
        let document = try Fixture.sample()
        let whole = document.store.region.copy(0..<document.store.region.count)
        let browser = try browser(folder, ":timer:0/cpu_ticks_offset<Enter>V", document)
        #expect(browser.status().contains("cpu_ticks_offset = 0x"))
        // What is wrong shows before Enter.
        try type("<C-u>zz", browser)
        #expect(browser.status().contains("expected a number"))
        try type("<C-u>0x1122334455667788", browser)
        #expect(browser.status().contains("11 22 33 44 55 66 77 88"))
        try type("<Enter>", browser)
        #expect(folder.files.isEmpty)
        #expect(browser.line(0).contains("[1 edit]"))
        let screen = browser.render(size: Size(width: 80, height: 24)).grid.text()
        #expect(screen.contains("~cpu_ticks") && screen.contains("0x1122334455667788"))
        #expect(screen.contains("before:"))
        // Without the brackets of the selected row.
        try type("j", browser)
        #expect(browser.render(size: Size(width: 80, height: 24)).grid.text().contains("~11 22 33"))
        try type(":write out.mig<Enter>", browser)
        #expect(message(browser).contains("wrote out.mig with 1 edit"))
        let node = document.tree.node(try #require(document.path(text: "timer:0/cpu_ticks_offset")))
        var expected = whole
        expected.replaceSubrange(node.range, with: [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88])
        #expect(folder.files["out.mig"] == expected)
        #expect(!browser.line(0).contains("edit]"))
        #expect(document.store.region.copy(0..<document.store.region.count) == whole)
    }

    @Test func flagsAreCheckBoxes() throws {
        let document = try Fixture.sample()
        let browser = try browser(Folder(), ":cpu:0/env.eflags<Enter>V", document)
        #expect(browser.model.overlay?.is(FlagsList.self) == true)
        let before = browser.render(size: Size(width: 80, height: 24)).grid.text()
        #expect(before.contains("[ ]  CF") && !before.contains("[x]"))
        try type("<Space>", browser)
        #expect(browser.model.edits?.steps.count == 1)
        let after = browser.render(size: Size(width: 80, height: 24)).grid.text()
        #expect(after.contains("~ [x]  CF"))
        // Again: as it was, which is an edit too.
        try type("<Space>", browser)
        let word = document.tree.node(try #require(document.path(text: "cpu:0/env.eflags")))
        #expect(browser.model.edits?.bytes(word.range) == document.tree.bytes(of: word))
        try type(",u", browser)
        #expect(browser.model.edits?.steps.count == 1)
        // From the row of one flag the list begins there.
        try type("qq:cpu:0/env.eflags<Enter>l2jV", browser)
        #expect((browser.model.overlay?.view as? FlagsList)?.selected == 1)
        // The whole word on a line.
        try type("V<C-u>0x202<Enter>", browser)
        #expect(browser.model.edits?.bytes(word.range).suffix(2) == [0x02, 0x02])
    }

    @Test func sectionsAndSubsectionsAreDropped() throws {
        let folder = Folder()
        let document = try Fixture.sample()
        let browser = try browser(folder, ":mc146818rtc:0/base_rtc<Enter>,d", document)
        #expect(browser.selectedPath == "mc146818rtc:0")
        #expect(message(browser).hasPrefix("dropped mc146818rtc:0"))
        let row = browser.render(size: Size(width: 80, height: 24)).grid.text()
        #expect(row.contains("-mc146818rtc"))
        #expect(browser.line(0).contains("[1 edit]"))
        try type(":mc146818rtc:0/base_rtc<Enter>V", browser)
        #expect(message(browser).contains("dropped; ,u restores it"))
        try type(":write a<Enter>", browser)
        let written = try Document.open(
            region: MappedRegion(copying: try #require(folder.files["a"])), name: "a")
        #expect(written.path(text: "mc146818rtc:0") == nil)
        #expect(written.overview.sectionCount == document.overview.sectionCount - 1)
        try type(",u:write b<Enter>", browser)
        #expect(message(browser) == "no edits to write" || folder.files["b"] == nil)
    }

    @Test func editsAreADiff() throws {
        let browser = try browser(
            Folder(), ":timer:0/cpu_ticks_offset<Enter>V<C-u>0x10<Enter>:mc146818rtc:0<Enter>,dP")
        let screen = browser.render(size: Size(width: 80, height: 24)).grid.text()
        #expect(screen.contains("2 edits, not written"))
        #expect(screen.contains("1  timer:0/cpu_ticks_offset = 0x10"))
        #expect(screen.contains("+ 00 00 00 00 00 00 00 10"))
        #expect(screen.contains("drop-section mc146818rtc:0"))
        // The command that does the same.
        let effects = try type("y:", browser)
        guard case .copy(let copied)? = effects.first else {
            Issue.record("nothing was copied")
            return
        }
        #expect(
            copied.text.contains(
                "--set 'timer:0/cpu_ticks_offset=0x10' --drop 'section=mc146818rtc:0' -o OUT"))
        // The first is taken back, the second stays.
        try type(",d", browser)
        #expect(browser.model.edits?.steps.map(\.edit) == [.dropSection("mc146818rtc:0")])
        try type("g<Enter>", browser)
        #expect(browser.model.overlay == nil && browser.selectedPath == "mc146818rtc:0")
    }

    @Test func undoAndRedo() throws {
        let browser = try browser(
            Folder(), ":timer:0/cpu_ticks_offset<Enter>V<C-u>1<Enter>V<C-u>2<Enter>V<C-u>3<Enter>")
        func last() -> UInt8? {
            browser.model.edits.flatMap { $0.bytes(browser.state.selectedNode.range).last }
        }
        #expect(last() == 3)
        try type("2,u", browser)
        #expect(last() == 1 && browser.model.edits?.undone.count == 2)
        try type(",r", browser)
        #expect(last() == 2)
        // A new edit leaves nothing to be made again.
        try type("V<C-u>9<Enter>,r", browser)
        #expect(last() == 9 && message(browser).contains("nothing to redo"))
        try type("9,u", browser)
        #expect(browser.model.edits?.isEmpty == true)
        try type(",u", browser)
        #expect(message(browser) == "nothing to undo")
    }

    @Test func quittingDoesNotLoseEdits() throws {
        let folder = Folder()
        let browser = try browser(folder, ":timer:0<Enter>,d")
        #expect(try !type("q", browser).contains(.quit))
        #expect(message(browser).contains("1 edit not written"))
        // Something else was done meanwhile: it is said again.
        #expect(try !type("jq", browser).contains(.quit))
        #expect(try type("q", browser).contains(.quit))
        #expect(try !type("jQ", browser).contains(.quit))
        #expect(try type(":q!<Enter>", browser).contains(.quit))
        try type(":write a<Enter>", browser)
        #expect(try type("q", browser).contains(.quit))
    }

    @Test func whatCantBeWrittenIsSaid() throws {
        let folder = Folder()
        let browser = try browser(folder, ":timer:0<Enter>,d:write a<Enter>:write a<Enter>")
        #expect(message(browser).contains("already exists"))
        folder.failure = "b: no space left on device"
        try type(",u:mc146818rtc:0<Enter>,d:write b<Enter>", browser)
        #expect(message(browser).contains("no space left") && folder.files["b"] == nil)
        #expect(browser.line(0).contains("[1 edit]"))
        // Nothing can be written from a screen that is printed.
        let other = try Browser.after(":timer:0<Enter>,d:write a<Enter>", on: try Fixture.sample())
        #expect(message(other).contains("edits can't be written"))
    }

    @Test func bytesAreStillWrittenWithoutEdits() throws {
        let browser = try browser(Folder(), ":timer:0<Enter>")
        #expect(
            try type(":write a<Enter>", browser).contains {
                if case .write(_, path: "a") = $0 { true } else { false }
            })
    }

    @Test(arguments: ["", ":pc.ram@0x1000<Enter>", ":description<Enter>", ":header<Enter>"])
    func whatHasNoValueIsSaid(_ place: String) throws {
        let browser = try browser(Folder(), place + "V")
        if browser.model.prompt != nil { try type("<Enter>", browser) }
        #expect(browser.model.edits?.isEmpty ?? true)
        #expect(browser.model.message?.kind == .error)
    }

    @Test func aCutStreamIsNotEdited() throws {
        let browser = try browser(Folder(), "GV", try Fixture.cut())
        #expect(browser.model.edits?.isEmpty ?? true)
    }

    @Test(arguments: [(80, 24), (40, 10), (20, 5), (1, 1), (200, 60)])
    func viewsOfAllSizes(_ width: Int, _ height: Int) throws {
        let size = Size(width: width, height: height)
        for keys in ["V", "VV", ",d", ",dP"] {
            let browser = try browser(Folder(), ":cpu:0/env.eflags<Enter>" + keys)
            #expect(browser.render(size: size).grid.size == size)
        }
    }
}
