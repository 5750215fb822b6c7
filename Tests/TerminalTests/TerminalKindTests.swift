import Foundation
import Testing

/// The browser on terminals of many kinds: usable, nothing that such a terminal would print, and given back.
@Suite(.serialized) struct TerminalKindTests {
    private static let kinds = [
        "xterm-256color", "screen", "screen-256color", "tmux-256color", "xterm-kitty", "linux", "vt100",
    ]

    @Test(arguments: kinds, [[:], ["LANG": "C", "NO_COLOR": "1"]])
    func isUsable(_ kind: String, _ environment: [String: String]) async throws {
        let tmux = try await Tmux(environment: environment.merging(["TERM": kind]) { $1 })
        let log = try tmux.record()
        let isModern = kind != "linux" && kind != "vt100"
        try await tmux.startBrowser(isAlternate: isModern)
        try tmux.type("/cmos_data")
        try tmux.press("Enter")
        try await tmux.wait(for: "mc146818rtc:0/cmos_data")
        if environment["LANG"] == "C" {
            #expect(try tmux.screen().unicodeScalars.allSatisfy { $0.value < 0x80 })
        }
        try tmux.press("Q")
        try await tmux.expectGivenBack(status: 0)
        let sent = try String(decoding: Data(contentsOf: log), as: UTF8.self)
        for question in ["\u{1b}]11;", "\u{1b}[?2026", "\u{1b}[?1000h", "\u{1b}[?2004h"] {
            // The shell turns bracketed paste on by itself.
            guard question != "\u{1b}[?2004h" || isModern else { continue }
            #expect(sent.contains(question) == isModern, "\(question.dropFirst())")
        }
        if environment["NO_COLOR"] != nil {
            #expect(!sent.contains(/\e\[[0-9;]*3[0-8][;m]/))
        }
    }

    /// Names that anybody may have written: no byte of them reaches the terminal as it is.
    @Test func hostileNamesStayText() async throws {
        let hostile: [UInt8] = [0x1b, 0x5d, 0x30, 0x3b, 0x58, 0x07, 0x9b, 0x32, 0x4a, 0x0d, 0x08]
        var bytes = [UInt8](try Data(contentsOf: try Program.sample.get()))
        let name = Array("mc146818rtc".utf8)
        let place = try #require((0..<0x60000).first { bytes[$0...].starts(with: name) })
        bytes.replaceSubrange(place..<place + name.count, with: hostile)
        let tmux = try await Tmux()
        let file = tmux.folder.appendingPathComponent("hostile.mig")
        try Data(bytes).write(to: file)
        let log = try tmux.record()
        try tmux.type("\(try Program.path()) --at \(place) hostile.mig")
        try tmux.press("Enter")
        try await tmux.waitForBrowser()
        try await tmux.wait(for: "\\x1b]0;X")
        try tmux.press("Q")
        try await tmux.expectGivenBack(status: 0)
        let sent = [UInt8](try Data(contentsOf: log))
        for part in [hostile, Array(hostile[0..<5]), [0x9b], [0xc2, 0x9b]] {
            #expect(sent.firstRange(of: part) == nil)
        }
    }

    @Test func aTerminalThatIsClosedEndsTheBrowser() async throws {
        let tmux = try await Tmux()
        try await tmux.startBrowser()
        let process = try tmux.processID()
        try tmux.close()
        let end = Date(timeIntervalSinceNow: Tmux.limit)
        while kill(process, 0) == 0, Date() < end { try await Task.sleep(for: .milliseconds(10)) }
        #expect(kill(process, 0) != 0)
    }

    @Test func marksAndNotesAreThereAgain() async throws {
        let tmux = try await Tmux(environment: ["NO_COLOR": "1"])
        try await tmux.startBrowser()
        try tmux.type(":timer")
        try tmux.press("Enter")
        try tmux.type(";seen it")
        try tmux.press("Enter")
        try await tmux.wait(for: "note on timer:0")
        // Kept at once, whatever becomes of the browser.
        kill(try tmux.processID(), SIGTERM)
        try await tmux.waitForPrompt()
        try await tmux.startBrowser()
        try await tmux.wait(for: "✎timer")
        try tmux.press("Q")
        try await tmux.waitForPrompt()
        try await tmux.startBrowser("--no-session")
        #expect(try !tmux.screen().contains("✎"))
        try tmux.press("Q")
        try await tmux.expectGivenBack(status: 0)
    }

    @Test func plainTextHasNoEscapes() async throws {
        let tmux = try await Tmux(environment: ["TERM": "dumb"])
        let log = try tmux.record()
        let sample = try Program.sample.get().path
        try tmux.type("\(try Program.path()) --plain \(sample)")
        try tmux.press("Enter")
        try await tmux.wait(for: "quit ends.")
        try tmux.type("mc146818rtc:0/cmos_index")
        try tmux.press("Enter")
        try await tmux.wait(for: "uint8, 0x00 = 0, at 0x49a1b")
        try tmux.type("quit")
        try tmux.press("Enter")
        try await tmux.expectGivenBack(status: 0)
        #expect(try !Data(contentsOf: log).contains(0x1b))
    }
}
