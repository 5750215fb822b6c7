import Synchronization
import Testing

@testable import TUI

@Suite struct PaceTests {
    private func pace(_ milliseconds: Int, _ progress: Double) -> Pace {
        Pace(title: "searching", start: (1000, 0.1), now: (1000 + milliseconds, progress))
    }

    @Test(arguments: [
        (1000, 0.2, "95.4 M/s", "8 s left"), (500, 0.6, "953.7 M/s", "1 s left"),
        (600_000, 0.2, "162.8 K/s", "80 min left"),
        (60_000, 0.5, "6.4 M/s", "75 s left"),
    ]) func rates(_ milliseconds: Int, _ progress: Double, _ rate: String, _ rest: String) {
        let pace = pace(milliseconds, progress)
        #expect(pace.rate(of: 1_000_000_000) == rate)
        #expect(pace.rest == rest)
    }

    @Test(arguments: [(100, 0.5), (5000, 0.1)]) func tooEarlyToTell(_ milliseconds: Int, _ progress: Double) {
        #expect(pace(milliseconds, progress).rate(of: 1000) == nil)
        #expect(pace(milliseconds, progress).rest == nil)
    }

    /// The line says how fast a search is and how long it takes, as far as there is room.
    @Test(arguments: [
        (120, ["/s", "s left", "Esc stops"]), (60, ["s left"]), (30, ["%"]), (6, []), (1, []),
    ])
    func isOnTheStatusLine(_ width: Int, _ words: [String]) throws {
        var state = try Browser.after("", on: Fixture.sample()).state
        state.resize(Size(width: width, height: 12))
        state.model.job = .live
        let now = (time: 1500, progress: 1.0)
        state.model.pace = Pace(title: "finding RAM sections", start: (500, 0), now: now)
        let text = ScreenView(state).frame().grid.text()
        for word in words { #expect(text.contains(word), "\(width)") }
    }

    @Test func isMeasuredAtEachStep() throws {
        let time = Mutex(0)
        var options = BrowserOptions()
        options.clock = { time.withLock { $0 } }
        let browser = Browser(document: try Fixture.resent(), options: options)
        try browser.type("R")
        var last: Pace?
        while browser.hasWork {
            time.withLock { $0 += 300 }
            _ = browser.handle(.tick, size: Size(width: 80, height: 24))
            guard let pace = browser.model.pace else { continue }
            #expect(pace.now.time == time.withLock { $0 })
            if let last { #expect(pace.start == last.start && pace.now.progress >= last.now.progress) }
            last = pace
        }
        #expect(browser.model.pace == nil)
    }
}
