import Glibc
import TUI

/// The destination of copied text: the user's command, the terminal (OSC 52, which also works through ssh),
/// or a file.
struct Clipboard {
    /// The maximum length in bytes; terminals refuse longer sequences.
    static let largestText = 74_000
    /// The number of characters that the message shows.
    private static let shownText = 40

    /// Whether the terminal supports OSC 52.
    var isModern: Bool
    /// The file that replaces the clipboard; nil when there is no place for it.
    var file: String?
    /// The enclosing tmux or GNU screen, which handle OSC 52 in their own ways.
    var multiplexer = Multiplexer.none

    enum Multiplexer: Equatable {
        case none, tmux, screen

        /// The maximum number of bytes in a DCS that GNU screen forwards.
        static let screenLimit = 700
    }

    /// Copies the text.
    /// - Parameter send: writes to the terminal.
    /// - Returns: a line for the user that says what happened.
    func copy(_ copied: CopiedText, send: (String) -> Void) -> Event {
        let bytes = copied.text.utf8.count
        let amount = "the \(copied.what), \(Quantity.text(bytes, "byte"))"
        // The text comes first, because a narrow screen cuts the end of the line.
        let start = copied.text.prefix(Self.shownText)
        let shown = "\(start)\(start.endIndex == copied.text.endIndex ? "" : "…"): \(amount), "
        if let command = copied.command {
            switch ShellCommand.run(quietly: command, input: Array(copied.text.utf8)) {
            case .exited(0): return .reported("\(shown)sent to \(command)", isError: false)
            case .exited(let status): return .reported("\(command): exit status \(status)", isError: true)
            case .failed(let reason): return .reported("\(command): \(reason)", isError: true)
            }
        }
        if let sequence = sequence(copied.text) {
            send(sequence)
            let to = multiplexer == .tmux ? "tmux (its set-clipboard must be on)" : "the terminal"
            return .reported("\(shown)sent by OSC 52 to \(to)", isError: false)
        }
        let why = isModern ? "too long for OSC 52" : "no clipboard here; set --clipboard-cmd"
        guard let file else { return .reported("\(amount) not copied: \(why)", isError: true) }
        let code = NewFile.replace(file, with: Array(copied.text.utf8))
        if code != 0 { return .reported("\(file): \(String(cString: strerror(code)))", isError: true) }
        return .reported("\(shown)written to \(file) (\(why))", isError: false)
    }

    /// Returns the sequence; nil when the terminal supports none or the text is too long.
    func sequence(_ text: String) -> String? {
        guard isModern, text.utf8.count <= Self.largestText else { return nil }
        let plain = "\u{1b}]52;c;\(CopiedBytes.base64(Array(text.utf8)))\u{07}"
        guard multiplexer == .screen else { return plain }
        return plain.utf8.count <= Multiplexer.screenLimit ? "\u{1b}P\(plain)\u{1b}\\" : nil
    }
}
