import Glibc
import TUI

/// The user's settings: `migscope/config.toml` in `$XDG_CONFIG_HOME`.
struct SettingsFile {
    /// What it says; the defaults where it says nothing, or nothing that can be used.
    var settings = Settings()
    /// What is wrong with it: file, line, column, what was expected, a line each. What is right counts all the same.
    private(set) var problems: [String] = []
    /// Whether a line was left out, or the file could not be read: not for what only may be wrong.
    private(set) var isFaulty = false
    /// For the status line: short, with what matters first.
    private(set) var notice: String?

    /// More is no settings file.
    private static let largest = 1 << 20

    static func load() -> SettingsFile {
        var file = SettingsFile()
        guard let path = UserFolder.config.path.map({ $0 + "/config.toml" }) else { return file }
        switch SmallFile.read(path, limit: largest) {
        case .absent: break
        case .failure(let reason):
            file.problems = ["\(path): \(reason)"]
            file.isFaulty = true
            file.notice = "settings: \(belowHome(path)): \(reason)"
        case .bytes(let bytes):
            let (settings, errors) = Settings.read(String(decoding: bytes, as: UTF8.self))
            file.settings = settings
            file.problems = errors.map { "\(path):\($0)" }
            file.isFaulty = errors.contains { !$0.isNote }
            // The name of the file is known, and the way to it takes the room of what is wrong.
            file.notice = errors.first.map { first in
                let more = errors.count > 1 ? " (\(errors.count - 1) more)" : ""
                return "settings: config.toml:\(first.brief)\(more)"
            }
        }
        return file
    }

    private static func belowHome(_ path: String) -> String {
        let home = UserFolder.environment("HOME") ?? ""
        return !home.isEmpty && path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path
    }

    /// Says what is wrong on standard error, a line each.
    func report() { problems.forEach(CommandFailure.say) }

    /// All settings with their values and origins, as lines of a settings file.
    var lines: [String] {
        settings.text(
            file: (UserFolder.config.path ?? "") + "/config.toml",
            refusesColor: UserFolder.environment("NO_COLOR").map { !$0.isEmpty } ?? false)
    }
}
