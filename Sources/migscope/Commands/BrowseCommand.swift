import ArgumentParser
import Bytes
import Compare
import Diagnose
import Export
import Glibc
import Stream
import TUI
import Terminal

/// `migscope FILE`: the browser, one screen of it as text, or, without a terminal, the overview.
struct BrowseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "browse", abstract: "Open the browser, as without a command.",
        discussion: "Example: migscope vm.mig --at 0x4a51d")

    @OptionGroup var input: FileArgument

    @Argument(
        help: ArgumentHelp(
            "More files to browse, :n goes to the next; with --diff, the second file, a description or the output of -dump-vmstate.",
            valueName: "other"),
        completion: .file())
    var others: [String] = []

    @Flag(help: "Compare two files: show a list of the differences beside their trees.")
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
        name: .customLong("exec"),
        help: ArgumentHelp(
            "Run this at the start, as if it were typed: an action, or a line after :, / or &; +ACTION for short.",
            valueName: "line"))
    var lines: [String] = []

    @OptionGroup var look: LookArguments

    @Flag(help: "Read on while the file grows: sections show as they arrive.")
    var follow = false

    @OptionGroup var target: TargetArguments

    func validate() throws {
        if diff, others.count != 1 { throw ValidationError("--diff compares two files: migscope --diff A B") }
        if keys != nil, dumpScreen == nil {
            throw ValidationError("--keys types into a screen that is printed; add --dump-screen WxH")
        }
        if follow, dumpScreen != nil || diff {
            throw ValidationError(
                "--follow works in the browser with one file: omit --dump-screen and --diff")
        }
    }

    private var second: String? { diff ? others.first : nil }

    func run() throws {
        if !diff, !others.isEmpty { try checkFiles() }
        if !StandardOutput.isTerminal, dumpScreen == nil, !follow { try checkText() }
        if let screen = dumpScreen?.size {
            try dump(try input.openUnread(isOneOfTwo: diff), screen)
        } else if follow {
            try browseGrowing()
        } else if look.plain {
            let document = try input.open()
            var options = try options(document, look.settings(), .mono)
            options.openOutput = output(for: input.file)
            let browser = browser(document, try comparedWith(), try target.open(), options)
            PlainBrowsing(document, browser, readsKeys: input.file != "-").run()
        } else if StandardOutput.isTerminal {
            try browse(try input.opening(isOneOfTwo: diff))
        } else if let other = try comparedWith() {
            // Like `migscope diff` without options.
            var output = StandardOutput()
            var export = DiffExport(
                try input.open(isOneOfTwo: true), other, indexes: nil, options: DiffExport.Options())
            _ = export.write(to: &output)
            output.flush()
        } else {
            var output = StandardOutput()
            TreeExport(try input.open()).write(depth: 1, to: &output)
            output.flush()
        }
    }

    // Report missing files before a screen hides the message.
    private func checkFiles() throws {
        for name in others where access(name.fileName, R_OK) != 0 {
            throw CommandFailure(
                .unusable, "\(name): \(String(cString: strerror(errno))); try: an existing file")
        }
        guard StandardOutput.isTerminal || dumpScreen != nil else {
            throw CommandFailure(
                .unusable, "only the browser opens several files; try: migscope tree FILE, one by one")
        }
    }

    // A screen printed as text performs no actions: reject options that ask for them instead of ignoring
    // them.
    private func checkText() throws(CommandFailure) {
        let name = FileName.shown(input.file)
        let lost: (option: String, instead: String)? =
            if at != nil {
                ("--at", "migscope at \(name) PLACE")
            } else if let find {
                ("--find", "migscope find \(name) '\(FileName.shown(find))'")
            } else if !lines.isEmpty {
                ("+ACTION and --exec", "--dump-screen 80x24")
            } else if !diff, target.like != nil || target.against != nil || target.qemu != nil {
                ("--like, --against and --qemu", "migscope check \(name)")
            } else {
                nil
            }
        guard let lost else { return }
        throw CommandFailure(
            .unusable,
            "\(lost.option): works only in the browser, but standard output is not a terminal; try: \(lost.instead)"
        )
    }

    private func browseGrowing() throws {
        guard StandardOutput.isTerminal else {
            throw CommandFailure(
                .unusable, "--follow needs a terminal; try: migscope info FILE, repeatedly")
        }
        let file = look.settings()
        let isUnicode = TerminalSession.prepareLocale()
        let depth = TerminalSession.colorDepth(file.settings.color ?? .auto)
        // Opening refuses a terminal, so do not copy from it.
        let pipe = input.file == "-" && isatty(STDIN_FILENO) == 0 ? try GrowingPipe() : nil
        let document = try input.openGrowing(pipe)
        var options = try options(document, file, depth, ascii: !isUnicode)
        if let pipe { options.isInputAtEnd = { pipe.isAtEnd } }
        let terminal = TerminalSession.Options(
            colors: depth, mouse: file.settings.mouse ?? true, clipboardFile: Keeper.clipboardFile
        ) {}
        try show(browser(document, nil, try target.open(), options), terminal)
    }

    /// Opens an uncompressed file in the browser at once; otherwise shows the progress of unpacking first.
    private func browse(_ opening: DocumentOpening) throws {
        let file = look.settings()
        let isUnicode = TerminalSession.prepareLocale()
        let depth = TerminalSession.colorDepth(file.settings.color ?? .auto)
        let other = try comparedWith()
        let target = try target.open()
        var keeper: Keeper?
        func browser(_ document: Document) throws(CommandFailure) -> Browser {
            let new = Keeper(document, isOn: file.settings.session ?? true)
            var options = try options(document, file, depth, ascii: !isUnicode)
            options.kept = new.kept
            if let problem = new.problem, options.notice == nil {
                options.notice = "marks and notes are not saved: \(problem)"
            }
            options.clock = MonotonicClock.milliseconds
            options.openOutput = output(for: input.file)
            let browser = self.browser(document, other, target, options)
            new.browser = browser
            keeper = new
            return browser
        }
        let terminal = TerminalSession.Options(
            colors: depth, mouse: file.settings.mouse ?? true, clipboardFile: Keeper.clipboardFile
        ) { keeper?.keep() }
        defer {
            if let problem = keeper?.problem {
                _ = CommandFailure(.success, "marks and notes were not saved: \(problem)").report()
            }
        }
        if let document = try atOnce(opening) { return try show(try browser(document), terminal) }
        var failure: CommandFailure?
        let screen = OpeningScreen(
            opening, options: BrowserOptions(ascii: !isUnicode, colors: depth, settings: file.settings)
        ) { document in
            do throws(CommandFailure) {
                return try browser(document)
            } catch {
                failure = error
                return nil
            }
        }
        try show(screen, terminal)
        if let failure { throw failure }
        if let error = screen.failure { throw CommandFailure(.unusable, error.description) }
    }

    // The document; nil when something must be unpacked first.
    private func atOnce(_ opening: DocumentOpening) throws(CommandFailure) -> Document? {
        do throws(OpenError) {
            while !opening.isUnpacking, try opening.step() {}
            return opening.isUnpacking ? nil : try opening.finish()
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }

    private func show(_ screen: any Screen, _ terminal: TerminalSession.Options) throws(CommandFailure) {
        let status: Int32
        do throws(TerminalError) {
            status = try TerminalSession.run(screen, options: terminal)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
        if status != 0 { throw CommandFailure(ExitStatus(rawValue: status) ?? .unusable) }
    }

    /// Opens the output for an edited stream: a new file that is not one of the inputs.
    private func output(for file: String) -> OutputOpening {
        { path in
            var path = path
            if path.hasPrefix("~/"), let home = getenv("HOME") {
                path = String(cString: home) + path.dropFirst()
            }
            do throws(CommandFailure) {
                return .success(try StreamFile(path: path, inputs: [file], replaces: false))
            } catch {
                return .failure(FileProblem(error.message))
            }
        }
    }

    // A screen as text has colors only if an option asks for them.
    private func dump(_ document: Document, _ size: Size) throws {
        let hasColor = look.color.map { $0 != .auto && $0 != .never } ?? false
        let depth = hasColor ? TerminalSession.colorDepth(look.color ?? .always) : .mono
        let browser = browser(
            document, try comparedWith(), try target.open(), try options(document, look.settings(), depth))
        let frame = ScreenDump.render(browser, size: size, keys: try events())
        var output = StandardOutput()
        output.write(hasColor ? frame.grid.sgr(depth) : frame.grid.text())
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
        _ document: Document, _ file: SettingsFile, _ depth: ColorDepth, ascii: Bool = false
    ) throws(CommandFailure) -> BrowserOptions {
        var options = BrowserOptions(
            startPlace: try at?.place(in: document), find: find, ascii: ascii, colors: depth,
            settings: file.settings,
            notice: file.notice, sample: { try? EmbeddedSample.open() })
        options.commands = lines
        options.inputName = input.file == EmbeddedSample.argument ? "--sample" : input.file
        options.inputWords = input.reading.words
        if !diff {
            options.moreFiles = others
            let description = input.reading.description
            options.openFile = { FileArgument.open($0, description: description) }
        }
        return options
    }
}
