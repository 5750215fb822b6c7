import Glibc
import TUI

/// The user's settings: `migscope/config.toml` in `$XDG_CONFIG_HOME`.
struct SettingsFile {
    /// What it says; the defaults where it says nothing, or nothing that can be used.
    var settings = Settings()
    /// What is wrong with it: file, line, column, what was expected. One line. What is right counts all the same.
    private(set) var problem: String?

    /// More is no settings file.
    private static let largest = 1 << 20

    static func load() -> SettingsFile {
        var file = SettingsFile()
        guard let path = UserFolder.config.path.map({ $0 + "/config.toml" }) else { return file }
        switch SmallFile.read(path, limit: largest) {
        case .absent: break
        case .failure(let reason): file.problem = "\(path): \(reason)"
        case .bytes(let bytes):
            let (settings, errors) = Settings.read(String(decoding: bytes, as: UTF8.self))
            file.settings = settings
            if let first = errors.first {
                let more = errors.count - 1
                let others = more == 0 ? "" : more == 1 ? " (and 1 more)" : " (and \(more) more)"
                file.problem = "\(path):\(first)\(others)"
            }
        }
        return file
    }

    /// All settings with their values and origins, as lines of a settings file.
    var lines: [String] { settings.text(file: (UserFolder.config.path ?? "") + "/config.toml") }

    /// For the status line: short, with what matters first.
    var notice: String? {
        guard let problem else { return nil }
        let home = UserFolder.environment("HOME") ?? ""
        let isBelow = !home.isEmpty && problem.hasPrefix(home + "/")
        return "settings: " + (isBelow ? "~" + problem.dropFirst(home.count) : problem)
    }
}
