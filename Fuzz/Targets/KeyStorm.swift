import Compare
import Stream
import TUI
import TestSupport

/// Keys, mouse, lines and sizes at random, in one browser that stays open: what a person types in years.
///
/// Keys that are bound come most, so that each view and pane is reached and left. Nothing is written: what the browser
/// asks the terminal to do is counted.
package struct KeyStorm {
    private var generator: SeededGenerator
    private let browser: Browser
    private var size = Size(width: 80, height: 24)
    /// How many events were handled, the steps of long work among them.
    package private(set) var events = 0
    /// The steps of long work.
    package private(set) var steps = 0
    /// What was asked of the terminal.
    package private(set) var effects = 0

    /// A storm over one stream, or over the comparison with another one.
    package init(_ document: Document, comparedWith other: Document? = nil, seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        let options = BrowserOptions()
        browser =
            other.map { Browser(document: document, comparedWith: .stream($0), options: options) }
            ?? Browser(document: document, options: options)
    }

    /// Does a number of things; each is one or a few events. Every eighth screen is drawn.
    package mutating func run(_ count: Int) {
        for number in 0..<count {
            blow()
            // Work goes on while somebody types, and mostly comes to its end.
            for _ in 0..<Int.random(in: 0...6, using: &generator) where browser.hasWork { step() }
            guard number % 8 == 7 else { continue }
            let frame = browser.render(size: size)
            precondition(frame.grid.size == size)
            if let cursor = frame.cursor {
                precondition(
                    (0..<size.width).contains(cursor.x) && (0..<size.height).contains(cursor.y),
                    "the cursor is at \(cursor) of \(size)")
            }
        }
    }

    /// Stops all that is being done, and comes back to the panes. At most `limit` steps are left then.
    /// - Returns: whether nothing was left to do.
    package mutating func rest(limit: Int) -> Bool {
        for _ in 0..<20 { handle(.key(.escape)) }
        for _ in 0..<limit where browser.hasWork { step() }
        return !browser.hasWork
    }

    private mutating func step() {
        steps += 1
        handle(.tick)
    }

    private mutating func handle(_ event: Event) {
        events += 1
        effects += browser.handle(event, size: size).count
    }

    private mutating func blow() {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<60: press(Self.bound)
        case 60..<68: press(Self.special)
        case 68..<74:
            handle(.key(.character(Unicode.Scalar(UInt8.random(in: 0x20..<0x7f, using: &generator)))))
        case 74..<84: type(Self.lines.randomElement(using: &generator) ?? "")
        case 84..<87: type(String(Int.random(in: 0...100_000, using: &generator)))
        case 87..<90: handle(.paste(Self.lines.randomElement(using: &generator) ?? ""))
        case 90..<95: click()
        case 95..<97: resize()
        default: handle(.key(.escape))
        }
    }

    private mutating func press(_ sequences: [[Key]]) {
        for key in sequences.randomElement(using: &generator) ?? [] { handle(.key(key)) }
    }

    private mutating func type(_ text: String) {
        for scalar in text.unicodeScalars { handle(.key(Key(scalar))) }
        if Bool.random(using: &generator) { handle(.key(.enter)) }
    }

    private mutating func click() {
        let kinds: [MouseEvent.Gesture] = [.press, .drag, .release, .doubleClick, .wheelUp, .wheelDown]
        let x = Int.random(in: 0..<size.width, using: &generator)
        let y = Int.random(in: 0..<size.height, using: &generator)
        handle(.mouse(MouseEvent(kinds.randomElement(using: &generator) ?? .press, x: x, y: y)))
    }

    private mutating func resize() {
        let usual: [(Int, Int)] = [(80, 24), (120, 40), (200, 60), (40, 10), (1, 1)]
        let any = (Int.random(in: 1...220, using: &generator), Int.random(in: 1...70, using: &generator))
        let (width, height) =
            Bool.random(using: &generator) ? any : usual.randomElement(using: &generator) ?? any
        size = Size(width: width, height: height)
        handle(.resize(size))
    }

    /// All keys that are bound, but for those that end the program: the browser stays.
    private static let bound: [[Key]] = Action.allCases.filter { ![.quit, .suspend].contains($0) }
        .flatMap { action in
            // Of 26 letters three say as much.
            action.keys.map(\.keys).prefix(3)
        }

    private static let special: [[Key]] = [
        Key.up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .insert, .backTab, .delete, .backspace,
        .shiftUp, .shiftDown, .shiftLeft, .shiftRight, .function(1), .enter, .tab, .escape,
    ].map { [$0] }

    private static let lines: [String] =
        [
            "/cpu", "/cpu rip", "/~rx.*", "/=0", "/=0xfee00900", "/x 00 ?? 01", "/\"pc\"", "/(", "&isr",
            "&name == version_id", "&type == timer && armed", "&value > 3", "&(", ":0x100", ":+16", ":-99999",
            ":cpu:0", ":ram:0", ":description", ":rip", ":0xffffffffffffffff", ":pc.ram@0x21000", "op 0x1000",
            "o",
            ":set theme light", ":set theme mono", ":set ascii on", ":set base dec", ":layout st",
            ":layout one",
            ":compare-range 0", ":sort-by -size", ":sort-by value", ":collapse-all", ":help mark", ":tutor",
            ":q",
            ":nonsense", ":open x", ":next-file", ";a note", "wout", "|wc", "rreport", "X", "Xerror -5",
            "99999999999999999999j", "0", "12\"", "9z", "m", "'",
        ]
        + Action.allCases.filter { ![.quit, .suspend].contains($0) }.map { ":\($0.name)" }
}
