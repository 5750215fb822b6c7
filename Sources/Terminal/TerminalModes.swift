/// Sequences beyond terminfo that turn the browser's features on and off.
struct TerminalModes {
    let on: String
    let off: String
    /// Queries the background, synchronized output, and last the terminal's identity. All terminals answer
    /// the last, so no other answer follows it. The answers arrive as input.
    let question: String

    static let beginUpdate = "\u{1b}[?2026h"
    static let endUpdate = "\u{1b}[?2026l"

    init(isModern: Bool, mouse: Bool) {
        guard isModern else {
            (on, off, question) = ("", "", "")
            return
        }
        // Button presses, motion with a pressed button, and decimal coordinates.
        let tracking = "\u{1b}[?1000h\u{1b}[?1002h\u{1b}[?1006h"
        let noTracking = "\u{1b}[?1006l\u{1b}[?1002l\u{1b}[?1000l"
        on = "\u{1b}[?2004h" + (mouse ? tracking : "")
        off = TerminalModes.endUpdate + (mouse ? noTracking : "") + "\u{1b}[?2004l"
        question = "\u{1b}]11;?\u{1b}\\\u{1b}[?2026$p\u{1b}[c"
    }
}
