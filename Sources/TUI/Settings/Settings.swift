import Bytes
import Query

/// What a user has set once and for all. What is nil was not said.
package struct Settings: Equatable, Sendable {
    package var theme: ThemeName?
    package var color: ColorChoice?
    package var ascii: Bool?
    package var mouse: Bool?
    package var layout: Arrangement?
    package var columns: TreeColumns?
    package var base: NumberBase?
    /// A shell command that takes what is copied on its standard input.
    package var clipboard: String?
    /// Whether folds, marks and notes are kept for the next time.
    package var session: Bool?
    package var keymap = Keymap()
    /// Colors of rows, the first that fits counts.
    package var colorRules: [ColorRule] = []

    package init() {}

    /// What was set by a file, and in which line.
    package private(set) var lines: [String: Int] = [:]

    /// Reads the text of a settings file. O(n).
    ///
    /// - Throws: `SettingsError` for the first thing that is wrong, with its place.
    package init(text: String) throws(SettingsError) {
        let (settings, errors) = Settings.read(text)
        if let first = errors.first { throw first }
        self = settings
    }

    /// Reads the text of a settings file, and leaves out what is wrong. O(n), and for keys O(bindings²).
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
                case "colors": try settings.add(entry, source)
                default:
                    throw source.error(
                        "expected [keys], found [\(DisplayText.escaped(entry.table))]: there are [keys] and [colors]",
                        at: entry.keyPlace)
                }
                settings.lines[(entry.table.isEmpty ? "" : entry.table + ".") + entry.key] =
                    source.line(of: entry.keyPlace)
            } catch {
                errors.append(error)
            }
        }
        return (settings, errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }

    /// A line of `[colors]`: a filter, and the color of the rows that fulfill it.
    private mutating func add(_ entry: SettingsEntry, _ source: SettingsText) throws(SettingsError) {
        let filter: Filter
        do throws(FilterError) {
            filter = try Filter(entry.key)
        } catch {
            throw source.error("in the filter, \(error)", at: entry.keyPlace)
        }
        guard case .text(let name) = entry.item.value, let color = RuleColor(rawValue: name) else {
            let all = RuleColor.allCases.map(\.rawValue)
            let near = entry.item.value.text.map { Suggestion.text(for: $0, among: all) } ?? ""
            throw source.error(
                "expected \(all.map { "\"\($0)\"" }.joined(separator: ", ")), found \(entry.item.value.kind)\(near)",
                at: entry.item.place)
        }
        colorRules.append(ColorRule(filter: filter, color: color))
    }

    private mutating func set(_ entry: SettingsEntry, _ source: SettingsText) throws(SettingsError) {
        guard let setting = Setting(rawValue: entry.key) else {
            let names = Suggestion.text(for: entry.key, among: Setting.allCases.map(\.rawValue))
            throw source.error(
                "expected a setting, found \(DisplayText.escaped(entry.key))\(names)", at: entry.keyPlace)
        }
        guard setting.set(entry.item.value, in: &self) else {
            let near = entry.item.value.text.map { Suggestion.text(for: $0, among: setting.values) } ?? ""
            throw source.error(
                "expected \(setting.expected) for \(setting.rawValue), found \(entry.item.value.kind)\(near)",
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

/// A rule of `[colors]`: rows that fulfill the filter have this color.
package struct ColorRule: Equatable, Sendable {
    package let filter: Filter
    package let color: RuleColor

    package static func == (left: ColorRule, right: ColorRule) -> Bool {
        left.filter.text == right.filter.text && left.color == right.color
    }
}

/// The colors that rules may name; each theme has its own shades.
package enum RuleColor: String, CaseIterable, Sendable {
    case red, green, yellow, blue, magenta, cyan, bold
}

extension Settings {
    /// All settings as a settings file, each with where it comes from: `file` is its name, for lines that it set.
    package func text(file: String) -> [String] {
        var result: [String] = Setting.allCases.map { setting in
            let origin = lines[setting.rawValue].map { "\(file):\($0)" } ?? "default"
            return setting.line(in: self).padded(28) + " # \(origin); \(setting.expected)"
        }
        result += ["", "[colors]  # a filter, and the color of the rows that fulfill it"]
        for rule in colorRules {
            let key = "'" + rule.filter.text + "'"
            let origin = lines["colors." + rule.filter.text].map { "\(file):\($0)" } ?? "default"
            result.append("\(key) = \"\(rule.color.rawValue)\"  # \(origin)")
        }
        result.append("")
        return result + keymap.settingsText().split(separator: "\n").map(String.init)
    }
}

extension String {
    /// The text with blanks to a width in characters.
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(width - count, 0)) }
}
