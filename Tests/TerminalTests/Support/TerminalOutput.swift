import Foundation

/// What a program wrote to its terminal, distinguished into text and sequences.
struct TerminalOutput {
    /// Escape sequences, without their ESC.
    private(set) var sequences: Set<String> = []
    /// Scalars outside of sequences.
    private(set) var text: [Unicode.Scalar] = []
    let isUTF8: Bool

    init(_ bytes: [UInt8]) {
        let decoded = String(validating: bytes, as: UTF8.self)
        isUTF8 = decoded != nil
        var rest = (decoded ?? "").unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\u{1b}" else {
                text.append(scalar)
                continue
            }
            sequences.insert(Self.sequence(&rest))
        }
    }

    // ECMA-48: intermediates and a final; CSI with parameters; strings up to BEL or ST.
    private static func sequence(_ rest: inout Substring.UnicodeScalarView) -> String {
        var result = String.UnicodeScalarView()
        guard let first = rest.popFirst() else { return "" }
        result.append(first)
        let isString = "]PX^_".unicodeScalars.contains(first)
        while let scalar = rest.first {
            if isString {
                result.append(scalar)
                rest.removeFirst()
                if scalar == "\u{07}" || scalar == "\u{1b}" { break }
                continue
            }
            let isFinal = first == "[" ? (0x40...0x7e).contains(scalar.value) : true
            let isInside = first == "[" || (0x20...0x2f).contains(first.value)
            guard isInside else { break }
            result.append(scalar)
            rest.removeFirst()
            if isFinal { break }
        }
        return String(result)
    }

    /// Scalars that a program may never send as text: controls, format characters, bidi.
    var unsafeScalars: [Unicode.Scalar] {
        text.filter { scalar in
            // What ncurses moves the cursor with, and the switch to line characters.
            if ["\r", "\n", "\u{08}", "\t", "\u{0e}", "\u{0f}"].contains(scalar) { return false }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
            default: return false
            }
        }
    }
}
