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
    /// The browser that is asked at the end; nil: nothing is kept.
    var browser: Browser?

    /// Without `isOn` nothing is read or written.
    init(_ document: Document, isOn: Bool) {
        folder = isOn ? UserFolder.state.path : nil
        session = folder.map { "\($0)/sessions/\(document.fingerprint)" }
    }

    private var history: String? { folder.map { $0 + "/history" } }

    /// What was kept the last time.
    var kept: Keepsake {
        let lines = history.flatMap(Self.text)?.split(separator: "\n").map(String.init) ?? []
        return Keepsake(session: session.flatMap(Self.text), history: lines)
    }

    private static func text(_ path: String) -> String? {
        guard case .bytes(let bytes) = SmallFile.read(path, limit: largest) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Keeps what is there now. What can't be written is not kept: no one can do anything about it at the end.
    func keep() {
        guard let keepsake = browser?.keepsake, let history, let session else { return }
        let lines = keepsake.history.map { $0 + "\n" }.joined()
        if !lines.isEmpty { _ = SmallFile.write(Array(lines.utf8), to: history) }
        guard let text = keepsake.session, SmallFile.write(Array(text.utf8), to: session) == nil else {
            return
        }
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
        guard let folder = folder.map({ $0 + "/sessions" }), let handle = opendir(folder) else { return }
        defer { closedir(handle) }
        var files: [(name: String, time: Int)] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            var status = stat()
            guard name.utf8.count == 32, stat("\(folder)/\(name)", &status) == 0 else { continue }
            files.append((name, status.st_mtim.tv_sec))
        }
        guard files.count > Self.mostSessions else { return }
        for file in files.sorted(by: { $0.time > $1.time }).dropFirst(Self.mostSessions) {
            unlink("\(folder)/\(file.name)")
        }
    }
}
