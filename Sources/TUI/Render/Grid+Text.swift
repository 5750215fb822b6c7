extension Grid {
    /// Returns the rows joined by newlines, without colors and without trailing blanks.
    package func text() -> String {
        rows { _ in "" }
    }

    /// Returns the rows with their styles as SGR sequences, without unstyled trailing blanks.
    package func sgr(_ depth: ColorDepth) -> String {
        rows { $0.sgr(depth) }
    }

    private func rows(_ sequence: (Style) -> String) -> String {
        (0..<size.height).map { row($0, sequence) }.joined(separator: "\n")
    }

    private func row(_ y: Int, _ sequence: (Style) -> String) -> String {
        let plain = sequence(.normal)
        var line = String.UnicodeScalarView()
        var current = plain
        for x in 0..<lengthWithoutBlanks(y, { sequence($0) == plain }) {
            let cell = self[x, y]
            if cell.width == 0 { continue }
            let wanted = sequence(cell.style)
            if wanted != current {
                line.append(contentsOf: wanted.unicodeScalars)
                current = wanted
            }
            line.append(cell.scalar)
        }
        if current != plain { line.append(contentsOf: plain.unicodeScalars) }
        return String(line)
    }

    private func lengthWithoutBlanks(_ y: Int, _ isPlain: (Style) -> Bool) -> Int {
        var length = size.width
        while length > 0 {
            let cell = self[length - 1, y]
            guard cell.scalar == " ", cell.width == 1, isPlain(cell.style) else { break }
            length -= 1
        }
        return length
    }
}

extension Style {
    /// Returns the SGR sequence that sets exactly this style, independent of earlier sequences.
    package func sgr(_ depth: ColorDepth) -> String {
        var codes = ["0"]
        for (attribute, code) in Style.attributeCodes where attributes.contains(attribute) {
            codes.append(code)
        }
        codes += foreground.reduced(to: depth).codes(base: 30)
        codes += background.reduced(to: depth).codes(base: 40)
        return "\u{1b}[\(codes.joined(separator: ";"))m"
    }

    private static let attributeCodes: [(Attributes, String)] = [
        (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
    ]
}

extension Color {
    /// Returns SGR parameters; `base` is 30 for the foreground, 40 for the background.
    fileprivate func codes(base: Int) -> [String] {
        switch self {
        case .normal: []
        case .rgb(let red, let green, let blue): ["\(base + 8)", "2", "\(red)", "\(green)", "\(blue)"]
        case .indexed(let index) where index < 8: ["\(base + Int(index))"]
        case .indexed(let index) where index < 16: ["\(base + 60 + Int(index) - 8)"]
        case .indexed(let index): ["\(base + 8)", "5", "\(index)"]
        }
    }
}
