import ArgumentParser
import Bytes
import TUI

/// The options for the browser's look and behavior, which override the settings file.
struct LookArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "auto, always, never, truecolor, 256 or 16; --color alone is always. With --dump-screen, SGR sequences.",
            valueName: "when"))
    var color: ColorChoice?

    @Option(
        help: ArgumentHelp(
            "auto (asks the terminal for its background), dark, light, mono or high-contrast.",
            valueName: "name"))
    var theme: ThemeName?

    @Flag(help: "Draw with ASCII characters only.")
    var ascii = false

    @Flag(help: "Leave the mouse to the terminal.")
    var noMouse = false

    @Flag(
        help:
            "Print linear text without escape sequences, for screen readers; then read a line for each step.")
    var plain = false

    @Flag(help: "Do not save or restore the session: folds, marks, notes, typed lines.")
    var noSession = false

    @Option(
        help: ArgumentHelp(
            "A shell command that receives copied text, instead of the terminal (OSC 52).",
            valueName: "command"))
    var clipboardCmd: String?

    /// Returns the settings file with the options applied.
    func settings() -> SettingsFile {
        var file = SettingsFile.load()
        if let color { file.settings.color = color }
        if let theme { file.settings.theme = theme }
        if ascii { file.settings.ascii = true }
        if noMouse { file.settings.mouse = false }
        if noSession { file.settings.session = false }
        if let clipboardCmd { file.settings.clipboard = clipboardCmd }
        return file
    }
}
