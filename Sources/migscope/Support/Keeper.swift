import Glibc
import Stream
import TUI

/// The browser's persistent state, in the user's state directory: a session for each stream, and the typed
/// lines. All of it has mode 0600 and may be removed at any time.
final class Keeper {
    private static let largest = 1 << 20
    private static let mostSessions = 100

    private let folder: String?
    private let session: String?
    /// The state at the start of this run, or at its last save.
    private var base = Keepsake()
    /// The browser whose state is saved; nil: nothing is saved.
    var browser: Browser?
    /// The reason why saving is impossible, or why the last save failed; one line.
    private(set) var problem: String?

    /// Without `isOn`, nothing is read or written.
    init(_ document: Document, isOn: Bool) {
        folder = isOn ? UserFolder.state.path : nil
        session = folder.map { "\($0)/sessions/\(document.fingerprint)" }
        guard isOn else { return }
        problem = Self.obstacle(folder)
        base = read()
    }

    private var history: String? { folder.map { $0 + "/history" } }

    /// The state from the previous session.
    var kept: Keepsake { base }

    // Report an obstacle before the user has made any marks and notes.
    private static func obstacle(_ folder: String?) -> String? {
        guard let folder else { return "no HOME; try: XDG_STATE_HOME=FOLDER" }
        let sessions = folder + "/sessions"
        let code = UserFolder.create(sessions)
        if code == 0, access(sessions.fileName, W_OK | X_OK) == 0 { return nil }
        return failure(folder, String(cString: strerror(code == 0 ? errno : code)))
    }

    private static func failure(_ path: String, _ reason: String) -> String {
        "\(path): \(reason); try: another XDG_STATE_HOME, or --no-session"
    }

    private func read() -> Keepsake {
        let lines = history.flatMap(text)?.split(separator: "\n").map(String.init) ?? []
        return Keepsake(session: session.flatMap(text), history: lines)
    }

    private func text(_ path: String) -> String? {
        switch SmallFile.read(path, limit: Self.largest) {
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .absent: return nil
        case .failure(let reason):
            problem = Self.failure(path, reason)
            return nil
        }
    }

    /// Saves the present state, merged with what other browsers have saved meanwhile.
    func keep() {
        guard let keepsake = browser?.keepsake, let history, let session, let folder else { return }
        // Do not overwrite unreadable state.
        problem = Self.obstacle(folder)
        let lock = open((folder + "/lock").fileName, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { if lock >= 0 { close(lock) } }
        while lock >= 0, flock(lock, LOCK_EX) != 0, errno == EINTR {}
        let other = read()
        guard problem == nil else { return }
        let merged = keepsake.merged(with: other, since: base)
        let lines = merged.history.map { $0 + "\n" }.joined()
        if !lines.isEmpty, let reason = SmallFile.write(Array(lines.utf8), to: history) {
            problem = Self.failure(history, reason)
        }
        guard let text = merged.session else { return }
        if let reason = SmallFile.write(Array(text.utf8), to: session) {
            problem = Self.failure(session, reason)
            return
        }
        base = keepsake
        prune()
    }

    /// The file for copied text when there is no clipboard.
    static var clipboardFile: String? {
        if let runtime = UserFolder.environment("XDG_RUNTIME_DIR"), runtime.hasPrefix("/") {
            return runtime + "/migscope-clipboard"
        }
        guard let folder = UserFolder.state.path, UserFolder.create(folder) == 0 else { return nil }
        return folder + "/clipboard"
    }

    // Keeps the sessions that were used last.
    private func prune() {
        guard let folder = folder.map({ $0 + "/sessions" }), let handle = opendir(folder.fileName) else {
            return
        }
        defer { closedir(handle) }
        var files: [(name: String, time: Int)] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            var status = stat()
            guard name.utf8.count == 32, stat("\(folder)/\(name)".fileName, &status) == 0 else { continue }
            files.append((name, status.st_mtim.tv_sec))
        }
        guard files.count > Self.mostSessions else { return }
        for file in files.sorted(by: { $0.time > $1.time }).dropFirst(Self.mostSessions) {
            unlink("\(folder)/\(file.name)".fileName)
        }
    }
}
