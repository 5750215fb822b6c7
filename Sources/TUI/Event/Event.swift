/// A key press, decoded from the terminal's input.
package enum Key: Hashable, Sendable {
    /// A printable scalar other than the space.
    case character(Unicode.Scalar)
    /// A letter or sign with Control, in lower case: C-d is `.control("d")`.
    case control(Unicode.Scalar)
    case enter, tab, backTab, escape, backspace, delete, space
    case up, down, left, right, home, end, pageUp, pageDown, insert
    case shiftUp, shiftDown, shiftLeft, shiftRight
    /// F1 is `.function(1)`.
    case function(Int)

    /// Converts a scalar from the terminal to a key: control codes become named keys.
    package init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x09: self = .tab
        case 0x0a, 0x0d: self = .enter
        case 0x08, 0x7f: self = .backspace
        case 0x1b: self = .escape
        case 0x20: self = .space
        case 0x00: self = .control(" ")
        case 0x01...0x1a: self = .control(Unicode.Scalar(UInt8(scalar.value) + 0x60))
        case 0x1c...0x1f: self = .control(Unicode.Scalar(UInt8(scalar.value) + 0x40))
        default: self = .character(scalar)
        }
    }
}

/// A mouse gesture and its cell.
package struct MouseEvent: Equatable, Sendable {
    package enum Gesture: Sendable {
        case press, release, drag, doubleClick, wheelUp, wheelDown
    }

    package var kind: Gesture
    /// The column, 0 at the left.
    package var x: Int
    /// The row, 0 at the top.
    package var y: Int

    package init(_ kind: Gesture, x: Int, y: Int) {
        self.kind = kind
        self.x = x
        self.y = y
    }
}

/// The input of the browser.
package enum Event: Equatable, Sendable {
    case key(Key)
    case mouse(MouseEvent)
    /// Text pasted in the terminal's brackets; it never acts as keys.
    case paste(String)
    case resize(Size)
    /// The process continues after a stop.
    case resumed
    /// No other event; only sent while `Screen.hasWork`.
    case tick
    /// The terminal's report about its background.
    case background(isLight: Bool)
    /// Some time has passed; only sent while `Browser.isFollowing`.
    case clock
    /// The names of files that begin with a text: the answer to `Effect.listFiles`.
    case fileNames([String], of: String)
    /// The result of an effect, as a line for the user.
    case reported(String, isError: Bool)
}
