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
        let (screen, path) = try run("\nthemes = 1\n", Sample.path, "--dump-screen", "200x24")
        #expect(screen.status == 0)
        #expect(screen.output.contains("settings: \(path):2:1: expected a setting, found themes"))
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
        #expect(settings.errors.contains("(and 2 more)"))
        let (again, _) = try run(settings.output, "settings")
        #expect(again.status == 0, "\(again.errors)")
    }

    @Test func whatIsNoFileIsTold() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            at: scratch.folder.appendingPathComponent("migscope/config.toml"),
            withIntermediateDirectories: true)
        let outcome = try Program.run(
            Program.url, ["keys"], environment: ["XDG_CONFIG_HOME": scratch.folder.path])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("is no file"))
    }
}
