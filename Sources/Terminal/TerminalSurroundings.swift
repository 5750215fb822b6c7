import Bytes
import Glibc
import TUI

/// The terminal's properties from the environment and terminfo.
struct TerminalSurroundings {
    /// Whether NO_COLOR is set and not empty (no-color.org).
    var refusesColor: Bool
    /// Whether COLORTERM announces 24-bit color.
    var promisesTruecolor: Bool
    /// The number of colors in the terminfo entry for TERM; 0 for none.
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

/// Returns the value of an environment variable; nil if it is not set.
func environment(_ name: String) -> String? {
    getenv(name).map { FileName.text($0) }
}
