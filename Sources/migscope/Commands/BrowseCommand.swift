import ArgumentParser
import Core
import TUI
import Terminal

/// `migscope FILE`: the browser, one screen of it as text, or without a terminal the overview.
struct BrowseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "browse", abstract: "Open the browser (what happens without a command).")

    @OptionGroup var input: FileArgument

    @Argument(
        help: ArgumentHelp(
            "With --diff: a stream, a description, or what -dump-vmstate prints.", valueName: "other"),
        completion: .file())
    var second: String?

    @Flag(help: "Compare two files: the list of what differs, beside their trees.")
    var diff = false

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
        if diff != (second != nil) {
            throw ValidationError(
                diff
                    ? "--diff compares two files: migscope --diff A B"
                    : "one file is browsed; try: --diff A B")
        }
        if keys != nil, dumpScreen == nil {
            throw ValidationError("--keys types into a screen that is printed; add --dump-screen WxH")
        }
    }

    func run() throws {
        if let screen = dumpScreen?.size {
            try dump(try input.open(), screen)
        } else if StandardOutput.isTerminal {
            try browse(try input.opening())
        } else if let other = try comparedWith() {
            // As `migscope diff` without options.
            var output = StandardOutput()
            var export = DiffExport(
                try input.open(), other, indexes: nil, options: DiffExport.Options())
            _ = export.write(to: &output)
            output.flush()
        } else {
            var output = StandardOutput()
            TreeExport(try input.open()).write(depth: 1, to: &output)
            output.flush()
        }
    }

    /// What is in the file as such is browsed at once; what has to be unpacked is, behind a screen that
    /// shows how far that is.
    private func browse(_ opening: ContainerOpening) throws {
        let isUnicode = TerminalSession.prepareLocale()
        let depth = TerminalSession.colorDepth(color)
        let other = try comparedWith()
        let target = try target.open()
        func browser(_ document: Document) throws(CommandFailure) -> Browser {
            self.browser(
                document, other, target, try options(document, depth, ascii: ascii || !isUnicode))
        }
        if let document = try atOnce(opening) { return try show(try browser(document), depth) }
        var failure: CommandFailure?
        let screen = OpeningScreen(
            opening, options: BrowserOptions(ascii: ascii || !isUnicode, colors: depth)
        ) { document in
            do throws(CommandFailure) {
                return try browser(document)
            } catch {
                failure = error
                return nil
            }
        }
        try show(screen, depth)
        if let failure { throw failure }
        if let error = screen.failure { throw CommandFailure(.unusable, error.description) }
    }

    // The document, unless something has to be unpacked for it.
    private func atOnce(_ opening: ContainerOpening) throws(CommandFailure) -> Document? {
        do throws(OpenError) {
            while !opening.isUnpacking, try opening.step() {}
            return opening.isUnpacking ? nil : try opening.finish()
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }

    private func show(_ screen: any Screen, _ depth: ColorDepth) throws(CommandFailure) {
        let status: Int32
        do throws(TerminalError) {
            status = try TerminalSession.run(screen, colors: depth, mouse: !noMouse)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
        if status != 0 { throw CommandFailure(ExitStatus(rawValue: status) ?? .unusable) }
    }

    private func dump(_ document: Document, _ size: Size) throws {
        let depth = color == .always ? TerminalSession.colorDepth(.always) : .mono
        let browser = browser(
            document, try comparedWith(), try target.open(), try options(document, depth, ascii: ascii))
        let frame = ScreenDump.render(browser, size: size, keys: try events())
        var output = StandardOutput()
        output.write(color == .always ? frame.grid.sgr(depth) : frame.grid.text())
        output.write("\n")
        output.flush()
    }

    private func comparedWith() throws(CommandFailure) -> ComparedWith? {
        try second.map { second throws(CommandFailure) in try input.openComparedWith(second) }
    }

    private func browser(
        _ document: Document, _ other: ComparedWith?, _ target: CheckTarget, _ options: BrowserOptions
    ) -> Browser {
        if let other { return Browser(document: document, comparedWith: other, options: options) }
        return Browser(document: document, target: target, options: options)
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
