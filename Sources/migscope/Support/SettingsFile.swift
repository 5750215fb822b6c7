import Glibc
import TUI

/// The user's settings: `migscope/config.toml` in `$XDG_CONFIG_HOME`.
struct SettingsFile {
    /// The settings of the file; defaults for missing and invalid ones.
    var settings = Settings()
    /// The errors in the file: file, line, column, what was expected; one line each. Valid lines count all
    /// the same.
    private(set) var problems: [String] = []
    /// Whether a line was omitted or the file was unreadable; doubtful lines do not count.
    private(set) var isFaulty = false
    /// A short message for the status line, the most important part first.
    private(set) var notice: String?

    /// The maximum size of a settings file.
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
            // The user knows the file's name; the full path would take the room of the error.
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

    /// Prints the errors on standard error, one line each.
    func report() { problems.forEach(CommandFailure.say) }

    /// All settings with their values and origins, as lines of a settings file.
    var lines: [String] {
        settings.text(
            file: (UserFolder.config.path ?? "") + "/config.toml",
            refusesColor: UserFolder.environment("NO_COLOR").map { !$0.isEmpty } ?? false)
    }
}
