import Bytes
import Glibc

/// The user's directories (XDG Base Directory Specification).
enum UserFolder {
    case config, data, state

    /// The program's own subdirectory; nil without a home directory. It may not exist.
    var path: String? { base.map { $0 + "/migscope" } }

    var variable: String {
        switch self {
        case .config: "XDG_CONFIG_HOME"
        case .data: "XDG_DATA_HOME"
        case .state: "XDG_STATE_HOME"
        }
    }

    private var fallback: String {
        switch self {
        case .config: "/.config"
        case .data: "/.local/share"
        case .state: "/.local/state"
        }
    }

    private var base: String? {
        if let folder = Self.environment(variable), folder.hasPrefix("/") { return folder }
        return Self.environment("HOME").flatMap { $0.isEmpty ? nil : $0 + fallback }
    }

    /// Creates a directory and its parents for this user alone; returns 0 or the error number.
    static func create(_ path: String) -> Int32 {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made.fileName, 0o700) != 0, errno != EEXIST { return errno }
        }
        return 0
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { FileName.text($0) }
    }
}
