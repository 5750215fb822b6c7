import TUI
import Testing

@Suite struct StyleTests {
    @Test(arguments: [
        (ColorDepth.truecolor, "\u{1b}[0;1;38;2;255;0;0;44m"), (.ansi256, "\u{1b}[0;1;38;5;196;44m"),
        (.ansi16, "\u{1b}[0;1;91;44m"), (.mono, "\u{1b}[0;1m"),
    ])
    func sequenceFitsTheDepth(_ depth: ColorDepth, _ expected: String) {
        let style = Style(foreground: .rgb(255, 0, 0), background: .indexed(4), attributes: .bold)
        #expect(style.sgr(depth) == expected)
    }

    @Test func everyAttributeHasItsCode() {
        let style = Style(attributes: [.bold, .dim, .italic, .underline, .reverse])
        #expect(style.sgr(.mono) == "\u{1b}[0;1;2;3;4;7m")
        #expect(
            Style(foreground: .indexed(9), background: .indexed(232)).sgr(.ansi256) == "\u{1b}[0;91;48;5;232m"
        )
    }

    @Test(arguments: [(UInt8(0), UInt8(0)), (8, 8), (15, 15), (196, 9), (232, 0), (255, 7)])
    func paletteNumbersComeDownToSixteen(_ index: UInt8, _ expected: UInt8) {
        #expect(Color.indexed(index).reduced(to: .ansi16) == .indexed(expected))
        #expect(Color.indexed(index).reduced(to: .ansi256) == .indexed(index))
    }

    @Test func coloursOfTheCubeAreTheirOwnNearest() {
        for index in UInt8(16)...231 {
            guard let (red, green, blue) = Color.indexed(index).channels else { continue }
            let nearest = Color.rgb(red, green, blue).reduced(to: .ansi256)
            #expect(nearest.channels.map { [$0.red, $0.green, $0.blue] } == [red, green, blue])
        }
    }

    @Test func rowsEndInPlainStyleAndWithoutBlanks() {
        var grid = Grid(Size(width: 8, height: 2))
        grid.put("ab", x: 0, y: 0, style: Style(attributes: .bold))
        grid.put("cd", x: 0, y: 1)
        grid.put(" ", x: 4, y: 1, style: Style(background: .indexed(1)))
        #expect(grid.sgr(.ansi16) == "\u{1b}[0;1mab\u{1b}[0m\ncd  \u{1b}[0;41m \u{1b}[0m")
        #expect(grid.sgr(.mono) == "\u{1b}[0;1mab\u{1b}[0m\ncd")
        #expect(grid.text() == "ab\ncd")
    }
}

@Suite struct CharacterWidthTests {
    @Test(
        arguments: [
            ("a", 1), ("~", 1), ("é", 1), ("─", 1), ("▸", 1), ("…", 1), ("⚠", 1), ("世", 2), ("ｱ", 1),
            ("Ａ", 2),
            ("한", 2), ("🙂", 2), ("\u{0}", 0), ("\u{1b}", 0), ("\u{7f}", 0), ("\u{9b}", 0), ("\u{ad}", 0),
            ("\u{300}", 0), ("\u{200b}", 0), ("\u{202e}", 0), ("\u{2028}", 0), ("\u{1160}", 0),
            ("\u{fe0f}", 0),
            ("\u{e000}", 1), ("\u{10ffff}", 1),
        ] as [(Unicode.Scalar, Int)])
    func columns(_ scalar: Unicode.Scalar, _ expected: Int) {
        #expect(CharacterWidth.columns(of: scalar) == expected)
    }

    @Test func textsAreMeasuredAndCut() {
        #expect(CharacterWidth.columns(of: "a世\u{301}b") == 4)
        #expect(CharacterWidth.prefix(of: "a世b", columns: 2) == "a")
        #expect(CharacterWidth.prefix(of: "a世b", columns: 3) == "a世")
        #expect(CharacterWidth.prefix(of: "ab", columns: 9) == "ab")
        #expect(CharacterWidth.prefix(of: "ab", columns: 0).isEmpty)
    }
}

@Suite struct KeyTests {
    @Test(
        arguments: [
            ("\r", Key.enter), ("\n", .enter), ("\t", .tab), ("\u{8}", .backspace), ("\u{7f}", .backspace),
            ("\u{1b}", .escape), (" ", .space), ("\u{1}", .control("a")), ("\u{1a}", .control("z")),
            ("\u{1c}", .control("\\")), ("\u{1f}", .control("_")), ("\u{0}", .control(" ")),
            ("q", .character("q")), ("ä", .character("ä")),
        ] as [(Unicode.Scalar, Key)])
    func scalarsBecomeKeys(_ scalar: Unicode.Scalar, _ key: Key) {
        #expect(Key(scalar) == key)
    }
}
