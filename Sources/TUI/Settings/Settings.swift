import Bytes

/// What a user has set once and for all. What is nil was not said.
package struct Settings: Equatable, Sendable {
    package var theme: ThemeName?
    package var color: ColorChoice?
    package var ascii: Bool?
    package var mouse: Bool?
    package var layout: Arrangement?
    package var base: NumberBase?
    /// A shell command that takes what is copied on its standard input.
    package var clipboard: String?
    /// Whether folds, marks and notes are kept for the next time.
    package var session: Bool?
    package var keymap = Keymap()

    package init() {}

    /// Reads the text of a settings file. O(n).
    ///
    /// - Throws: `SettingsError` for the first thing that is wrong, with its place.
    package init(text: String) throws(SettingsError) {
        let source = SettingsText(text)
        var bindings: [KeyBinding] = []
        for entry in try SettingsText.entries(text) {
            switch entry.table {
            case "": try set(entry, source)
            case "keys": bindings.append(try KeyBinding(entry, source))
            default:
                throw source.error(
                    "expected [keys], found [\(DisplayText.escaped(entry.table))]", at: entry.keyPlace)
            }
        }
        keymap = try Keymap(bindings, source)
    }

    private mutating func set(_ entry: SettingsEntry, _ source: SettingsText) throws(SettingsError) {
        guard let setting = Setting(rawValue: entry.key) else {
            let names = Suggestion.text(for: entry.key, among: Setting.allCases.map(\.rawValue))
            throw source.error(
                "expected a setting, found \(DisplayText.escaped(entry.key))\(names)", at: entry.keyPlace)
        }
        guard setting.set(entry.item.value, in: &self) else {
            throw source.error(
                "expected \(setting.expected) for \(setting.rawValue), found \(entry.item.value.kind)",
                at: entry.item.place)
        }
    }
}

/// Which colors to use, whatever the terminal promises.
package enum ColorChoice: String, CaseIterable, Sendable {
    case auto, always, never, truecolor
    case ansi256 = "256"
    case ansi16 = "16"
}

/// Which palette to use. `auto` asks the terminal for its background.
package enum ThemeName: String, CaseIterable, Sendable {
    case auto, dark, light, mono
    case highContrast = "high-contrast"
}
