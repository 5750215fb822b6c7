extension Grid {
    /// Replaces everything that is not ASCII by something that looks like it. O(cells).
    mutating func reduceToASCII() {
        for y in 0..<size.height {
            for x in 0..<size.width {
                let cell = self[x, y]
                guard cell.scalar.value >= 0x7f else { continue }
                self[x, y] = Cell(Self.fallback(cell.scalar), style: cell.style)
            }
        }
    }

    private static func fallback(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "│", "╎": "|"
        case "╱": "/"
        case "─": "-"
        case "┌", "┐", "└", "┘", "├", "┤", "┬", "┴", "┼": "+"
        case "▸": "+"
        case "▾": "-"
        case "▹": ">"
        case "▿": "v"
        case "∙": ":"
        case "…": "~"
        case "⚠": "!"
        case "×": "x"
        case "█": "#"
        case "▓": "%"
        case "▌": "="
        case "▒": "+"
        case "░": "-"
        case "·": "."
        case "–", "—": "-"
        case "µ": "u"
        case "✎", "✓": "*"
        default: "?"
        }
    }
}
