import TUI

/// The result of one read from the terminal.
enum Input: Equatable {
    case scalar(Unicode.Scalar)
    case key(Key)
    /// `ESC [ <`: numbers and M or m follow.
    case mouse
    /// `ESC [ M`: three characters follow.
    case oldMouse
    case pasteStart, pasteEnd
    /// `ESC [ ?`: a report about modes or the terminal itself follows, up to a letter.
    case report
    /// `ESC ] 11 ;`: the background color follows, up to BEL or ESC \\.
    case background
    case ignored
}

/// Combines inputs into events, and keeps incomplete ones.
struct InputDecoder {
    private enum State {
        case keys
        case mouse([UInt8])
        case oldMouse(remaining: Int)
        case paste(String)
        case report(String)
        case background(String)
    }

    /// The terminal's answers so far.
    struct Answers: Equatable {
        /// Whether it supports synchronized output.
        var canSynchronize: Bool?
        var isLight: Bool?
        /// Whether it has answered the last query, which asks for its identity.
        var isComplete = false
    }

    private(set) var answers = Answers()

    /// The maximum length of a paste in UTF-8 bytes; a longer one is cut.
    static let largestPaste = 1 << 20

    private var state = State.keys
    private var clicks = ClickTimer()

    /// Returns the event that this input completes, if any. `now` is in milliseconds.
    mutating func feed(_ input: Input, now: Int) -> Event? {
        switch (state, input) {
        case (.paste(let text), .pasteEnd):
            state = .keys
            return .paste(text)
        case (.paste(let text), _):
            state = .paste(InputDecoder.append(input, to: text))
            return nil
        case (.mouse(let bytes), .scalar(let scalar)):
            return feedMouse(bytes, scalar, now: now)
        case (.oldMouse(let remaining), .scalar):
            state = remaining > 1 ? .oldMouse(remaining: remaining - 1) : .keys
            return nil
        case (.report(let text), .scalar(let scalar)): feedReport(text, scalar)
        case (.background(let text), .scalar(let scalar)): return feedBackground(text, scalar)
        case (_, .report): state = .report("")
        case (_, .background): state = .background("")
        case (_, .pasteStart): state = .paste("")
        case (_, .mouse): state = .mouse([])
        case (_, .oldMouse): state = .oldMouse(remaining: 3)
        case (_, .scalar(let scalar)):
            state = .keys
            return .key(Key(scalar))
        case (_, .key(let key)):
            state = .keys
            return .key(key)
        case (_, .pasteEnd), (_, .ignored): break
        }
        return nil
    }

    /// The maximum length of an answer.
    private static let longestAnswer = 64

    private mutating func feedReport(_ text: String, _ scalar: Unicode.Scalar) {
        guard (0x20...0x7e).contains(scalar.value), text.utf8.count < Self.longestAnswer else {
            state = .keys
            return
        }
        guard scalar.value >= 0x40 else {
            state = .report(text + String(Character(scalar)))
            return
        }
        state = .keys
        if scalar == "c" { answers.isComplete = true }
        // DECRPM of mode 2026: 1 set, 2 reset, 0 unknown, 4 never.
        if scalar == "y", text.hasPrefix("2026;") {
            answers.canSynchronize = text == "2026;1$" || text == "2026;2$"
        }
    }

    // ESC begins the terminator ESC \\.
    private mutating func feedBackground(_ text: String, _ scalar: Unicode.Scalar) -> Event? {
        if scalar == "\u{1b}", text.utf8.count < Self.longestAnswer {
            state = .background(text + "\u{1b}")
            return nil
        }
        let isEnd = scalar == "\u{7}" || text.hasSuffix("\u{1b}")
        guard isEnd || text.utf8.count >= Self.longestAnswer else {
            state = .background(text + String(Character(scalar)))
            return nil
        }
        state = .keys
        guard let isLight = BackgroundColor.isLight(text.filter { $0 != "\u{1b}" }) else { return nil }
        answers.isLight = isLight
        return .background(isLight: isLight)
    }

    private static func append(_ input: Input, to text: String) -> String {
        guard text.utf8.count < largestPaste else { return text }
        switch input {
        case .scalar("\r"), .key(.enter): return text + "\n"
        case .scalar(let scalar): return text + String(Character(scalar))
        default: return text
        }
    }

    private mutating func feedMouse(_ bytes: [UInt8], _ scalar: Unicode.Scalar, now: Int) -> Event? {
        switch scalar {
        case "0"..."9", ";":
            // Three numbers never need more characters; a longer sequence is not a mouse report.
            state = bytes.count < 24 ? .mouse(bytes + [UInt8(ascii: scalar)]) : .keys
            return nil
        case "M", "m":
            state = .keys
            guard let report = MouseReport(bytes, isRelease: scalar == "m") else { return nil }
            return clicks.event(report, now: now).map(Event.mouse)
        default:
            state = .keys
            return nil
        }
    }
}

/// The numbers of one SGR mouse report.
struct MouseReport: Equatable {
    let button: Int
    let x: Int
    let y: Int
    let isRelease: Bool

    init?(_ bytes: [UInt8], isRelease: Bool) {
        let numbers = bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 3, let button = numbers[0], let x = numbers[1], let y = numbers[2],
            x >= 1, y >= 1
        else { return nil }
        self.button = button
        self.x = x - 1
        self.y = y - 1
        self.isRelease = isRelease
    }
}

/// Distinguishes a double click from two clicks.
struct ClickTimer {
    /// The maximum time in milliseconds between the two presses of a double click.
    static let limit = 400

    private var last: (x: Int, y: Int, time: Int)?

    mutating func event(_ report: MouseReport, now: Int) -> MouseEvent? {
        // Shift, Meta and Control are bits 2, 3 and 4; motion is bit 5.
        switch report.button & ~0b11100 {
        case 0 where report.isRelease: return MouseEvent(.release, x: report.x, y: report.y)
        case 0: return press(report, now: now)
        case 32: return MouseEvent(.drag, x: report.x, y: report.y)
        case 64: return MouseEvent(.wheelUp, x: report.x, y: report.y)
        case 65: return MouseEvent(.wheelDown, x: report.x, y: report.y)
        default: return nil
        }
    }

    private mutating func press(_ report: MouseReport, now: Int) -> MouseEvent {
        if let last, last.x == report.x, last.y == report.y, now - last.time <= ClickTimer.limit {
            self.last = nil
            return MouseEvent(.doubleClick, x: report.x, y: report.y)
        }
        last = (report.x, report.y, now)
        return MouseEvent(.press, x: report.x, y: report.y)
    }
}
