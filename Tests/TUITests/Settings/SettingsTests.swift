import Bytes
import Query
import Testing

@testable import TUI

@Suite struct SettingsTests {
    @Test func everySettingIsRead() throws {
        let settings = try Settings(
            text: """
                # as I like it
                theme = "light"   # by day
                color = 256
                ascii = true
                mouse = false
                layout = 'stacked'
                columns = "size,offset"
                base = "dec"
                clipboard = "xclip -selection \\"clipboard\\""
                session = false\r
                """)
        #expect(settings.theme == .light)
        #expect(settings.color == .ansi256)
        #expect(settings.ascii == true)
        #expect(settings.mouse == false)
        #expect(settings.layout == .stacked)
        #expect(settings.columns == [.offset, .size])
        #expect(settings.base == .decimal)
        #expect(settings.clipboard == "xclip -selection \"clipboard\"")
        #expect(settings.session == false)
        #expect(settings.keymap == Keymap())
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "[keys]\n"]) func nothingIsTheDefault(_ text: String) throws
    {
        #expect(try Settings(text: text) == Settings())
    }

    @Test(arguments: [
        ("theme = \"drak\"", 1, 9, "expected \"auto\", \"dark\""),
        ("\n  theme = 1", 2, 11, "found 1"),
        ("columns = \"size,type,\"", 1, 11, "expected \"none\", or \"offset\""),
        ("themes = \"dark\"", 1, 1, "did you mean theme?"),
        ("theme", 1, 6, "expected = and a value, found the end of the file"),
        ("theme \"dark\"", 1, 7, "expected ="),
        ("theme =\nmouse = true", 1, 8, "found the end of the line"),
        ("theme = dark", 1, 9, "found dark"),
        ("theme = \"dark", 1, 9, "expected \" at the end of the text"),
        ("theme = \"dark\" mouse = true", 1, 16, "expected the end of the line"),
        ("theme = \"da\\qrk\"", 1, 13, "after \\"),
        ("theme = \"\\u00zz\"", 1, 12, "hexadecimal"),
        ("theme = \"\\ud800\"", 1, 12, "hexadecimal"),
        ("theme = \"a\u{1b}b\"", 1, 11, "control character \\x1b"),
        ("theme = \"dark\"\ntheme = \"light\"", 2, 1, "once"),
        ("a.b = 1", 1, 2, "expected ="),
        ("[view]\ntheme = \"dark\"", 2, 1, "expected [keys] or [colors], found [view]"),
        ("[keys\n", 1, 6, "expected ]"),
        ("mouse = 1.5", 1, 9, "found 1.5"),
        ("mouse = { a = 1 }", 1, 9, "found {"),
        ("mouse = [[[[[[true]]]]]]", 1, 13, "expected a value"),
        ("[keys]\nmove-dwn = \"j\"", 2, 1, "did you mean move-down?"),
        ("[keys]\nhelp = true", 2, 8, "expected keys as \"text\", found true"),
        ("[keys]\nhelp = [\"H\", \"<Foo>\"]", 2, 14, "no key \"<Foo>\""),
        ("[keys]\nhelp = \"\"", 2, 8, "expected keys, found none"),
        ("[keys]\nhelp = \"3x\"", 2, 8, "do not begin with a digit"),
        ("[keys]\nhelp = \"gh\"\nquit = [\n  \"a\",\n  \"g\",\n]", 5, 3, "gh is bound to help"),
        ("[keys]\nset-mark = \"m\"\nquit = \"ma\"", 3, 8, "ma is bound to set-mark"),
        ("[keys]\nhelp = [\"a\" \"b\"]", 2, 13, "expected , or ] in the list"),
        ("[colors]\n'value = 1' = \"red\"", 2, 8, "in the filter, expected =="),
        ("[colors]\n  \"path undr ram\" = \"red\"", 2, 9, "did you mean under"),
        ("[colors]\n\"a\\tb = 1\" = \"red\"", 2, 1, "in the filter, column 5"),
        ("x\u{FFFD}", 1, 2, "UTF-8"),
    ]) func mistakesHaveAPlace(_ text: String, _ line: Int, _ column: Int, _ message: String) {
        let error = #expect(throws: SettingsError.self) { try Settings(text: text) }
        #expect(error?.line == line && error?.column == column, "\(error?.description ?? "")")
        #expect(error?.message.contains(message) ?? false, "\(error?.description ?? "")")
        #expect(error?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 } ?? false)
    }

    @Test(arguments: [
        ("typ == timer", "typ", 1, "type"), ("armed && valeu > 3", "valeu", 10, "value"),
        ("(pat under cpu)", "pat", 2, "path"), ("armd", "armd", 1, "armed"),
        ("!diffres", "diffres", 2, "differs"),
    ]) func aSlipIsDoubted(_ filter: String, _ word: String, _ column: Int, _ nearest: String) {
        let doubts = Filter.doubts(filter)
        #expect(doubts.map(\.word) == [word] && doubts.map(\.column) == [column])
        #expect(doubts.map(\.nearest) == [nearest])
    }

    @Test(arguments: [
        "type == timer", "value == typ", "name contains armd", "\"typ\" == 1", "eip == 3", "rip", "not zero",
    ]) func whatIsMeantIsNotDoubted(_ filter: String) {
        #expect(Filter.doubts(filter).isEmpty)
    }

    @Test func keysReplaceTheDefaultsOfTheirAction() throws {
        let keymap = try Settings(text: "[keys]\nhelp = [\"H\", \"<F2>\"]\nquit = []\n").keymap
        #expect(keymap.keysText(.help) == "H F2")
        #expect(keymap.meaning(of: [.character("H")]) == .action(.help, argument: nil))
        #expect(keymap.meaning(of: [.character("?")]) == .nothing)
        #expect(keymap.meaning(of: [.character("Q")]) == .nothing)
        #expect(keymap.keysText(.moveDown) == "j Down")
    }

    @Test func whatIsTakenIsLostToItsDefault() throws {
        let keymap = try Settings(text: "[keys]\nhelp = \"j\"\nquit = \"gq\"\n").keymap
        #expect(keymap.meaning(of: [.character("j")]) == .action(.help, argument: nil))
        #expect(keymap.keysText(.moveDown) == "Down")
        #expect(keymap.keysText(.first) == "Home")
        #expect(keymap.meaning(of: [.character("g"), .character("q")]) == .action(.quit, argument: nil))
    }

    @Test func anArgumentFollowsItsKeys() throws {
        let keymap = try Settings(text: "[keys]\nset-mark = \"gm\"\nexpand-to-level = [\"Z\", \"z\"]").keymap
        #expect(
            keymap.meaning(of: [.character("g"), .character("m"), .character("c")])
                == .action(.setMark, argument: 3))
        #expect(keymap.meaning(of: [.character("m"), .character("c")]) == .nothing)
        #expect(keymap.keysText(.expandToLevel) == "Z1…Z9 z1…z9")
    }

    @Test(arguments: [
        "",
        "[keys]\nhelp = [\"\\\"\", \"\\\\\", \"<lt>\", \"<C-Space>\", \"é\"]\nset-mark = [\"gm\"]\nquit = []",
    ]) func thePrintedKeysReadBack(_ text: String) throws {
        let keymap = try Settings(text: text).keymap
        let again = try Settings(text: keymap.settingsText()).keymap
        for action in Action.allCases {
            #expect(again.sequences(of: action) == keymap.sequences(of: action), "\(action.name)")
        }
    }

    @Test func theBrowserTakesThem() throws {
        let settings = try Settings(
            text: "layout = \"stacked\"\nbase = \"dec\"\nascii = true\n[keys]\nquit = \"X\"")
        let browser = try Browser.after(
            "", on: Fixture.small(), options: BrowserOptions(settings: settings, notice: "c.toml:1:2: bad"))
        #expect(browser.state.layout.hexRuleY != nil)
        #expect(browser.model.base == .decimal)
        #expect(browser.status().contains("c.toml:1:2: bad"))
        #expect(try browser.type("X") == [.quit])
        #expect(browser.render(size: Size(width: 80, height: 24)).grid.text().utf8.allSatisfy { $0 < 0x80 })
    }
}

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("qiut", "quit"), ("hlep", "help"), ("move-dwn", "move-down"), ("thme", "theme"),
        ("expnd-all", "expand-all"), ("finding", "findings"), ("HELP", "help"),
    ]) func near(_ word: String, _ name: String) {
        let names = Action.allCases.map(\.name) + ["theme"]
        #expect(
            Suggestion.nearest(to: word, among: names).first == name
                || Suggestion.nearest(to: word, among: names).contains(name))
    }

    @Test func nothingIsNearNonsense() {
        #expect(Suggestion.nearest(to: "frobnicate", among: Action.allCases.map(\.name)).isEmpty)
        #expect(Suggestion.nearest(to: "", among: ["a"]).isEmpty)
    }
}
