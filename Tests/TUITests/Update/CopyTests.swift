import Testing

@testable import TUI

@Suite struct CopyTests {
    private static let start = ":mc146818rtc:0/cmos_index<Enter>"

    @Test(arguments: [
        ("yv", "0x00"), ("xyv", "0"), ("yn", "cmos_index"), ("yp", "mc146818rtc:0/cmos_index"),
        ("yo", "0x49a1b"),
        ("yh", "00"),
    ]) func copied(_ keys: String, _ text: String) throws {
        let browser = try Browser.after(Self.start, on: Fixture.sample())
        #expect(try browser.type(keys) == [.copy(text)])
        #expect(browser.status().contains("copied"))
    }

    @Test func whatHasNoValueSaysSo() throws {
        let browser = try Browser.after("5G", on: Fixture.sample())
        #expect(try browser.type("yv") == [.bell])
        #expect(browser.status().contains("timer has no value"))
    }

    @Test func tooManyBytesAreNotCopied() throws {
        let browser = try Browser.after("4G", on: Fixture.sample())
        #expect(try browser.type("yh") == [.bell])
    }

    @Test func keysThatMayFollowAreShown() throws {
        let browser = try Browser.after("y", on: Fixture.sample())
        #expect(browser.status().contains("v copy value"))
        try browser.type("<Esc>")
        #expect(browser.status().contains("? help"))
    }
}
