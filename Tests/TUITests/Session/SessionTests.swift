import Stream
import Testing

@testable import TUI

/// What is there again the next time.
@Suite struct SessionTests {
    private func again(_ browser: Browser, on document: Document) -> Browser {
        Browser(document: document, options: BrowserOptions(kept: browser.keepsake))
    }

    @Test(arguments: [
        "", "5Gl", "E5G", "z2:mc146818rtc:0/cmos_data<Enter>ee", "z3C5Gl", "5GlhG",
        ":mc146818rtc:0/cmos_data[5]<Enter>",
        "5Gma10jlmb;a note<Enter>j;another<Enter>", "&isr<Enter>",
    ]) func foldsSelectionMarksAndNotes(_ keys: String) throws {
        let first = try Browser.after(keys, on: Fixture.sample())
        let second = again(first, on: try Fixture.sample())
        #expect(second.selectedPath == first.selectedPath)
        #expect(second.model.hexCursor == first.model.hexCursor)
        if first.model.unfiltered == nil {
            #expect(second.model.outline.rowCount == first.model.outline.rowCount)
        }
        #expect(second.model.marks == first.model.marks)
        #expect(second.model.notes == first.model.notes)
        if first.model.unfiltered == nil { #expect(second.keepsake.session == first.keepsake.session) }
    }

    @Test func nothingLazyIsRead() throws {
        let first = try Browser.after("4Gle5jma;in RAM<Enter>g", on: Fixture.sample())
        #expect(first.model.marks[1]?.selection.depth ?? 0 > 1)
        let document = try Fixture.sample()
        let second = again(first, on: document)
        #expect(document.tree.node(NodePath([3])).isLazy)
        #expect(second.model.marks.isEmpty && second.model.notes.isEmpty)
        // They are not lost by that, and there once the part is read.
        #expect(again(second, on: try Fixture.sample()).model.unplaced.marks.count == 1)
        try second.type("4Gle")
        #expect(second.model.marks == first.model.marks)
        #expect(second.model.notes == first.model.notes)
    }

    @Test func whatWasTypedIsThereAgain() throws {
        let first = try Browser.after(
            "/cmos<Enter>:help<Enter>qomc146818rtc<Enter>&isr<Enter>", on: Fixture.sample())
        #expect(first.keepsake.history == ["/cmos", "&isr", ":help", "omc146818rtc"])
        let second = again(first, on: try Fixture.sample())
        try second.type("/<Up>")
        #expect(second.model.prompt?.text == "cmos")
        try second.type("<Esc>o<Up>")
        #expect(second.model.prompt?.text == "mc146818rtc")
    }

    @Test(arguments: [
        "", "other", "migscope session 2\nselect\t0x10\theader",
        "migscope session 1\nnonsense\nmark\nmark\tA\t0\tx",
        "migscope session 1\nfold\t-1\topen\theader\nselect\t0xffffffffffffffff\tnowhere\nmark\ta\t1G\theader",
        "migscope session 1\nnote\tnowhere\ttext\nfold\t99999999999999999999\topen\t\nselect\t0\t%%%[[[~~~",
    ]) func damageIsLeftOut(_ text: String) throws {
        let browser = Browser(
            document: try Fixture.sample(),
            options: BrowserOptions(kept: Keepsake(session: text, history: ["", "x", "/"])))
        try browser.type("jjll'aM")
        #expect(browser.render(size: Size(width: 80, height: 24)).grid.text().contains("sample"))
    }

    @Test func theStartOfTheCommandLineComesFirst() throws {
        let first = try Browser.after("10j", on: Fixture.sample())
        let document = try Fixture.sample()
        let second = Browser(
            document: document,
            options: BrowserOptions(startPlace: try document.place("0x499a0", from: 0), kept: first.keepsake))
        #expect(second.model.hexCursor == 0x499a0)
    }

    @Test func notes() throws {
        let browser = try Browser.after("5G", on: Fixture.sample())
        #expect(try browser.type(";first<Enter>").contains(.keep))
        #expect(browser.render(size: Size(width: 80, height: 24)).grid.text().contains("✎timer"))
        #expect(browser.render(size: Size(width: 80, height: 24)).grid.text().contains("note: first"))
        try browser.type(";<C-u>second<Enter>")
        #expect(browser.model.notes.values.first == "second")
        try browser.type("gM")
        #expect(browser.line(2).contains("✎  0x48") && browser.line(2).contains("second"))
        try browser.type("<Enter>")
        #expect(browser.selectedPath == "timer:0")
        try browser.type(":note <Esc>;<C-u><Enter>")
        #expect(browser.model.notes.isEmpty)
        try browser.type(":note by command<Enter>")
        #expect(browser.model.notes.values.first == "by command")
    }
}

@Suite struct ReportKeyTests {
    private func report(_ keys: String) throws -> (text: String, path: String)? {
        let browser = try Browser.after("", on: Fixture.sample())
        for effect in try browser.type(keys) {
            guard case .write(let bytes, let path) = effect else { continue }
            var text: [UInt8] = []
            bytes.forEachPiece {
                text += $0
                return true
            }
            return (String(decoding: text, as: UTF8.self), path)
        }
        return nil
    }

    @Test func theSelectedNode() throws {
        let report = try report(":mc146818rtc:0/cmos_index<Enter>rout.md<Enter>")
        #expect(report?.path == "out.md")
        #expect(report?.text.contains("## `mc146818rtc:0/cmos_index`") ?? false)
    }

    @Test func marksAndNotes() throws {
        let report = try report("5Gma10j;odd<Enter>g:report out.md<Enter>")
        #expect(report?.text.contains("## `timer:0`") ?? false)
        #expect(report?.text.contains("| mark | a |") ?? false)
        #expect(report?.text.contains("> odd") ?? false)
        #expect(!(report?.text.contains("## `header`") ?? true))
    }

    @Test func pathsOfTheLine() throws {
        let report = try report(":report out.md timer:0 cpu:1<Enter>")
        #expect(report?.text.contains("## `timer:0`") ?? false)
        #expect(report?.text.contains("## `cpu:1`") ?? false)
        #expect(try self.report(":report out.md nowhere:7<Enter>") == nil)
    }
}
