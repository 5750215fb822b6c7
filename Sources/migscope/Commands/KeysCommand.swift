import ArgumentParser
import Export
import TUI

/// `migscope keys`: the list of actions, which the man page also uses.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Print the current keys of the browser, and the actions that they are bound to.",
        discussion: "Example: migscope keys --toml > keys.toml")

    enum Form: String, EnumerableFlag {
        case toml, man

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .toml: "Print them as the [keys] of a settings file; the same as --print-keymap."
            case .man: ArgumentHelp("Print the defaults in the language of man pages.", visibility: .private)
            }
        }
    }

    @Flag(exclusivity: .exclusive) var form: Form?

    @OptionGroup var records: RecordArguments

    func validate() throws {
        if form != nil, records.form != nil {
            throw ValidationError("give one of --toml, --json and --ndjson")
        }
    }

    func run() throws {
        // The man page shows the defaults.
        let file = form == .man ? SettingsFile() : SettingsFile.load()
        let keymap = file.settings.keymap
        var output = StandardOutput()
        if let form = records.form {
            write(keymap, form, to: &output)
        } else if form == .toml {
            output.write(keymap.settingsText())
        } else {
            for group in ActionGroup.allCases { write(group, keymap, to: &output) }
        }
        output.flush()
        file.report()
        if file.isFaulty { throw CommandFailure(.unusable) }
    }

    private func write(_ group: ActionGroup, _ keymap: Keymap, to output: inout StandardOutput) {
        output.write(form == .man ? ".SS \(group.rawValue)\n" : "\(group.rawValue)\n")
        for action in group.actions {
            let keys = keymap.keysText(action)
            output.write(form == .man ? Self.entry(action, keys) : Self.line(action, keys))
        }
    }

    private func write(_ keymap: Keymap, _ form: RecordForm, to output: inout StandardOutput) {
        var records = RecordList(form)
        for action in Action.allCases {
            let keys = keymap.sequences(of: action).map(\.description)
            records.add(to: &output) { json in
                json.member("action", action.name)
                json.strings("keys", keys)
                json.member("title", action.title)
                json.member("group", action.group.rawValue)
            }
        }
        records.finish(to: &output)
    }

    // The columns fit the longest texts of the list.
    private static func line(_ action: Action, _ keys: String) -> String {
        "  \(padded(keys, 12)) \(padded(action.name, 18)) \(action.title)\n"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.unicodeScalars.count, 0))
    }

    private static func entry(_ action: Action, _ keys: String) -> String {
        let keys = keys.isEmpty ? [":" + action.name] : keys.split(separator: " ").map(String.init)
        let shown = keys.map(Manual.escaped).joined(separator: ", ")
        return
            ".TP\n.B \"\(shown)\"\n\(Manual.escaped(action.title)) (\\fB\(Manual.escaped(action.name))\\fR)\n"
    }
}
