import Testing

@testable import TUI

/// A view of the browser: the stream, and the keys that lead to it.
struct ViewCase: Sendable, CustomTestStringConvertible {
    enum Stream: Sendable {
        case sample, cut, damaged, resent, undescribed
        /// The sample beside one that has changed.
        case compared
    }

    var name: String
    var keys: String
    var stream = Stream.sample
    var paste = ""

    var testDescription: String { name }

    static let all: [ViewCase] = [
        ViewCase(name: "tree", keys: "/mc146818rtc<Enter>l"),
        ViewCase(name: "hex", keys: "o0x499a0<Enter><Tab>5l"),
        ViewCase(name: "hex-alone", keys: "o0x499a0<Enter><Tab>Z"),
        ViewCase(name: "meanings", keys: "/RFLAGS<Enter>l3j"),
        ViewCase(name: "filtered", keys: "&isr<Enter>"),
        ViewCase(name: "sorted", keys: "s3j"),
        ViewCase(name: "search-prompt", keys: "/cmos"),
        ViewCase(name: "command-prompt", keys: ":se<Tab>"),
        ViewCase(name: "helped", keys: "?"),
        ViewCase(name: "helped-search", keys: "?/mark<Enter>"),
        ViewCase(name: "marked", keys: "5Gma9G;to look at<Enter>M"),
        ViewCase(name: "note-prompt", keys: ";a note"),
        ViewCase(name: "inspected", keys: ":0x499a5<Enter>i"),
        ViewCase(name: "map", keys: "R", stream: .resent),
        ViewCase(name: "page", keys: ":pc.ram@0x21000<Enter>"),
        ViewCase(name: "raw-record", keys: ":pc.ram@0x21000<Enter>t"),
        ViewCase(name: "ranges", keys: "/cmos_data<Enter>lj<Enter>"),
        ViewCase(name: "findings-list", keys: "GlD", stream: .cut),
        ViewCase(name: "finding-place", keys: "GlD<Enter>", stream: .cut),
        ViewCase(name: "explain-prompt", keys: "X", stream: .damaged),
        ViewCase(name: "explained", keys: "X", stream: .damaged, paste: Fixture.damageLog),
        ViewCase(name: "compared", keys: "", stream: .compared),
        ViewCase(name: "compared-place", keys: "}<Enter>", stream: .compared),
        ViewCase(name: "tutor", keys: ":tutor<Enter>"),
        ViewCase(name: "details", keys: ":0000:00:02.0/virtio-net:0/virtio<Enter>d"),
        ViewCase(name: "details-scrolled", keys: ":cpu:0/env.cr[4]<Enter>d2j"),
        ViewCase(name: "helped-hex", keys: "<Tab>?"),
        ViewCase(name: "helped-details", keys: "d?"),
        ViewCase(name: "tagged", keys: "2G3T"),
        ViewCase(name: "values", keys: ":apic:0/isr<Enter>F"),
        ViewCase(name: "strings", keys: "12\""),
        ViewCase(name: "edit-prompt", keys: ":mc146818rtc:0/cmos_index<Enter>V"),
        ViewCase(
            name: "edit-flags", keys: ":0000:00:02.0/virtio-net:0/virtio/guest_features<Enter>V2j<Enter>"),
        ViewCase(name: "edited", keys: ":mc146818rtc:0/cmos_index<Enter>V<C-u>0x12<Enter>"),
        ViewCase(name: "edits", keys: ":mc146818rtc:0/cmos_index<Enter>V<C-u>0x12<Enter>:hpet:0<Enter>,dP"),
        ViewCase(name: "edits-undone", keys: ":mc146818rtc:0/cmos_index<Enter>V<C-u>0x12<Enter>,uP"),
        ViewCase(name: "edits-unsaved", keys: ":mc146818rtc:0/cmos_index<Enter>V<C-u>0x12<Enter>q"),
        ViewCase(name: "statistics", keys: ":mc146818rtc:0/cmos_data<Enter>I"),
        ViewCase(name: "match-list", keys: "/period<Enter>A"),
        ViewCase(name: "shares", keys: "S"),
        ViewCase(name: "palette", keys: ":cop"),
        ViewCase(name: "copy-keys", keys: "y"),
        ViewCase(name: "write-prompt", keys: "w"),
        ViewCase(name: "undescribed", keys: "Gl3j", stream: .undescribed),
    ]

    func browser(_ size: Size) throws -> Browser {
        let options = BrowserOptions(sample: { try? Fixture.sample() })
        let browser =
            switch stream {
            case .sample: Browser(document: try Fixture.sample(), options: options)
            case .cut: Browser(document: try Fixture.cut(), options: options)
            case .damaged: Browser(document: try Fixture.damaged(), options: options)
            case .resent: Browser(document: try Fixture.resent(), options: options)
            case .undescribed: Browser(document: try Fixture.undescribed(), options: options)
            case .compared:
                Browser(
                    document: try Fixture.sample(), comparedWith: .stream(try Fixture.changed()),
                    options: options)
            }
        browser.finishWork(size)
        for event in try KeyScript.parse(keys) {
            _ = browser.handle(event, size: size)
            browser.finishWork(size)
        }
        guard !paste.isEmpty else { return browser }
        _ = browser.handle(.paste(paste), size: size)
        try browser.type("<Enter>", size)
        browser.finishWork(size)
        return browser
    }
}

/// Each view on each size: a golden of all of them, one file a view.
@Suite struct ViewSizesTests {
    private static let sizes = [(80, 24), (120, 40), (200, 60), (40, 10), (1, 1)]

    @Test(arguments: ViewCase.all) func view(_ view: ViewCase) throws {
        var text = ""
        for (width, height) in Self.sizes {
            let size = Size(width: width, height: height)
            let screen = try view.browser(size).render(size: size).grid.text()
            text += "\(width)x\(height)\n\(screen)\n"
        }
        try Golden.check(text, "view-\(view.name)")
    }
}
