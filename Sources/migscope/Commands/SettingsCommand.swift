import ArgumentParser
import TUI

/// `migscope settings`: each setting, its value and where that comes from.
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Print all settings, their values, and where those come from.",
        discussion: """
            The output is a settings file. A line that can't be used is said on standard error.
            Example: migscope settings > ~/.config/migscope/config.toml
            """)

    func run() throws {
        let file = SettingsFile.load()
        var output = StandardOutput()
        for line in file.lines { output.write(line + "\n") }
        output.flush()
        if let problem = file.problem { throw CommandFailure(.findings, problem) }
    }
}
