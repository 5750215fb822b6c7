import Glibc
import Stream
import TUI

/// What the browser keeps between its runs, in the user's folder for state: a session for each stream, and
/// what was typed. All of it is private (0600) and may be removed at any time.
final class Keeper {
    private static let largest = 1 << 20
    private static let mostSessions = 100

    private let folder: String?
    private let session: String?
    /// What this run began with, or has kept last.
    private var base = Keepsake()
    /// The browser that is asked at the end; nil: nothing is kept.
    var browser: Browser?
    /// Why nothing can be kept, or could be the last time; one line.
    private(set) var problem: String?

    /// Without `isOn` nothing is read or written.
    init(_ document: Document, isOn: Bool) {
        folder = isOn ? UserFolder.state.path : nil
        session = folder.map { "\($0)/sessions/\(document.fingerprint)" }
        guard isOn else { return }
        problem = Self.obstacle(folder)
        base = read()
    }

    private var history: String? { folder.map { $0 + "/history" } }

    /// What was kept the last time.
    var kept: Keepsake { base }

    // Where marks and notes can't be kept that is said while nobody has made any.
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

    /// Keeps what is there now, and what other browsers have kept meanwhile.
    func keep() {
        guard let keepsake = browser?.keepsake, let history, let session, let folder else { return }
        // What could not be read would be lost.
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

    /// Where what is copied goes when there is no clipboard.
    static var clipboardFile: String? {
        if let runtime = UserFolder.environment("XDG_RUNTIME_DIR"), runtime.hasPrefix("/") {
            return runtime + "/migscope-clipboard"
        }
        guard let folder = UserFolder.state.path, UserFolder.create(folder) == 0 else { return nil }
        return folder + "/clipboard"
    }

    // The sessions that were used last stay.
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
