/// The reason why the browser can't use the terminal. One line, with advice.
package enum TerminalError: Error, Equatable, CustomStringConvertible {
    /// Neither the standard streams nor the controlling terminal are usable.
    case noTerminal
    /// TERM names no terminfo entry.
    case unknownType(String)
    /// The terminal can't move its cursor, so it can't run a full-screen program.
    case tooSimple(String)
    /// The process has reached its limit of open files, so it can't read terminfo.
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
            "too many open files: raise the limit (ulimit -n), or close those inherited from the shell"
        case .refused:
            "the terminal could not be set up: try another TERM, or use `migscope tree FILE`"
        }
    }
}
