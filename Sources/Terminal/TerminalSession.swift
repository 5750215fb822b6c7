import Glibc
import TUI

/// The browser on a real terminal.
package struct TerminalSession {
    private let browser: any Screen
    private let screen: Curses
    private let options: Options
    private let clipboard: Clipboard
    private var decoder = InputDecoder()
    private var size: Size

    /// The browser's environment.
    package struct Options {
        package var colors: ColorDepth
        package var mouse: Bool
        /// The file that replaces the clipboard.
        package var clipboardFile: String?
        /// Saves the state for the next session; called at the end and at the browser's request.
        package var keep: () -> Void

        package init(
            colors: ColorDepth, mouse: Bool = true, clipboardFile: String? = nil,
            keep: @escaping () -> Void = {}
        ) {
            self.colors = colors
            self.mouse = mouse
            self.clipboardFile = clipboardFile
            self.keep = keep
        }
    }

    /// Takes over the terminal and runs until the user quits.
    /// - Returns: the exit status.
    /// - Throws: when there is no terminal, or when it can't show the browser.
    package static func run(_ browser: any Screen, options: Options) throws(TerminalError) -> Int32 {
        var session = try TerminalSession(browser, options)
        let status = session.loop()
        // The state is saved by now.
        Curses.endAsAsked()
        return status
    }

    /// Performs an effect that needs no screen: writes a file, or lists file names. Nil for other effects.
    package static func report(of effect: Effect) -> Event? {
        switch effect {
        case .write(let bytes, let path): NewFile.write(bytes, path: path)
        case .listFiles(let start): .fileNames(FileNames.beginning(like: start), of: start)
        default: nil
        }
    }

    /// Returns the number of colors to use, from `--color`, NO_COLOR, COLORTERM, and the terminfo entry for
    /// TERM.
    package static func colorDepth(_ choice: ColorChoice) -> ColorDepth {
        let colorTerm = environment("COLORTERM")
        return TerminalSurroundings(
            refusesColor: environment("NO_COLOR").map { !$0.isEmpty } ?? false,
            promisesTruecolor: colorTerm == "truecolor" || colorTerm == "24bit",
            colors: TerminalType.known(environment("TERM") ?? "", lookUp: Curses.look)?.colors ?? 0
        ).depth(choice)
    }

    /// Sets the locale; returns true when the terminal is assumed to use UTF-8, so that frames can have line
    /// characters.
    package static func prepareLocale() -> Bool {
        Curses.prepareLocale()
    }

    private init(_ browser: any Screen, _ options: Options) throws(TerminalError) {
        self.browser = browser
        self.options = options
        screen = try Curses(colors: options.colors, mouse: options.mouse)
        size = screen.size()
        let multiplexer: Clipboard.Multiplexer =
            environment("TMUX") != nil ? .tmux : environment("STY") != nil ? .screen : .none
        clipboard = Clipboard(
            isModern: screen.isModern, file: options.clipboardFile, multiplexer: multiplexer)
    }

    private mutating func loop() -> Int32 {
        defer {
            screen.leave()
            options.keep()
        }
        if let isLight = environment("COLORFGBG").flatMap({ BackgroundColor.isLight(colorFGBG: $0) }) {
            _ = dispatch(.background(isLight: isLight))
        }
        guard awaitAnswers() else { return 0 }
        draw()
        var isDrained = false
        while true {
            if isDrained, !wait() { return 1 }
            switch handlePending() {
            case .quit: return 0
            case .drained: isDrained = true
            case .more: isDrained = false
            }
            draw()
        }
    }

    /// The time in milliseconds that the first screen waits for the terminal to report its background.
    private static let answerTime = 150

    /// Returns false when the user has quit meanwhile.
    private mutating func awaitAnswers() -> Bool {
        guard screen.isModern, options.colors != .mono else { return true }
        let end = MonotonicClock.milliseconds() + Self.answerTime
        while !decoder.answers.isComplete, MonotonicClock.milliseconds() < end {
            var descriptor = pollfd(fd: screen.input, events: Int16(POLLIN), revents: 0)
            if poll(&descriptor, 1, Int32(max(end - MonotonicClock.milliseconds(), 0))) < 0, errno != EINTR {
                break
            }
            if Int32(descriptor.revents) & (POLLHUP | POLLERR | POLLNVAL) != 0 { break }
            if case .quit = handlePending() { return false }
        }
        return true
    }

    // Drawing may touch bytes that the file has lost; the second frame reports that.
    private func draw() {
        screen.draw(browser.render(size: size))
        if browser.noticesLosses() { screen.draw(browser.render(size: size)) }
    }

    private enum Progress {
        case quit
        /// All input is handled.
        case drained
        /// It is time for a frame; ncurses may hold input that poll does not see.
        case more
    }

    /// Waits for a key or a signal; while there is work, only polls. Returns false when the terminal is gone.
    private mutating func wait() -> Bool {
        var descriptors = [
            pollfd(fd: screen.input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: screen.wakeup, events: Int16(POLLIN), revents: 0),
        ]
        // A pipe that is being unpacked wakes the loop too.
        if let input = browser.input {
            descriptors.append(pollfd(fd: input, events: Int16(POLLIN), revents: 0))
        }
        let patience = browser.hasWork ? 0 : browser.isFollowing ? Self.followingInterval : -1
        let count = poll(&descriptors, nfds_t(descriptors.count), patience)
        if count < 0 { return errno == EINTR }
        if count == 0, !browser.hasWork, !dispatch(.clock) { return false }
        return Int32(descriptors[0].revents) & (POLLHUP | POLLERR | POLLNVAL) == 0
    }

    /// The time in milliseconds between two checks of a growing file. inotify would be faster, but it does
    /// not report writes by another machine.
    private static let followingInterval: Int32 = 200

    /// The time in milliseconds of key handling after which the screen is drawn even if more keys are
    /// waiting.
    private static let patience = 50

    /// Handles all pending input, so that one frame shows its result.
    private mutating func handlePending() -> Progress {
        let start = MonotonicClock.milliseconds()
        while true {
            guard handleSignals() else { return .quit }
            let now = MonotonicClock.milliseconds()
            guard let input = screen.read() else {
                guard browser.hasWork else { return .drained }
                guard dispatch(.tick) else { return .quit }
                if now - start > TerminalSession.patience { return .drained }
                continue
            }
            if let event = decoder.feed(input, now: now), !dispatch(event) { return .quit }
            screen.canSynchronize = decoder.answers.canSynchronize ?? false
            if now - start > TerminalSession.patience { return .more }
        }
    }

    private mutating func handleSignals() -> Bool {
        let signals = screen.takeSignals()
        if signals.contains(.end) { return false }
        if signals.contains(.stop) { return suspend() }
        if signals.contains(.continued) {
            screen.leave()
            screen.enter()
            guard dispatch(.resumed) else { return false }
        }
        if !signals.isEmpty { return updateSize() }
        return true
    }

    private mutating func updateSize() -> Bool {
        let current = screen.size()
        guard current != size else { return true }
        size = current
        return dispatch(.resize(current))
    }

    private mutating func suspend() -> Bool {
        if !screen.suspend() { screen.ring() }
        // The signal that continued the process needs no second redraw.
        _ = screen.takeSignals()
        return dispatch(.resumed) && updateSize()
    }

    /// Returns false when the browser quits.
    private mutating func dispatch(_ event: Event) -> Bool {
        for effect in browser.handle(event, size: size) {
            switch effect {
            case .quit: return false
            case .suspend: if !suspend() { return false }
            case .redraw: screen.redraw()
            case .bell: screen.ring()
            case .copy(let copied):
                guard dispatch(clipboard.copy(copied) { screen.send($0) }) else { return false }
            case .keep: options.keep()
            case .write, .listFiles:
                guard let report = Self.report(of: effect), dispatch(report) else { return false }
            case .pipe(let bytes, let command):
                guard dispatch(pipe(bytes, command)) else { return false }
            }
        }
        return true
    }

    // The command's output stays visible until the user enters a line.
    private func pipe(_ bytes: StreamBytes, _ command: String) -> Event {
        screen.leave()
        defer { screen.enter() }
        let report = ShellCommand.run(command, input: bytes)
        screen.send("[press Enter to return to the browser] ")
        var byte: UInt8 = 0
        while read(screen.input, &byte, 1) == 1, byte != UInt8(ascii: "\n") {}
        return report
    }
}
