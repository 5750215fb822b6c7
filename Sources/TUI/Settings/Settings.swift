import Bytes
import Query

/// The settings of a user. Nil means unset.
package struct Settings: Equatable, Sendable {
    package var theme: ThemeName?
    package var color: ColorChoice?
    package var ascii: Bool?
    package var mouse: Bool?
    package var layout: Arrangement?
    package var columns: TreeColumns?
    package var base: NumberBase?
    /// The shell command that receives copied text on its standard input.
    package var clipboard: String?
    /// Whether open nodes, marks and notes are kept for the next session.
    package var session: Bool?
    package var keymap = Keymap()
    /// The colors of rows; the first rule that fits applies.
    package var colorRules: [ColorRule] = []

    package init() {}

    /// The lines of the file that set something, by name.
    package private(set) var lines: [String: Int] = [:]

    /// Parses the text of a settings file. O(n).
    ///
    /// - Throws: `SettingsError` for the first error, with its place.
    package init(text: String) throws(SettingsError) {
        let (settings, errors) = Settings.read(text)
        if let first = errors.first(where: { !$0.isNote }) { throw first }
        self = settings
    }

    /// Parses the text of a settings file, and omits invalid lines. Doubtful lines count and give a note.
    /// O(n), and for keys O(bindings²).
    package static func read(_ text: String) -> (settings: Settings, errors: [SettingsError]) {
        let source = SettingsText(text)
        var settings = Settings()
        var (entries, errors) = SettingsText.entries(text)
        var bindings: [KeyBinding] = []
        for entry in entries {
            do throws(SettingsError) {
                switch entry.table {
                case "": try settings.set(entry, source)
                case "keys":
                    let binding = try KeyBinding(entry, source)
                    settings.keymap = try Keymap(bindings + [binding], source)
                    bindings.append(binding)
                case "colors":
                    try settings.add(entry, source)
                    errors += settings.doubts(entry, source)
                default:
                    let near = Suggestion.nearest(to: entry.table, among: ["keys", "colors"])
                    throw source.error(
                        expected: "[keys] or [colors]", found: "[\(DisplayText.escaped(entry.table))]",
                        near: near.map { "[\($0)]" }, at: entry.keyPlace)
                }
                settings.lines[(entry.table.isEmpty ? "" : entry.table + ".") + entry.key] =
                    source.line(of: entry.keyPlace)
            } catch {
                errors.append(error)
            }
        }
        return (settings, errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }

    /// Adds a line of `[colors]`: a filter, and the color of the rows that fulfill it.
    private mutating func add(_ entry: SettingsEntry, _ source: SettingsText) throws(SettingsError) {
        let filter: Filter
        do throws(FilterError) {
            filter = try Filter(entry.key)
        } catch {
            throw Self.mistake(error, entry, source)
        }
        guard case .text(let name) = entry.item.value, let color = RuleColor(rawValue: name) else {
            let all = RuleColor.allCases.map(\.rawValue)
            throw source.error(
                expected: all.map { "\"\($0)\"" }.joined(separator: ", "), found: entry.item.value.kind,
                entry.item.value.text, among: all, at: entry.item.place)
        }
        colorRules.append(ColorRule(filter: filter, color: color))
    }

    // The error at the column of the filter, if the file's text shows it.
    private static func mistake(
        _ error: FilterError, _ entry: SettingsEntry, _ source: SettingsText
    ) -> SettingsError {
        let place = source.place(ofColumn: error.column, in: entry.keyPlace)
        let words = place == nil ? "in the filter, \(error)" : "in the filter, \(error.message)"
        let near = Filter.near(column: error.column, in: entry.key)
        let names = near.map(\.names) ?? []
        let hint = names.isEmpty ? "" : "; did you mean \(names.joined(separator: ", "))?"
        var result = source.error(words + hint, at: place ?? entry.keyPlace)
        if let near, let first = names.first {
            result.slip = SettingsError.Slip(found: DisplayText.escaped(near.word), nearest: first)
        }
        return result
    }

    // Only an open stream could say whether it has a field with that name.
    private func doubts(_ entry: SettingsEntry, _ source: SettingsText) -> [SettingsError] {
        Filter.doubts(entry.key).map { doubt in
            let word = DisplayText.escaped(doubt.word)
            var note = source.error(
                "in the filter, \(word) is taken for a name; did you mean \(doubt.nearest)? "
                    + "(quote the name to avoid this question)",
                at: source.place(ofColumn: doubt.column, in: entry.keyPlace) ?? entry.keyPlace)
            note.slip = SettingsError.Slip(found: word, nearest: doubt.nearest)
            note.isNote = true
            return note
        }
    }

    private mutating func set(_ entry: SettingsEntry, _ source: SettingsText) throws(SettingsError) {
        guard let setting = Setting(rawValue: entry.key) else {
            throw source.error(
                expected: "a setting", found: DisplayText.escaped(entry.key), entry.key,
                among: Setting.allCases.map(\.rawValue), at: entry.keyPlace)
        }
        guard setting.set(entry.item.value, in: &self) else {
            throw source.error(
                expected: "\(setting.expected) for \(setting.rawValue)", found: entry.item.value.kind,
                entry.item.value.text, among: setting.values, at: entry.item.place)
        }
    }
}

/// The use of colors, which can override the terminal's report.
package enum ColorChoice: String, CaseIterable, Sendable {
    case auto, always, never, truecolor
    case ansi256 = "256"
    case ansi16 = "16"
}

/// The palette. `auto` asks the terminal for its background.
package enum ThemeName: String, CaseIterable, Sendable {
    case auto, dark, light, mono
    case highContrast = "high-contrast"
}

/// A rule of `[colors]`: the color of rows that fulfill a filter.
package struct ColorRule: Equatable, Sendable {
    package let filter: Filter
    package let color: RuleColor

    package static func == (left: ColorRule, right: ColorRule) -> Bool {
        left.filter.text == right.filter.text && left.color == right.color
    }
}

/// The colors for rules; each theme has its own shades.
package enum RuleColor: String, CaseIterable, Sendable {
    case red, green, yellow, blue, magenta, cyan, bold
}

extension Settings {
    /// Returns all settings as a settings file, each with its origin.
    ///
    /// - Parameters:
    ///   - file: the name of the settings file, for the lines that it set.
    ///   - refusesColor: whether NO_COLOR is in the environment, which applies when `color` is "auto".
    package func text(file: String, refusesColor: Bool) -> [String] {
        var result: [String] = Setting.allCases.map { setting in
            var origin = lines[setting.rawValue].map { "\(file):\($0)" } ?? "default"
            if setting == .color, refusesColor, color ?? .auto == .auto {
                origin += ", and NO_COLOR is set: no colors"
            }
            return setting.line(in: self).padded(28) + " # \(origin); \(setting.expected)"
        }
        result += ["", "[colors]  # a filter, and the color of the rows that match it"]
        for rule in colorRules {
            let key = "'" + rule.filter.text + "'"
            let origin = lines["colors." + rule.filter.text].map { "\(file):\($0)" } ?? "default"
            result.append("\(key) = \"\(rule.color.rawValue)\"  # \(origin)")
        }
        result.append("")
        let keys = keymap.settingsText { origin(of: $0, file) }
        return result + keys.split(separator: "\n").map(String.init)
    }

    // The origin of an action's keys, and the keys that it has lost, with the lines that took them.
    private func origin(of action: Action, _ file: String) -> String {
        if let line = lines["keys." + action.name] { return "\(file):\(line)" }
        let lost = keymap.lost(by: action).map { keys, taker in
            let line = lines["keys." + taker.name].map { " in \(file):\($0)" } ?? ""
            return "\(keys) is bound to \(taker.name)\(line)"
        }
        return (["default"] + lost).joined(separator: ", ")
    }
}

extension String {
    /// Returns the text padded with blanks to a width in characters.
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(width - count, 0)) }
}
