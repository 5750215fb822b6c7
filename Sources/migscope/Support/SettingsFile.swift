import Glibc
import TUI

/// The user's settings: `migscope/config.toml` in `$XDG_CONFIG_HOME`.
struct SettingsFile {
    /// What it says; the defaults when it is absent or wrong.
    var settings = Settings()
    /// What is wrong with it: file, line, column, what was expected. One line.
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
            do throws(SettingsError) {
                file.settings = try Settings(text: String(decoding: bytes, as: UTF8.self))
            } catch {
                file.problem = "\(path):\(error)"
            }
        }
        return file
    }

    /// For the status line: short, with what matters first.
    var notice: String? {
        guard let problem else { return nil }
        let home = UserFolder.environment("HOME") ?? ""
        let isBelow = !home.isEmpty && problem.hasPrefix(home + "/")
        return "default settings: " + (isBelow ? "~" + problem.dropFirst(home.count) : problem)
    }
}
