import Testing

@testable import TUI

@Suite struct GuestTests {
    private func browser(_ keys: String) throws -> Browser {
        let browser = try Browser.after(keys, on: Fixture.sample())
        browser.finishWork()
        return browser
    }

    /// The firmware of the sample is at the end of 4 GiB.
    @Test func physical() throws {
        let browser = try browser(":p 0xfffffff0<Enter>")
        #expect(browser.selectedPath.contains("pc.bios"))
        #expect(browser.model.activePane == .hex)
        #expect(browser.model.message?.text.contains("pc.bios@0xfff0") == true)
    }

    @Test func virtualOfTheFirstCPU() throws {
        let browser = try browser(":v 0x20000<Enter>")
        #expect(browser.model.message?.text.contains("pc.ram@0x20000") == true)
    }

    @Test(arguments: [":p 0xffffffffffff<Enter>", ":v 0x1000 99<Enter>"]) func nowhere(_ keys: String) throws
    {
        #expect(try browser(keys).model.message?.kind == .error)
    }

    /// A number beyond the end is an address of the guest, by intention.
    @Test(arguments: ["0xffffffff81000000", "0x100000000"]) func numbersBeyondTheEnd(_ number: String) throws
    {
        let browser = try browser(":\(number)<Enter>")
        #expect(
            browser.model.message?.text
                == "the stream ends at 0xead79; for guest memory: v \(number), or p \(number)")
    }

    /// The row of a segment or of a descriptor table leads where its base does.
    @Test func segmentsAreFollowed() throws {
        let whole = try browser(":cpu:0/env.segs[3]<Enter>f")
        let base = try browser(":cpu:0/env.segs[3]/base<Enter>f")
        #expect(whole.model.message?.text.contains("virtual 0x20000") == true)
        #expect(whole.model.message?.text == base.model.message?.text)
        #expect(try browser(":cpu:0/env.idt<Enter>f").model.message?.text.contains("virtual 0x0") == true)
    }

    @Test func registersAreFollowed() throws {
        let browser = try browser(":cpu:0/env.eip<Enter>f")
        #expect(browser.model.message?.text.contains("virtual 0x") == true)
        #expect(browser.selectedPath.contains("live sections/ram"))
    }
}
