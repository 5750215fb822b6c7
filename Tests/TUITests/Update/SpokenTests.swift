import Testing

@testable import TUI

/// What `--plain` says.
@Suite struct SpokenTests {
    private func say(_ lines: String...) throws -> [String] {
        let browser = Browser(document: try Fixture.sample(), options: BrowserOptions())
        for line in lines {
            for event in Browser.events(line: line) {
                _ = browser.handle(event, size: Size(width: 120, height: 60))
                while browser.hasWork { _ = browser.handle(.tick, size: Size(width: 120, height: 60)) }
            }
        }
        return browser.spoken
    }

    @Test func theNodeThatIsSelected() throws {
        #expect(
            try say("mc146818rtc:0/cmos_index").first
                == "mc146818rtc:0/cmos_index, uint8, 0x00 = 0, at 0x49a1b, 1 byte")
        #expect(try say("timer").first?.hasSuffix("48 bytes, closed, 5 below") ?? false)
        #expect(try say("timer", "right").first?.contains("open, 5 below") ?? false)
        #expect(try say("", "").first?.hasPrefix("ram:0") ?? false)
        #expect(try say("/cmos_data").first?.hasPrefix("mc146818rtc:0/cmos_data") ?? false)
    }

    @Test func whatWentWrong() throws {
        #expect(try say("qiut").first?.contains("did you mean quit?") ?? false)
    }

    @Test func lists() throws {
        let lines = try say("timer", "set-mark a", "marks")
        #expect(lines.contains { $0.hasPrefix("a  0x484b6  timer:0") })
        #expect(lines.allSatisfy { !$0.contains("│") })
    }
}
