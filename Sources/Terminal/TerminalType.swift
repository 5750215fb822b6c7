import TUI

/// A terminfo entry with the capabilities that the browser needs.
struct TerminalType: Equatable {
    let name: String
    let colors: Int
    /// Whether the terminal uses CSI sequences.
    let isANSI: Bool
    /// Whether color numbers are RGB values.
    let isDirect: Bool

    /// Whether the terminal understands xterm's sequences beyond terminfo, and prints none of them: mouse,
    /// bracketed paste, queries. Terminals that claim this only by their name, and the console, do not.
    var isModern: Bool { isANSI && Self.modern.contains { name.hasPrefix($0) } }

    private static let modern = [
        "xterm", "screen", "tmux", "rxvt", "alacritty", "foot", "kitty", "wezterm", "konsole", "vte", "gnome",
        "st-", "stterm", "contour", "ghostty", "mintty", "putty", "iterm", "mlterm", "terminology",
    ]

    /// Returns the entry with this name. A terminal similar to xterm without an installed entry, which is
    /// common at the far end of ssh, gets xterm's.
    static func known(_ name: String, lookUp: (String) -> TerminalType?) -> TerminalType? {
        if let found = lookUp(name) { return found }
        return modern.contains { name.hasPrefix($0) } ? lookUp("xterm-256color") : nil
    }

    /// Returns the entry for TERM, or a better one for the same terminal when `depth` needs more colors than
    /// TERM's entry has (xterm-256color and 24 bits: xterm-direct, if it is installed).
    static func chosen(
        _ name: String, depth: ColorDepth, lookUp: (String) -> TerminalType?
    ) throws(TerminalError) -> TerminalType {
        guard let plain = known(name, lookUp: lookUp) else { throw .unknownType(name) }
        let name = plain.name
        let suffix = "-256color"
        let base = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
        if depth == .truecolor, !plain.isDirect, let direct = lookUp(base + "-direct"), direct.isDirect {
            return direct
        }
        if depth >= .ansi256, plain.colors < 256, let more = lookUp(base + suffix), more.colors >= 256 {
            return more
        }
        return plain
    }

    /// Returns ncurses's number for a color, and whether bold replaces a bright color. -1 is the terminal's
    /// own color.
    func number(_ color: Color, _ depth: ColorDepth) -> (number: Int32, isBright: Bool) {
        if isDirect, depth == .truecolor { return (directNumber(color), false) }
        switch color.reduced(to: min(depth, colors >= 256 ? .ansi256 : .ansi16)) {
        case .indexed(let index) where index >= 8 && colors < 16: return (Int32(index) - 8, true)
        case .indexed(let index): return (Int32(index), false)
        case .rgb, .normal: return (-1, false)
        }
    }

    private func directNumber(_ color: Color) -> Int32 {
        if case .indexed(let index) = color, index < 8 { return Int32(index) }
        guard let (red, green, blue) = color.channels else { return -1 }
        // Direct-color terminals reserve the numbers below 8 for their palette.
        return max(8, Int32(red) << 16 | Int32(green) << 8 | Int32(blue))
    }
}
