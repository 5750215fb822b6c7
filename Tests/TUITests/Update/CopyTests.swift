import Testing

@testable import TUI

@Suite struct CopyTests {
    private static let start = ":mc146818rtc:0/cmos_index<Enter>"

    @Test(arguments: [
        ("yv", "0x00", "value"), ("xyv", "0", "value"), ("yn", "cmos_index", "name"),
        ("yp", "mc146818rtc:0/cmos_index", "path"), ("yo", "0x49a1b", "offset"), ("yh", "00", "bytes"),
        ("yj", "\"0x00\"", "JSON"),
    ]) func copied(_ keys: String, _ text: String, _ what: String) throws {
        let browser = try Browser.after(Self.start, on: Fixture.sample())
        #expect(try browser.type(keys) == [.copy(CopiedText(text, what: what))])
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

    @Test func aSectionIsCopiedAsJSON() throws {
        let browser = try Browser.after(":PCIHost<Enter>", on: Fixture.sample())
        let effects = try browser.type("yj")
        guard case .copy(let copied) = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(copied.text.hasPrefix("{\n    \"config_reg\": "))
        // What QEMU's reader has no JSON for is a record.
        #expect(try browser.type("g") == [])
        guard case .copy(let record)? = try browser.type("yj").first else {
            Issue.record("nothing was copied")
            return
        }
        #expect(
            record.text.hasPrefix("{\"offset\": 0, ") && record.text.contains("\"path\": \"header\"")
                && !record.text.contains("\n"))
    }

    @Test func theUsersCommandTakesIt() throws {
        let settings = try Settings(text: "clipboard = \"wl-copy\"")
        let browser = try Browser.after(
            Self.start, on: Fixture.sample(), options: BrowserOptions(settings: settings))
        #expect(try browser.type("yn") == [.copy(CopiedText("cmos_index", what: "name", command: "wl-copy"))])
        try browser.type(":set clipboard xclip -i<Enter>")
        #expect(
            try browser.type("yn") == [.copy(CopiedText("cmos_index", what: "name", command: "xclip -i"))])
    }

    /// All of them: above the last line where they do not fit in it.
    @Test(arguments: ["y", "z", "a", "'"]) func keysThatMayFollowAreShown(_ key: String) throws {
        let browser = try Browser.after(key, on: Fixture.sample())
        for size in [Size(width: 80, height: 24), Size(width: 200, height: 60)] {
            let text = browser.render(size: size).grid.text()
            for (_, action) in browser.state.keymap.continuations(of: browser.model.pending.keys) {
                #expect(text.contains(action.title), "\(action) at \(size.width)")
            }
        }
        try browser.type("<Esc>")
        #expect(browser.status().contains("? help"))
    }
}
