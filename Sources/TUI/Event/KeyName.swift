extension Key {
    /// The name of the key in help and in key scripts, without the angle brackets: `j`, `Enter`, `C-d`.
    package var name: String {
        switch self {
        case .character("<"): "lt"
        case .character(let scalar): String(Character(scalar))
        case .control(" "): "C-Space"
        case .control(let scalar): "C-\(scalar)"
        case .function(let number): "F\(number)"
        default: Key.named.first { $0.key == self }?.names.first ?? "?"
        }
    }

    /// Whether a key script needs angle brackets around the name.
    var needsBrackets: Bool {
        if case .character(let scalar) = self { scalar == "<" } else { true }
    }

    /// Finds the key with a name. Case does not matter, not even after `C-`.
    package init?(name: some StringProtocol) {
        let lower = name.lowercased()
        if let found = Key.named.first(where: { $0.names.contains { $0.lowercased() == lower } }) {
            self = found.key
        } else if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...12).contains(number) {
            self = .function(number)
        } else if lower.hasPrefix("c-"), let key = Key(control: lower.dropFirst(2)) {
            self = key
        } else {
            return nil
        }
    }

    private init?(control name: some StringProtocol) {
        if name == "space" {
            self = .control(" ")
            return
        }
        guard let scalar = name.unicodeScalars.first, name.unicodeScalars.count == 1,
            (0x5b...0x7a).contains(scalar.value), scalar.value != 0x60
        else { return nil }
        // A terminal sends the same byte for these keys as for the named key.
        switch scalar {
        case "i": self = .tab
        case "m", "j": self = .enter
        case "h": self = .backspace
        case "[": self = .escape
        default: self = .control(scalar)
        }
    }

    /// The first name is the displayed one.
    static let named: [(key: Key, names: [String])] = [
        (.enter, ["Enter", "Return", "CR"]), (.tab, ["Tab"]), (.backTab, ["S-Tab"]),
        (.escape, ["Esc", "Escape"]), (.space, ["Space"]), (.backspace, ["BS", "Backspace"]),
        (.delete, ["Del", "Delete"]), (.insert, ["Ins", "Insert"]), (.up, ["Up"]), (.down, ["Down"]),
        (.left, ["Left"]), (.right, ["Right"]), (.home, ["Home"]), (.end, ["End"]),
        (.pageUp, ["PgUp", "PageUp"]), (.pageDown, ["PgDn", "PageDown"]), (.character("<"), ["lt"]),
        (.character(">"), ["gt"]), (.shiftUp, ["S-Up"]), (.shiftDown, ["S-Down"]), (.shiftLeft, ["S-Left"]),
        (.shiftRight, ["S-Right"]),
    ]
}
