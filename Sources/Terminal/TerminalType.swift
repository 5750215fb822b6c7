import TUI

/// A terminfo entry that is good enough for the browser.
struct TerminalType: Equatable {
    let name: String
    let colors: Int
    /// CSI sequences.
    let isANSI: Bool
    /// Color numbers are RGB values.
    let isDirect: Bool

    /// Whether the terminal understands xterm's sequences beyond terminfo, and prints none of them: mouse,
    /// bracketed paste, questions. Those that only their name speaks of, and the console, do not.
    var isModern: Bool { isANSI && Self.modern.contains { name.hasPrefix($0) } }

    private static let modern = [
        "xterm", "screen", "tmux", "rxvt", "alacritty", "foot", "kitty", "wezterm", "konsole", "vte", "gnome",
        "st-", "stterm", "contour", "ghostty", "mintty", "putty", "iterm", "mlterm", "terminology",
    ]

    /// The entry of this name. A terminal of xterm's kind whose entry is not installed, as is common at the far
    /// end of ssh, has xterm's.
    static func known(_ name: String, lookUp: (String) -> TerminalType?) -> TerminalType? {
        if let found = lookUp(name) { return found }
        return modern.contains { name.hasPrefix($0) } ? lookUp("xterm-256color") : nil
    }

    /// The entry for TERM, or a better one of the same terminal when `depth` wants more colors than
    /// TERM's entry has (xterm-256color and 24 bits: xterm-direct, where it is installed).
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

    /// The number ncurses wants for a color, and whether bold replaces a bright one. -1 is the
    /// terminal's own color.
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
        // Direct terminals keep the numbers below 8 for their palette.
        return max(8, Int32(red) << 16 | Int32(green) << 8 | Int32(blue))
    }
}
