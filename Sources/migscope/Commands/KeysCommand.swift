import ArgumentParser
import TUI

/// `migscope keys`: the list of actions, which the man page takes too.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Print the keys of the browser and the actions they stand for.")

    @Flag(help: ArgumentHelp("Print them in the language of man pages.", visibility: .private))
    var man = false

    func run() {
        var output = StandardOutput()
        for group in ActionGroup.allCases {
            output.write(man ? ".SS \(group.rawValue)\n" : "\(group.rawValue)\n")
            for action in group.actions { output.write(man ? Self.entry(action) : Self.line(action)) }
        }
        output.flush()
    }

    // The columns fit the longest texts of the list.
    private static func line(_ action: Action) -> String {
        "  \(padded(action.keysText, 12)) \(padded(action.name, 18)) \(action.title)\n"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.unicodeScalars.count, 0))
    }

    private static func entry(_ action: Action) -> String {
        let keys = action.keysText.split(separator: " ").map { escaped(String($0)) }.joined(separator: ", ")
        return ".TP\n.B \"\(keys)\"\n\(escaped(action.title)) (\\fB\(escaped(action.name))\\fR)\n"
    }

    // What roff reads as its own: the backslash, quotes in an argument, a hyphen that must stay a minus.
    private static func escaped(_ text: String) -> String {
        text.map { special[$0] ?? String($0) }.joined()
    }

    private static let special: [Character: String] = [
        "\\": "\\(rs", "\"": "\\(dq", "'": "\\(aq", "-": "\\-", "^": "\\(ha", "~": "\\(ti", "`": "\\(ga",
        "…": "\\&...",
    ]
}
