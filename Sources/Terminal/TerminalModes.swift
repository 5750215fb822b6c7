/// Sequences beyond terminfo that turn on, and off again, what the browser uses.
struct TerminalModes {
    let on: String
    let off: String
    /// Asks for the background and for synchronized output, and last what the terminal is, which all answer:
    /// after that no other answer comes. The answers come as input.
    let question: String

    static let beginUpdate = "\u{1b}[?2026h"
    static let endUpdate = "\u{1b}[?2026l"

    init(isModern: Bool, mouse: Bool) {
        guard isModern else {
            (on, off, question) = ("", "", "")
            return
        }
        // Buttons, motion with a button held, and coordinates as numbers.
        let tracking = "\u{1b}[?1000h\u{1b}[?1002h\u{1b}[?1006h"
        let noTracking = "\u{1b}[?1006l\u{1b}[?1002l\u{1b}[?1000l"
        on = "\u{1b}[?2004h" + (mouse ? tracking : "")
        off = TerminalModes.endUpdate + (mouse ? noTracking : "") + "\u{1b}[?2004l"
        question = "\u{1b}]11;?\u{1b}\\\u{1b}[?2026$p\u{1b}[c"
    }
}
