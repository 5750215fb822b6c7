import Testing

@testable import TUI

@Suite struct MarkTests {
    @Test(arguments: [
        KeyCase("5Gma10j'a", "timer:0"),
        KeyCase("5Gma10jmbg'b", "0000:00:00.0/mch:0"),
        KeyCase("5Gma10jmag'a", "0000:00:00.0/mch:0"),
        KeyCase("5Gma10j'a''", "0000:00:00.0/mch:0"),
        KeyCase("5Gma10jM<Enter>", "timer:0"),
        KeyCase("5Gma10jmbgMj<Enter>", "0000:00:00.0/mch:0"),
        KeyCase("5Gma10jM'a", "timer:0"),
        KeyCase("5Gma10jMq", "0000:00:00.0/mch:0"),
        KeyCase("5Gma10jMM", "0000:00:00.0/mch:0"),
        KeyCase("5G:set-mark c<Enter>g:go-to-mark c<Enter>", "timer:0"),
        KeyCase("5Gma&isr<Enter>'a", "timer:0"),
        KeyCase("'a", "header"),
        KeyCase("M", "header"),
    ]) func keys(_ test: KeyCase) throws {
        #expect(try Browser.after(test.keys, on: Fixture.sample()).selectedPath == test.path)
    }

    @Test func theByteIsKept() throws {
        let browser = try Browser.after(":0x499a5<Enter>ma<Tab><Tab>g'a", on: Fixture.sample())
        #expect(browser.model.hexCursor == 0x499a5)
    }

    @Test func aMissingMarkSaysHowToSetIt() throws {
        let browser = try Browser.after("'k", on: Fixture.sample())
        #expect(browser.model.message == Message(kind: .error, text: "no mark k; mk sets it"))
    }
}
