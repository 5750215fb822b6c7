import Foundation
import Testing

/// The terminal is as it was, however the browser ends or pauses.
@Suite(.serialized) struct GivenBackTests {
    @Test func quitGivesItBackAndSucceeds() async throws {
        let tmux = try await Tmux()
        try await tmux.startBrowser()
        #expect(try tmux.modes().hasPrefix("alternate=1 mouse=11"))
        try tmux.press("Q")
        try await tmux.expectGivenBack(status: 0)
    }

    @Test func withoutMouseTheTerminalKeepsIt() async throws {
        let tmux = try await Tmux()
        try await tmux.startBrowser("--no-mouse")
        #expect(try tmux.modes().hasPrefix("alternate=1 mouse=00"))
        try tmux.press("Q")
        try await tmux.expectGivenBack(status: 0)
    }

    @Test(arguments: [
        SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGTRAP, SIGFPE, SIGUSR1, SIGUSR2,
        SIGXCPU, SIGSYS, SIGVTALRM, SIGPROF, SIGPOLL, 34, 64,
    ])
    func aDeathGivesItBack(_ signal: Int32) async throws {
        let tmux = try await Tmux()
        try await tmux.startBrowser()
        kill(try tmux.processID(), signal)
        try await tmux.expectGivenBack(status: 128 + signal)
    }

    /// Folds and selection too, which are kept at the end only.
    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func whoIsAskedToEndKeepsTheSession(_ signal: Int32) async throws {
        let tmux = try await Tmux()
        try await tmux.startBrowser()
        try tmux.type("/cmos_index")
        try tmux.press("Enter")
        // The search finds it before all is typed; the keys come back when it is.
        try await tmux.wait { $0.contains("mc146818rtc:0/cmos_index") && $0.contains("? help") }
        kill(try tmux.processID(), signal)
        try await tmux.expectGivenBack(status: 128 + signal)
        try await tmux.run("cat .local/state/migscope/sessions/*")
        #expect(try tmux.screen().contains("mc146818rtc:0/cmos_index"))
    }

    @Test func stopsAndGoesOn() async throws {
        let tmux = try await Tmux()
        try await tmux.startBrowser()
        let before = try tmux.screen()
        try tmux.press("C-z")
        try await tmux.wait(for: "Stopped")
        try await tmux.expectGivenBack(status: 128 + SIGTSTP)
        try await tmux.run("true")
        try tmux.type("fg")
        try tmux.press("Enter")
        try await tmux.wait { $0 == before }
        try tmux.press("Q")
        try await tmux.expectGivenBack(status: 0)
    }

    /// A make that runs the browser must stop with it, else no one reads the keyboard.
    @Test func theWholeJobStops() async throws {
        let tmux = try await Tmux()
        let program = try Program.path()
        let sample = try Program.sample.get().path
        try tmux.type("sh -c '\(program) \(sample); true'")
        try tmux.press("Enter")
        try await tmux.waitForBrowser()
        try tmux.press("C-z")
        try await tmux.wait(for: "Stopped")
        try await tmux.waitForPrompt()
        try tmux.type("fg")
        try tmux.press("Enter")
        try await tmux.waitForBrowser()
        try tmux.press("Q")
        try await tmux.expectGivenBack(status: 0)
    }

    /// Another process stops it without asking: the shell repairs the settings, we the screen.
    @Test(arguments: [SIGSTOP, SIGTSTP])
    func stoppedFromOutsideItGoesOn(_ signal: Int32) async throws {
        let tmux = try await Tmux()
        try await tmux.startBrowser()
        let before = try tmux.screen()
        kill(try tmux.processID(), signal)
        try await tmux.wait(for: "Stopped")
        try tmux.press("Enter")
        try tmux.type("fg")
        try tmux.press("Enter")
        try await tmux.wait { try $0 == before && tmux.modes().hasPrefix("alternate=1 mouse=11") }
        try tmux.press("Q")
        try await tmux.expectGivenBack(status: 0)
    }

    @Test func killedWhileStoppedItLeavesTheShellAlone() async throws {
        let tmux = try await Tmux()
        try await tmux.startBrowser()
        try tmux.press("C-z")
        try await tmux.wait(for: "Stopped")
        try await tmux.waitForPrompt()
        let process = try tmux.processID()
        kill(process, SIGTERM)
        kill(process, SIGCONT)
        try await tmux.wait { _ in kill(process, 0) != 0 }
        try await tmux.run("true")
        try await tmux.expectGivenBack(status: 0)
    }

    @Test(arguments: [("dumb", "can't move its cursor"), ("no-such-type", "unknown terminal type")])
    func refusesATerminalThatCannotShowIt(_ type: String, _ advice: String) async throws {
        let tmux = try await Tmux(environment: ["TERM": type])
        let sample = try Program.sample.get().path
        try tmux.type("\(try Program.path()) \(sample)")
        try tmux.press("Enter")
        try await tmux.wait(for: advice)
        try await tmux.expectGivenBack(status: 2)
    }
}
