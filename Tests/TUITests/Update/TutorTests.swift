import Testing

@testable import TUI

/// Each step says what to do and what one should see: it is done, and looked at.
@Suite struct TutorTests {
    private static let size = Size(width: 100, height: 34)

    /// What a new user types for each step, and what must be on the screen then.
    private static let steps: [(keys: String, shown: [String])] = [
        ("jjjj", ["timer:0", "▸ timer #0"]),
        ("l", ["▾ timer #0", "cpu_ticks_offset"]),
        ("/cmos_data<Enter>", ["mc146818rtc:0/cmos_data", "▾ mc146818rtc #0", "1/1"]),
        (":0x49a1a<Enter>", ["mc146818rtc:0/cmos_data", "0x00049a1a"]),
        ("<Tab>l", ["mc146818rtc:0/cmos_index"]),
        ("<C-o>", ["mc146818rtc:0/cmos_data"]),
        ("/=0xfee00900<Enter>", ["apic:0/apicbase", "0xfee00900"]),
        ("&isr<Enter>", ["isr"]),
        ("<Esc>", ["kvm-tpr-opt #0"]),
        ("yp", ["copied the path"]),
        ("ma", ["mark a"]),
        ("?", ["Move", "next row"]),
    ]

    private func browser(_ keys: String = "") throws -> Browser {
        let options = BrowserOptions(sample: { try? Fixture.sample() })
        let browser = Browser(document: try Fixture.small(), options: options)
        try browser.type(keys, Self.size)
        return browser
    }

    private func text(_ browser: Browser) -> String { browser.render(size: Self.size).grid.text() }

    @Test func everyStepCanBeDoneAndShowsWhatItSays() throws {
        let browser = try browser(":tutor<Enter>")
        #expect(text(browser).contains("sample-q35-10.0.mig"))
        #expect(Self.steps.count == TutorStep.all.count)
        for (number, step) in Self.steps.enumerated() {
            #expect(browser.model.tutor?.step == number)
            #expect(text(browser).contains("step \(number + 1) of \(Self.steps.count)"))
            try browser.type(step.keys, Self.size)
            while browser.hasWork { _ = browser.handle(.tick, size: Self.size) }
            #expect(browser.model.tutor == TutorProgress(step: number + 1, hasDone: true), "\(step.keys)")
            let screen = text(browser)
            #expect(screen.contains("✓ You should see:"), "\(step.keys)")
            for shown in step.shown { #expect(screen.contains(shown), "\(step.keys): \(shown)\n\(screen)") }
        }
        try browser.type("q", Self.size)
        #expect(text(browser).contains("That is enough to get started"))
        #expect(try browser.type("q", Self.size) == [])
        #expect(text(browser).contains("m68k-virt-7.2.mig"))
        #expect(browser.model.tutor == nil)
        #expect(try browser.type("q", Self.size) == [.quit])
    }

    @Test func stepsArePassedOver() throws {
        let browser = try browser(":tutor<Enter>:tutor<Enter>")
        #expect(browser.model.tutor == TutorProgress(step: 1))
        try browser.type(":tutor 7<Enter>", Self.size)
        #expect(browser.model.tutor == TutorProgress(step: 6))
        try browser.type(":tutor 99<Enter>", Self.size)
        #expect(browser.model.tutor == TutorProgress(step: TutorStep.all.count))
    }

    @Test func theStreamBelowIsAsItWas() throws {
        let browser = try browser("5Gmajj")
        let before = browser.keepsake.session
        try browser.type(":tutor<Enter>jjjjl", Self.size)
        #expect(browser.keepsake.session == before)
        try browser.type("q", Self.size)
        #expect(browser.keepsake.session == before)
    }

    @Test(arguments: [(100, 34), (80, 24), (40, 12), (30, 9), (1, 1)]) func fits(_ width: Int, _ height: Int)
        throws
    {
        let browser = try browser(":tutor<Enter>jjjj")
        let frame = browser.render(size: Size(width: width, height: height))
        #expect(height < 12 || frame.grid.text().contains("first steps"))
    }

    @Test func keysAreTheUsersOwn() throws {
        let settings = try Settings(text: "[keys]\nmove-down = \"n\"\nsearch-next = []\n")
        #expect(TutorStep.all[0].task(settings.keymap).contains("Press n four times"))
        for step in TutorStep.all {
            #expect(!step.task(Keymap()).contains("{") && !step.sightText(Keymap()).contains("{"))
        }
    }

    @Test func withoutASampleThatIsSaid() throws {
        let browser = try Browser.after(":tutor<Enter>", on: Fixture.small())
        #expect(browser.status().contains("no sample"))
    }
}
