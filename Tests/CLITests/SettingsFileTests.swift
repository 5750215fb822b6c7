import Foundation
import Testing

/// `config.toml` in the folder that XDG_CONFIG_HOME names.
@Suite struct SettingsFileTests {
    private func run(_ text: String, _ arguments: String...) throws -> (Program.Outcome, String) {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            at: scratch.folder.appendingPathComponent("migscope"), withIntermediateDirectories: true)
        let path = try scratch.file("migscope/config.toml", Array(text.utf8))
        let outcome = try Program.run(
            Program.url, arguments, environment: ["XDG_CONFIG_HOME": scratch.folder.path])
        return (outcome, path)
    }

    @Test func keysAreShownAsTheyAreSet() throws {
        let (keys, _) = try run("[keys]\nquit = [\"X\", \"<C-q>\"]\n", "keys")
        #expect(keys.status == 0)
        #expect(keys.lines.contains { $0.contains("X C-q ") && $0.contains("quit") })
        let (map, _) = try run("[keys]\nquit = [\"X\", \"<C-q>\"]\n", "--print-keymap")
        #expect(map.lines.first == "[keys]")
        #expect(map.output.contains("quit = [\"X\", \"<C-q>\"]"))
        let (again, _) = try run(map.output, "--print-keymap")
        #expect(again.output == map.output)
        let (man, _) = try run("[keys]\nquit = \"X\"\n", "keys", "--man")
        #expect(man.output == (try Program.run("keys", "--man").output))
    }

    @Test func keysAndLayoutAreUsed() throws {
        let (screen, _) = try run(
            "theme = \"light\"\nlayout = \"stacked\"\n[keys]\nhelp = \"H\"\n", Sample.path, "--dump-screen",
            "80x24", "--keys", "H")
        #expect(screen.output.contains("┌ help ─"))
        #expect(!screen.output.contains("┬"))
    }

    @Test func aMistakeIsToldAndLeftOut() throws {
        let (screen, _) = try run("\nthemes = 1\n", Sample.path, "--dump-screen", "80x24")
        #expect(screen.status == 0)
        #expect(screen.output.contains("settings: config.toml:2:1: found themes; did you mean theme?"))
        let (keys, other) = try run("\nthemes = 1\n", "keys")
        #expect(keys.status == 2)
        #expect(keys.errorLines.count == 1)
        #expect(keys.errors.contains("\(other):2:1:"))
        #expect(keys.output == (try Program.run("keys").output))
    }

    @Test func onlyTheBadLineIsLeftOut() throws {
        let text =
            "layout = \"stacked\"\ntheme = \"drak\"\n[keys]\nhelp = \"H\"\nquit = true\n[colors]\n'value = 1' = \"red\"\n"
        let (settings, path) = try run(text, "settings")
        #expect(settings.status == 1)
        #expect(settings.lines.contains { $0.hasPrefix("layout = \"stacked\"") && $0.contains("\(path):1") })
        #expect(settings.lines.contains { $0.hasPrefix("theme = \"auto\"") && $0.contains("default") })
        #expect(settings.output.contains("help = [\"H\"]"))
        #expect(
            settings.errors.contains("\(path):2:9: expected") && settings.errors.contains("did you mean dark")
        )
        #expect(settings.errorLines.count == 3)
        #expect(settings.errorLines.contains { $0.contains("\(path):5:8: expected keys") })
        #expect(settings.errorLines.contains { $0.contains("\(path):7:8: in the filter, expected ==") })
        let (again, _) = try run(settings.output, "settings")
        #expect(again.status == 0, "\(again.errors)")
    }

    /// At 80 columns place and nearest word of the first are seen, however many there are and however long it is.
    @Test func eachBadLineIsSaid() throws {
        let text =
            "theme = \"high-contrastandmuchmoreofit\"\nthem = 1\nmose = true\nascii = 1\nbase = \"hax\"\n[keys]\n"
            + "quti = \"X\"\n[colors]\n'type = x' = \"red\"\n'zero' = \"rad\"\n[kyes]\na = 1\n"
        let (settings, path) = try run(text, "settings")
        #expect(settings.status == 1)
        let places = ["1:9", "2:1", "3:1", "4:9", "5:8", "7:1", "9:7", "10:10", "12:1"]
        #expect(settings.errorLines.count == places.count)
        for (line, place) in zip(settings.errorLines, places) {
            #expect(line.hasPrefix("migscope: \(path):\(place): "), "\(line)")
        }
        let words = ["theme", "mouse", "quit", "red", "[keys]", "hex"]
        for word in words { #expect(settings.errors.contains("did you mean \(word)"), "\(word)") }
        let (screen, _) = try run(
            text.replacing("andmuchmoreofit", with: "t"), Sample.path, "--dump-screen", "80x24")
        #expect(
            screen.output.contains("config.toml:1:9: found \"high-contrastt\"; did you mean high-contrast"))
    }

    /// What may be meant as it is counts, and is asked about.
    @Test func aNameThatIsNearAKeyIsAskedAbout() throws {
        let (settings, path) = try run("[colors]\n'typ == timer' = \"red\"\n", "settings")
        #expect(settings.status == 0)
        #expect(settings.errorLines.count == 1)
        #expect(
            settings.errors.contains(
                "\(path):2:2: in the filter, typ is taken for a name; did you mean type?"))
        #expect(settings.output.contains("'typ == timer' = \"red\""))
        let (quoted, _) = try run("[colors]\n'\"typ\" == timer' = \"red\"\n", "settings")
        #expect(quoted.errors == "")
    }

    @Test func eachKeyNamesItsOrigin() throws {
        let (settings, path) = try run("[keys]\nhelp = \"j\"\n", "settings")
        #expect(settings.status == 0)
        func line(_ name: String) -> String {
            settings.lines.first { $0.hasPrefix(name + " = ") }.map(String.init) ?? ""
        }
        #expect(line("help").contains("# \(path):2; "))
        #expect(line("quit").contains("# default; "))
        #expect(line("move-down").contains("# default, j is bound to help in \(path):2; "))
    }

    @Test func noColorIsAnOrigin() throws {
        let scratch = try Scratch()
        for (value, isNamed) in [("1", true), ("", false)] {
            let outcome = try Program.run(
                Program.url, ["settings"],
                environment: ["XDG_CONFIG_HOME": scratch.folder.path, "NO_COLOR": value])
            let line = outcome.lines.first { $0.hasPrefix("color = ") } ?? ""
            #expect(line.contains("NO_COLOR is set") == isNamed, "\(line)")
        }
    }

    @Test func whatIsNoFileIsTold() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            at: scratch.folder.appendingPathComponent("migscope/config.toml"),
            withIntermediateDirectories: true)
        let outcome = try Program.run(
            Program.url, ["keys"], environment: ["XDG_CONFIG_HOME": scratch.folder.path])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("is not a file"))
    }
}
