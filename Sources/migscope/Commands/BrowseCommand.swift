import ArgumentParser
import Core
import TUI
import Terminal

/// `migscope FILE`: the browser, one screen of it as text, or without a terminal the overview.
struct BrowseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "browse", abstract: "Open the browser (what happens without a command).")

    @OptionGroup var input: FileArgument

    @Option(help: ArgumentHelp("Start at this offset of the stream.", valueName: "offset"))
    var at: OffsetArgument?

    @Option(help: ArgumentHelp("Start at the first match of this search.", valueName: "text"))
    var find: String?

    @Option(
        help: ArgumentHelp(
            "Print the screen of this size, such as 80x24, instead of opening the browser.", valueName: "WxH")
    )
    var dumpScreen: ScreenSizeArgument?

    @Option(
        help: ArgumentHelp(
            "With --dump-screen: type these first; names in brackets: <Enter> <Esc> <PgDn> <C-d> <lt>.",
            valueName: "keys"))
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "auto, always or never; --color alone is always. With --dump-screen, always writes SGR sequences.",
            valueName: "when"))
    var color = TerminalColor.auto

    @OptionGroup var target: TargetArguments

    @Flag(help: "Draw with ASCII characters only.")
    var ascii = false

    @Flag(help: "Leave the mouse to the terminal.")
    var noMouse = false

    func validate() throws {
        if keys != nil, dumpScreen == nil {
            throw ValidationError("--keys types into a screen that is printed; add --dump-screen WxH")
        }
    }

    func run() throws {
        let document = try input.open()
        if let screen = dumpScreen?.size {
            try dump(document, screen)
        } else if StandardOutput.isTerminal {
            try browse(document)
        } else {
            var output = StandardOutput()
            TreeExport(document).write(depth: 1, to: &output)
            output.flush()
        }
    }

    private func browse(_ document: Document) throws {
        let isUnicode = TerminalSession.prepareLocale()
        let depth = TerminalSession.colorDepth(color)
        let browser = Browser(
            document: document, target: try target.open(),
            options: try options(document, depth, ascii: ascii || !isUnicode))
        let status: Int32
        do throws(TerminalError) {
            status = try TerminalSession.run(browser, colors: depth, mouse: !noMouse)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
        if status != 0 { throw CommandFailure(ExitStatus(rawValue: status) ?? .unusable) }
    }

    private func dump(_ document: Document, _ size: Size) throws {
        let depth = color == .always ? TerminalSession.colorDepth(.always) : .mono
        let frame = ScreenDump.render(
            document: document, target: try target.open(),
            options: try options(document, depth, ascii: ascii), size: size, keys: try events())
        var output = StandardOutput()
        output.write(color == .always ? frame.grid.sgr(depth) : frame.grid.text())
        output.write("\n")
        output.flush()
    }

    private func events() throws -> [Event] {
        do throws(KeyScript.Failure) {
            return try KeyScript.parse(keys ?? "")
        } catch {
            throw CommandFailure(.unusable, "--keys: \(error)")
        }
    }

    private func options(
        _ document: Document, _ depth: ColorDepth, ascii: Bool
    ) throws(CommandFailure) -> BrowserOptions {
        BrowserOptions(startOffset: try at?.resolved(in: document), find: find, ascii: ascii, colors: depth)
    }
}
