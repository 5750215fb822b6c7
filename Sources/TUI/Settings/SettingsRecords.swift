/// A setting, a color rule or the keys of an action, for scripts.
package struct SettingRecord: Sendable {
    /// `setting`, `color` or `key`.
    package let kind: String
    /// The name in the settings file; for a color rule, its filter.
    package let name: String
    /// The value in the settings file, keys separated by blanks; nil when unset.
    package let value: String?
    /// The line of the settings file that set it; nil for a default.
    package let line: Int?
}

extension Settings {
    /// All settings with their values, including defaults.
    package var records: [SettingRecord] {
        var records: [SettingRecord] = Setting.allCases.map { setting in
            SettingRecord(
                kind: "setting", name: setting.rawValue, value: setting.text(in: self),
                line: lines[setting.rawValue])
        }
        for rule in colorRules {
            records.append(
                SettingRecord(
                    kind: "color", name: rule.filter.text, value: rule.color.rawValue,
                    line: lines["colors." + rule.filter.text]))
        }
        for action in Action.allCases {
            let keys = keymap.keysText(action)
            records.append(
                SettingRecord(
                    kind: "key", name: action.name, value: keys.isEmpty ? nil : keys,
                    line: lines["keys." + action.name]))
        }
        return records
    }
}
