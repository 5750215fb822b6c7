import Testing

@testable import TUI

/// No size and no key may stop the program.
@Suite struct SizeSweepTests {
    private static let storm = [
        "jjl", "<Tab>jl", "Z", "/e", "<Enter>n", "?", "G", "q", "L", ">", "<lt>", "x", "E", "G", "<PgUp>",
        "<C-d>", "C",
        ":0x", "<Esc>", "o5000<Enter>", "<C-o>", "U", "J", "K", "p", "]", "[", "D", "q", "y", "h", "z3",
        "9999999999j",
        "999999999999999999999<PgDn>", "999999999G", "g", ":quit", "<C-u><BS>", "*", "u", "<C-e>", "<C-y>",
        "e", "h", "Z", "&e<Enter>", "G", "J", "K", "]", "[", "h", "l", "<Tab>j<Tab>", "&a", "<Enter>", "E",
        "<Esc>",
        "/=0<Enter>", "n", "<Esc>", "/x 00", "<Enter>", "N", "<Esc>", "f", "w", "<Esc>", "|a<Enter>", "R",
        "j", "l", "]", "k", "<Enter>", "R", "<Esc>", "mc", "'c", "i", "M", "j", "<Enter>", "Z", "i", "Z",
        "'x", "m<Esc>", "s", "j", "s", "S", "l", "s", "S", "#", "n", "<C-r>a<Enter>", "N", "t", "j",
        "<Enter>", "t", "q",
    ]

    @Test func everySizeTakesEveryKey() throws {
        let document = try Fixture.small()
        let browser = Browser(document: document, options: BrowserOptions())
        var step = 0
        for width in 1...50 {
            for height in 1...20 {
                let size = Size(width: width, height: height)
                for _ in 0..<5 {
                    try browser.type(Self.storm[step % Self.storm.count], size)
                    let frame = browser.render(size: size)
                    #expect(frame.grid.size == size)
                    if let cursor = frame.cursor {
                        #expect((0..<width).contains(cursor.x) && (0..<height).contains(cursor.y))
                    }
                    step += 1
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3, 7, 20, 59, 60, 74, 80, 133, 200, 300]) func everyKeyOnOneWidth(_ width: Int)
        throws
    {
        let browser = Browser(
            document: try Fixture.small(), options: BrowserOptions(ascii: true, colors: .truecolor))
        for height in [1, 2, 4, 6, 8, 11, 12, 14, 30] {
            let size = Size(width: width, height: height)
            for keys in Self.storm {
                try browser.type(keys, size)
                _ = browser.render(size: size)
            }
        }
    }

    @Test func theMouseMayClickAnywhere() throws {
        let browser = Browser(document: try Fixture.small(), options: BrowserOptions())
        for (width, height) in [(1, 1), (40, 10), (80, 24), (62, 20)] {
            let size = Size(width: width, height: height)
            for y in 0..<height {
                for x in stride(from: 0, to: width, by: 3) {
                    for kind in [
                        MouseEvent.Gesture.press, .drag, .release, .doubleClick, .wheelDown, .wheelUp,
                    ] {
                        _ = browser.handle(.mouse(MouseEvent(kind, x: x, y: y)), size: size)
                    }
                }
                _ = browser.render(size: size)
            }
        }
    }

    @Test func drawingOnAnotherSizeChangesNothing() throws {
        let browser = try Browser.after("30jl", on: Fixture.small())
        let before = browser.render(size: Size(width: 80, height: 24)).grid
        _ = browser.render(size: Size(width: 20, height: 5))
        #expect(browser.render(size: Size(width: 80, height: 24)).grid == before)
    }
}
