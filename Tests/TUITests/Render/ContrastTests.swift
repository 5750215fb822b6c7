import Testing

@testable import TUI

/// Contrast by number (WCAG 2.1): text 4.5, marks 3, on the backgrounds that people have.
@Suite struct ContrastTests {
    private typealias Channels = (red: UInt8, green: UInt8, blue: UInt8)

    private static let dark: [Color] = [.rgb(0, 0, 0), .rgb(0x00, 0x2b, 0x36), .rgb(0x2e, 0x34, 0x36)]
    private static let light: [Color] = [.rgb(255, 255, 255), .rgb(0xfd, 0xf6, 0xe3), .rgb(0xcc, 0xcc, 0xcc)]

    private static func luminance(_ color: Channels) -> Double {
        // The curve of sRGB, by the series of the exponential: these tests know no Foundation.
        func linear(_ value: UInt8) -> Double {
            let part = Double(value) / 255
            return part <= 0.04045 ? part / 12.92 : power((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    }

    // x^y = (x^(1/5))^(5y), with 5y = 12 for 2.4: a root by Newton's steps.
    private static func power(_ value: Double, _ exponent: Double) -> Double {
        var root = 0.5
        for _ in 0..<60 {
            root -= (root * root * root * root * root - value) / (5 * root * root * root * root)
        }
        var result = 1.0
        for _ in 0..<Int((exponent * 5).rounded()) { result *= root }
        return result
    }

    private static func contrast(_ first: Color, _ second: Color) -> Double {
        guard let a = first.channels, let b = second.channels else { return 0 }
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    private struct Case: CustomStringConvertible {
        let name: ThemeName
        let depth: ColorDepth
        let backgrounds: [Color]
        var theme: Theme { Theme.theme(for: Look(theme: name, colors: depth)) }
        var description: String { "\(name) \(depth)" }

        static let all: [Case] = [ColorDepth.truecolor, .ansi256, .ansi16].flatMap { depth in
            [
                Case(name: .dark, depth: depth, backgrounds: ContrastTests.dark),
                Case(name: .light, depth: depth, backgrounds: ContrastTests.light),
            ]
        }
    }

    @Test func knownContrasts() {
        #expect(abs(Self.contrast(.rgb(0, 0, 0), .rgb(255, 255, 255)) - 21) < 0.001)
        #expect(abs(Self.contrast(.rgb(0x77, 0x77, 0x77), .rgb(255, 255, 255)) - 4.478) < 0.001)
    }

    @Test func text() {
        for test in Case.all {
            let theme = test.theme
            let styles: [(String, Style, Double)] = [
                ("title", theme.title, 4.5), ("titleDetail", theme.titleDetail, 4.5),
                ("borderTitle", theme.borderTitle, 4.5),
                ("section", theme.section, 4.5), ("decoration", theme.decoration, 4.5),
                ("value", theme.value, 4.5),
                ("type", theme.type, 4.5), ("size", theme.size, 4.5), ("match", theme.match, 4.5),
                ("error", theme.error, 4.5),
                ("warning", theme.warning, 4.5), ("offset", theme.offset, 4.5), ("byte", theme.byte, 4.5),
                ("zeroByte", theme.zeroByte, 4.5), ("textByte", theme.textByte, 4.5),
                ("label", theme.label, 4.5),
                ("key", theme.key, 4.5), ("glyph", theme.glyph, 3), ("border", theme.border, 3),
            ]
            for (name, style, least) in styles {
                check(style, test, name, least)
            }
            for (number, color) in theme.fields.enumerated() {
                check(Style(foreground: color), test, "field \(number)", 4.5)
            }
        }
    }

    /// Bytes on stripes, rows that are selected, the cursor.
    @Test func onOwnBackgrounds() {
        for test in Case.all {
            let theme = test.theme
            let bytes =
                [theme.byte, theme.zeroByte, theme.textByte] + theme.fields.map { Style(foreground: $0) }
            let rows = [
                theme.name, theme.value, theme.type, theme.size, theme.decoration, theme.section, theme.label,
            ]
            for (name, overlay, styles) in [
                ("sibling", theme.siblingBytes, bytes), ("other sibling", theme.otherSiblingBytes, bytes),
                ("selected bytes", theme.selectedBytes, bytes), ("cursor", theme.cursor, bytes),
                ("selection", theme.selection, rows), ("idle selection", theme.idleSelection, rows),
            ] {
                for style in styles { check(overlay(style), test, name, 4.5) }
            }
        }
    }

    // What is the terminal's own on the terminal's own is for the terminal to get right.
    private func check(_ style: Style, _ test: Case, _ name: String, _ least: Double) {
        if style.foreground == .normal, style.background == .normal { return }
        // Reversed, a color is the background of the terminal's own.
        let own: [Color] = style.background == .normal ? test.backgrounds : [style.background]
        for background in own {
            let shown = style.background == .normal ? background : background.reduced(to: test.depth)
            let contrast = Self.contrast(style.foreground.reduced(to: test.depth), shown)
            #expect(contrast >= least, "\(test) \(name): \(contrast) on \(background)")
        }
    }
}
