import Bytes
import Glibc
import TUI

/// What the environment and terminfo say about the terminal.
struct TerminalSurroundings {
    /// NO_COLOR, set and not empty (no-color.org).
    var refusesColor: Bool
    /// COLORTERM promises 24 bits.
    var promisesTruecolor: Bool
    /// Colors that terminfo knows for TERM; 0 for none.
    var colors: Int

    func depth(_ choice: ColorChoice) -> ColorDepth {
        switch choice {
        case .never: .mono
        case .auto: refusesColor ? .mono : best
        case .always: max(best, .ansi16)
        case .truecolor: .truecolor
        case .ansi256: .ansi256
        case .ansi16: .ansi16
        }
    }

    private var best: ColorDepth {
        if colors == 0 { return .mono }
        if promisesTruecolor || colors >= 1 << 24 { return .truecolor }
        if colors >= 256 { return .ansi256 }
        return colors >= 8 ? .ansi16 : .mono
    }
}

/// The value of an environment variable, nil if it is not set.
func environment(_ name: String) -> String? {
    getenv(name).map { FileName.text($0) }
}
