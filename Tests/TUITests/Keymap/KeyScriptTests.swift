import Testing

@testable import TUI

@Suite struct KeyScriptTests {
    @Test(arguments: [
        ("j", [Key.character("j")]),
        ("/a b", [.character("/"), .character("a"), .space, .character("b")]),
        ("<Enter><Tab><Esc>", [.enter, .tab, .escape]),
        ("<enter><CR><Return>", [.enter, .enter, .enter]),
        ("<Up><PgDn><Home><F1><F12>", [.up, .pageDown, .home, .function(1), .function(12)]),
        ("<C-d><c-D><C-l>", [.control("d"), .control("d"), .control("l")]),
        ("<C-i><C-m><C-h><C-[>", [.tab, .enter, .backspace, .escape]),
        ("<lt>a>", [.character("<"), .character("a"), .character(">")]),
        ("<Space><BS><S-Tab>", [.space, .backspace, .backTab]),
        ("é\n\t", [.character("é"), .enter, .tab]),
        ("", []),
    ]) func reads(_ text: String, _ keys: [Key]) throws {
        #expect(try KeyScript.parse(text) == keys.map { .key($0) })
    }

    @Test func aWrongNameListsThoseThereAre() throws {
        let failure = #expect(throws: KeyScript.Failure.self) { try KeyScript.parse("j<Foo>") }
        #expect(failure?.description.contains("no key \"<Foo>\"") ?? false)
        #expect(failure?.description.contains("<Enter>") ?? false)
        #expect(failure?.description.contains("<lt>") ?? false)
    }

    @Test(arguments: ["<", "j<Enter", "<C-d", "<>", "<F0>", "<F13>", "<C-1>", "<C-dd>", "<\u{1b}>"])
    func refuses(_ text: String) {
        let failure = #expect(throws: KeyScript.Failure.self) { try KeyScript.parse(text) }
        #expect(failure?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 } ?? false)
    }

    @Test func everyNameIsReadBack() throws {
        for (key, names) in Key.named {
            for name in names { #expect(try KeyScript.parse("<\(name)>") == [.key(key)]) }
        }
    }
}
