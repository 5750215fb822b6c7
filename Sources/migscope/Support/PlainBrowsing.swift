import Bytes
import Export
import Glibc
import Stream
import TUI
import Terminal

/// `--plain`: the browser as linear text, for screen readers and terminals that only print. One line at a
/// time, no escape sequences.
struct PlainBrowsing {
    private let document: Document
    private let browser: Browser
    private let isInteractive: Bool
    // Large enough to show lists completely.
    private static let size = Size(width: 120, height: 60)

    init(_ document: Document, _ browser: Browser, readsKeys: Bool) {
        self.document = document
        self.browser = browser
        isInteractive = readsKeys && StandardOutput.isTerminal && isatty(STDIN_FILENO) == 1
    }

    func run() {
        var output = StandardOutput()
        TreeExport(document).write(depth: 1, to: &output)
        if isInteractive {
            output.write(
                """

                Type a path, an offset, a section, /text to search, or an action by its name, then Enter.
                Enter alone goes to the next row; list prints the rows below; actions prints the actions; quit ends.

                """)
        }
        output.flush()
        while isInteractive, let line = prompt() {
            guard answer(line) else { return }
        }
    }

    private func prompt() -> String? {
        var output = StandardOutput()
        output.write("> ")
        output.flush()
        return readLine()
    }

    /// Returns false at the end.
    private func answer(_ line: String) -> Bool {
        var output = StandardOutput()
        defer { output.flush() }
        switch line {
        case "list":
            TreeExport(document).write(from: browser.selection, depth: 1, values: true, to: &output)
            return true
        case "actions":
            for action in Action.allCases { output.write("\(action.name): \(action.title)\n") }
            return true
        default: break
        }
        var events = Browser.events(line: line)[...]
        while let event = events.popFirst() {
            for effect in browser.handle(event, size: Self.size) {
                switch effect {
                case .quit: return false
                case .copy(let copied): output.write(DisplayText.escaped(copied.text) + "\n")
                default: if let report = TerminalSession.report(of: effect) { events.append(report) }
                }
            }
            while browser.hasWork { _ = browser.handle(.tick, size: Self.size) }
        }
        for line in browser.spoken { output.write(line + "\n") }
        return true
    }
}
