/// Sequences beyond terminfo that turn on, and off again, what the browser uses.
struct TerminalModes {
    let on: String
    let off: String
    /// Asks whether the terminal has synchronized output; the answer comes as input.
    let question: String

    static let beginUpdate = "\u{1b}[?2026h"
    static let endUpdate = "\u{1b}[?2026l"

    init(isANSI: Bool, mouse: Bool) {
        guard isANSI else {
            (on, off, question) = ("", "", "")
            return
        }
        // Buttons, motion with a button held, and coordinates as numbers.
        let tracking = "\u{1b}[?1000h\u{1b}[?1002h\u{1b}[?1006h"
        let noTracking = "\u{1b}[?1006l\u{1b}[?1002l\u{1b}[?1000l"
        on = "\u{1b}[?2004h" + (mouse ? tracking : "")
        off = TerminalModes.endUpdate + (mouse ? noTracking : "") + "\u{1b}[?2004l"
        question = "\u{1b}[?2026$p"
    }
}
