import Foundation
import Testing

/// The browser as a user has it: the screen of a real terminal equals the one of the headless mode.
@Suite(.serialized) struct BrowserTests {
    /// The headless mode draws without colors.
    private func start(_ arguments: String = "") async throws -> Tmux {
        let tmux = try await Tmux(environment: ["NO_COLOR": "1"])
        try await tmux.startBrowser(arguments)
        return tmux
    }

    private func expect(_ tmux: Tmux, shows keys: String, _ location: SourceLocation = #_sourceLocation)
        async throws
    {
        let wanted = try Program.dump(keys: keys)
        try await tmux.wait(location) { $0 == wanted }
    }

    @Test func searchSelectsTheFieldAndShowsItsBytes() async throws {
        let tmux = try await start()
        try tmux.type("/cmos_data")
        try await expect(tmux, shows: "/cmos_data")
        try tmux.press("Enter")
        try await expect(tmux, shows: "/cmos_data<Enter>")
        let screen = try tmux.screen()
        #expect(screen.contains("mc146818rtc:0/cmos_data"))
        #expect(screen.contains("32 00 53 00 21"))
    }

    @Test func anOffsetSelectsTheLeafThatOwnsIt() async throws {
        let tmux = try await start()
        try tmux.type(":0x49a1b")
        try tmux.press("Enter")
        try await expect(tmux, shows: ":0x49a1b<Enter>")
        #expect(try tmux.screen().contains("mc146818rtc:0/cmos_index"))
    }

    @Test func theTreeFollowsTheHexCursor() async throws {
        let tmux = try await start()
        try tmux.type(":0x49a1b")
        try tmux.press("Enter")
        try await expect(tmux, shows: ":0x49a1b<Enter>")
        try tmux.press("Tab", "Left")
        try await expect(tmux, shows: ":0x49a1b<Enter><Tab><Left>")
        #expect(try tmux.screen().contains("mc146818rtc:0/cmos_data"))
        try tmux.press("Down", "Down")
        try await expect(tmux, shows: ":0x49a1b<Enter><Tab><Left><Down><Down>")
        #expect(try tmux.screen().contains("mc146818rtc:0/unused"))
    }

    @Test(arguments: [
        (["Down", "Down", "Up", "Right", "Left"], "<Down><Down><Up><Right><Left>"),
        (["PPage", "NPage", "End", "Home"], "<PgUp><PgDn><End><Home>"), (["G", "g", "5", "j"], "Gg5j"),
        (["C-d", "C-u", "C-d"], "<C-d><C-u><C-d>"), (["?"], "?"), (["F1"], "<F1>"),
        (["/", "r", "t", "x", "BSpace", "c"], "/rtx<BS>c"), (["Space", "j", "e"], "<Space>je"),
    ])
    func keysArriveAsTheyAreMeant(_ pressed: [String], _ script: String) async throws {
        let tmux = try await start()
        for key in pressed { try tmux.press(key) }
        try await expect(tmux, shows: script)
    }

    @Test func escLeavesThePrompt() async throws {
        let tmux = try await start()
        try tmux.type("/rtc")
        try await expect(tmux, shows: "/rtc")
        try tmux.press("Escape")
        try await expect(tmux, shows: "/rtc<Esc>")
        try tmux.press("j")
        try await expect(tmux, shows: "/rtc<Esc>j")
    }

    @Test func everySizeIsTheHeadlessOne() async throws {
        let tmux = try await start()
        for (width, height) in [(40, 10), (1, 1), (200, 50), (7, 3), (80, 24)] {
            try tmux.resize(width, height)
            let wanted = try Program.dump(width, height)
            try await tmux.wait { $0 == wanted }
        }
    }

    @Test func aStormOfResizesEndsAtTheLastSize() async throws {
        let tmux = try await start()
        for step in 0..<40 { try tmux.resize(40 + step, 10 + step % 14) }
        try tmux.resize(60, 20)
        let wanted = try Program.dump(60, 20)
        try await tmux.wait { $0 == wanted }
    }

    @Test func theMouseSelectsAndTheWheelScrolls() async throws {
        let tmux = try await start()
        let rows = try tmux.screen().split(separator: "\n")
        let row = try #require(rows.firstIndex { $0.contains("fw_cfg #0") })
        try tmux.type("\u{1b}[<0;6;\(row + 1)M\u{1b}[<0;6;\(row + 1)m")
        try await tmux.wait(for: " fw_cfg:0 ")
        let before = try tmux.screen()
        try tmux.type("\u{1b}[<65;6;\(row + 1)M")
        try await tmux.wait { $0 != before }
    }

    @Test func pastedTextIsNoKeys() async throws {
        let tmux = try await start()
        try tmux.paste("Q")
        try tmux.type("/")
        try await expect(tmux, shows: "/")
        try tmux.paste("cmos_data")
        try tmux.press("Enter")
        try await expect(tmux, shows: "/cmos_data<Enter>")
    }

    @Test func theCursorStandsOnTheSelectionOrWhereOneTypes() async throws {
        let tmux = try await start()
        try await tmux.wait { _ in try tmux.modes().hasSuffix("cursor=1") && tmux.cursor() == "4,2" }
        try tmux.press("j")
        try await tmux.wait { _ in try tmux.cursor() == "4,3" }
        try tmux.type("/rtc")
        try await tmux.wait { _ in try tmux.modes().hasSuffix("cursor=1") && tmux.cursor() == "5,23" }
    }

    @Test func controlLPaintsEverythingAgain() async throws {
        let tmux = try await start()
        try await tmux.damage()
        try tmux.press("C-l")
        try await expect(tmux, shows: "")
    }

    @Test func readsTheStreamFromStandardInputAndKeysFromTheTerminal() async throws {
        let tmux = try await Tmux(environment: ["NO_COLOR": "1"])
        let sample = try Program.sample.get().path
        try tmux.type("cat \(sample) | \(try Program.path()) -")
        try tmux.press("Enter")
        try await tmux.waitForBrowser()
        try tmux.type("/cmos_data")
        try tmux.press("Enter")
        try await tmux.wait(for: "mc146818rtc:0/cmos_data")
        try tmux.press("Q")
        try await tmux.expectGivenBack(status: 0)
    }

    @Test func coloursAreUsedUnlessRefused() async throws {
        let color = /\e\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[;m]/
        let plain = try await start()
        #expect(try !plain.styledScreen().contains(color))
        let colored = try await Tmux()
        try await colored.startBrowser()
        #expect(try colored.styledScreen().contains(color))
        let never = try await Tmux()
        try await never.startBrowser("--color=never")
        #expect(try !never.styledScreen().contains(color))
    }
}

extension Tmux {
    /// Writes over the screen behind the program's back.
    fileprivate func damage() async throws {
        let terminal = try paneTerminal()
        try Data("\u{1b}[5;5HDAMAGE".utf8).write(to: URL(fileURLWithPath: terminal))
        try await wait(for: "DAMAGE")
    }
}
