/// The settings. This is the only list of names for the settings file and `:set`.
enum Setting: String, CaseIterable, Sendable {
    case theme, color, ascii, mouse, layout, columns, base, clipboard, session

    /// A description of the valid values.
    var expected: String {
        switch self {
        case .clipboard: "a shell command"
        case .ascii, .mouse, .session: "true or false"
        case .columns: "\"none\", or \"offset\", \"type\", \"size\" with commas between them"
        default: values.map { "\"\($0)\"" }.joined(separator: ", ")
        }
    }

    /// The named values of the setting; empty for free text.
    var values: [String] {
        switch self {
        case .theme: ThemeName.allCases.map(\.rawValue)
        case .color: ColorChoice.allCases.map(\.rawValue)
        case .layout: Arrangement.allCases.map(\.name)
        case .columns: TreeColumns.names
        case .base: NumberBase.allCases.map(\.rawValue)
        case .ascii, .mouse, .session: ["true", "false"]
        case .clipboard: []
        }
    }

    /// Whether the setting can change while the browser runs.
    var isLive: Bool {
        switch self {
        case .theme, .ascii, .layout, .columns, .base, .clipboard: true
        case .color, .mouse, .session: false
        }
    }

    /// Stores a value; returns false for an invalid one.
    func set(_ value: SettingsValue, in settings: inout Settings) -> Bool {
        switch (self, value) {
        case (.theme, .text(let text)): take(ThemeName(rawValue: text), &settings.theme)
        case (.color, .text(let text)): take(ColorChoice(rawValue: text), &settings.color)
        case (.color, .number(let number)): take(ColorChoice(rawValue: "\(number)"), &settings.color)
        case (.layout, .text(let text)): take(Arrangement(name: text), &settings.layout)
        case (.columns, .text(let text)): take(TreeColumns(name: text), &settings.columns)
        case (.base, .text(let text)): take(NumberBase(rawValue: text), &settings.base)
        case (.clipboard, .text(let text)): take(text.isEmpty ? nil : text, &settings.clipboard)
        case (.ascii, .flag(let flag)): take(flag, &settings.ascii)
        case (.mouse, .flag(let flag)): take(flag, &settings.mouse)
        case (.session, .flag(let flag)): take(flag, &settings.session)
        default: false
        }
    }

    /// Converts a word from the command line to a value.
    func value(_ word: String) -> SettingsValue {
        switch self {
        case .ascii, .mouse, .session:
            ["true": .flag(true), "on": .flag(true), "false": .flag(false), "off": .flag(false)][word]
                ?? .text(word)
        default: .text(word)
        }
    }

    /// Returns the value, or the default when it is unset; nil when it has no default.
    func text(in settings: Settings) -> String? {
        switch self {
        case .theme: (settings.theme ?? .auto).rawValue
        case .color: (settings.color ?? .auto).rawValue
        case .ascii: "\(settings.ascii ?? false)"
        case .mouse: "\(settings.mouse ?? true)"
        case .session: "\(settings.session ?? true)"
        case .layout: (settings.layout ?? .automatic).name
        case .columns: (settings.columns ?? .standard).name
        case .base: (settings.base ?? .hexadecimal).rawValue
        case .clipboard: settings.clipboard
        }
    }

    /// Returns the setting, or its default, as a line of a settings file.
    func line(in settings: Settings) -> String {
        guard let text = text(in: settings) else { return "# \(rawValue) = \"\"" }
        let value: String =
            switch self {
            case .ascii, .mouse, .session: text
            case .clipboard: "'\(text)'"
            default: "\"\(text)\""
            }
        return "\(rawValue) = \(value)"
    }

    private func take<T>(_ value: T?, _ target: inout T?) -> Bool {
        guard let value else { return false }
        target = value
        return true
    }
}

extension Arrangement {
    /// The name in settings and on the command line.
    var name: String {
        switch self {
        case .automatic: "auto"
        case .beside: "beside"
        case .stacked: "stacked"
        case .single: "single"
        }
    }

    init?(name: String) {
        guard let found = Arrangement.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
