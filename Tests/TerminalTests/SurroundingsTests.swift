import TUI
import Testing

@testable import Terminal

@Suite struct SurroundingsTests {
    private static let linux = TerminalType(name: "linux", colors: 8, isANSI: true, isDirect: false)
    private static let xterm = TerminalType(name: "xterm", colors: 8, isANSI: true, isDirect: false)
    private static let xterm256 = TerminalType(
        name: "xterm-256color", colors: 256, isANSI: true, isDirect: false)
    private static let direct = TerminalType(
        name: "xterm-direct", colors: 1 << 24, isANSI: true, isDirect: true)

    private func chosen(
        _ name: String, _ depth: ColorDepth, installed: [TerminalType]
    ) throws -> TerminalType {
        try TerminalType.chosen(name, depth: depth) { wanted in installed.first { $0.name == wanted } }
    }

    @Test(arguments: [
        (false, true, 8, ColorChoice.auto, ColorDepth.truecolor), (false, false, 256, .auto, .ansi256),
        (false, false, 88, .auto, .ansi16), (false, false, 8, .auto, .ansi16), (false, true, 0, .auto, .mono),
        (false, false, 2, .auto, .mono), (true, true, 256, .auto, .mono),
        (true, false, 256, .always, .ansi256),
        (false, false, 0, .always, .ansi16), (false, true, 256, .never, .mono),
        (false, false, 1 << 24, .auto, .truecolor), (true, false, 8, .truecolor, .truecolor),
        (false, true, 256, .ansi16, .ansi16), (true, false, 16, .ansi256, .ansi256),
    ])
    func depth(
        _ refuses: Bool, _ promises: Bool, _ colors: Int, _ choice: ColorChoice, _ expected: ColorDepth
    ) {
        let surroundings = TerminalSurroundings(
            refusesColor: refuses, promisesTruecolor: promises, colors: colors)
        #expect(surroundings.depth(choice) == expected)
    }

    @Test func takesARicherEntryOfTheSameTerminal() throws {
        let all = [Self.xterm, Self.xterm256, Self.direct]
        #expect(try chosen("xterm-256color", .truecolor, installed: all) == Self.direct)
        #expect(try chosen("xterm", .truecolor, installed: all) == Self.direct)
        #expect(try chosen("xterm", .truecolor, installed: [Self.xterm, Self.xterm256]) == Self.xterm256)
        #expect(try chosen("xterm-256color", .ansi256, installed: all) == Self.xterm256)
        #expect(try chosen("xterm", .ansi16, installed: all) == Self.xterm)
        #expect(try chosen("linux", .truecolor, installed: all + [Self.linux]) == Self.linux)
    }

    @Test func anUnknownTypeIsRefusedWithAdvice() {
        #expect(throws: TerminalError.unknownType("foo")) { try chosen("foo", .mono, installed: []) }
        #expect(TerminalError.unknownType("").description.contains("TERM is not set"))
    }

    @Test func aModernTerminalWithoutAnEntryIsXterm() throws {
        #expect(try chosen("xterm-kitty", .ansi256, installed: [Self.xterm256]) == Self.xterm256)
        #expect(throws: TerminalError.unknownType("vt999")) {
            try chosen("vt999", .ansi256, installed: [Self.xterm256])
        }
    }

    @Test func coloursBecomeTheTerminalsNumbers() {
        #expect(Self.direct.number(.rgb(1, 2, 3), .truecolor).number == 0x010203)
        #expect(Self.direct.number(.rgb(0, 0, 7), .truecolor).number == 8)
        #expect(Self.direct.number(.indexed(4), .truecolor).number == 4)
        #expect(Self.direct.number(.normal, .truecolor).number == -1)
        #expect(Self.xterm256.number(.rgb(255, 0, 0), .truecolor).number == 196)
        #expect(Self.xterm256.number(.rgb(255, 0, 0), .ansi16).number == 9)
        #expect(Self.xterm.number(.indexed(9), .ansi16) == (1, true))
        #expect(Self.xterm.number(.indexed(1), .ansi16) == (1, false))
        #expect(Self.xterm256.number(.indexed(9), .mono).number == -1)
    }

    @Test(arguments: [
        ("xterm-256color", true), ("screen", true), ("tmux-256color", true), ("xterm-kitty", true),
        ("linux", false), ("vt100", false), ("vt220", false), ("ansi", false), ("dumb", false),
    ]) func onlyModernTerminalsAreAsked(_ name: String, _ isModern: Bool) {
        #expect(TerminalType(name: name, colors: 8, isANSI: true, isDirect: false).isModern == isModern)
        let modes = TerminalModes(isModern: isModern, mouse: true)
        #expect(modes.question.isEmpty != isModern)
        #expect(modes.on.isEmpty != isModern)
    }

    @Test(
        arguments: [
            ("rgb:ffff/ffff/ffff", true), ("rgb:0000/0000/0000", false), ("rgb:fd/f6/e3", true),
            ("rgba:1e1e/1e1e/1e1e/ffff", false), ("#ffffff", true), ("#002b36", false), ("#fff", true),
            ("rgb:zz/00/00", nil), ("", nil), ("rgb:ffff", nil), ("#ff", nil),
        ] as [(String, Bool?)]) func lightOrDark(_ answer: String, _ isLight: Bool?)
    {
        #expect(BackgroundColor.isLight(answer) == isLight)
    }

    @Test(
        arguments: [("0;15", true), ("15;0", false), ("0;default;7", true), ("x", nil), ("15;8", false)]
            as [(String, Bool?)]
    ) func lightOrDarkByNumber(_ value: String, _ isLight: Bool?) {
        #expect(BackgroundColor.isLight(colorFGBG: value) == isLight)
    }
}
