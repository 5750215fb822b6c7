/// Why the browser can't take the screen. One line, with what to try.
package enum TerminalError: Error, Equatable, CustomStringConvertible {
    /// Neither the standard streams nor the controlling terminal can be used.
    case noTerminal
    /// TERM names nothing that terminfo knows.
    case unknownType(String)
    /// The terminal can't move its cursor, so no full-screen program runs on it.
    case tooSimple(String)
    /// The process has all files open that it may have, so that terminfo can't be read.
    case tooManyFiles
    /// ncurses or the terminal's settings refused.
    case refused

    package var description: String {
        switch self {
        case .noTerminal:
            "no terminal to draw on: run it in one, or use `migscope tree FILE`"
        case .unknownType(""):
            "TERM is not set: set it to your terminal's type, for example TERM=xterm-256color"
        case .unknownType(let name):
            "unknown terminal type \(name): set TERM, for example TERM=xterm-256color"
        case .tooSimple(let name):
            "a terminal of type \(name) can't move its cursor: set TERM to its real type, "
                + "or use `migscope tree FILE`"
        case .tooManyFiles:
            "too many open files: raise the limit (ulimit -n), or close those that the shell has given"
        case .refused:
            "the terminal could not be set up: try another TERM, or use `migscope tree FILE`"
        }
    }
}
