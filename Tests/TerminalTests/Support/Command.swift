import Foundation

/// A program run to its end.
enum Command {
    struct Result {
        let status: Int32
        /// Standard output and standard error together.
        let output: String
    }

    /// Runs `name` from PATH, or from a path. Not Foundation's Process, and no pipe: a tmux server
    /// inherits and keeps the descriptors that they wait for.
    static func run(_ name: String, _ arguments: [String]) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("migscope-\(UUID()).out")
        defer { try? FileManager.default.removeItem(at: file) }
        let child = try spawn(name, arguments, output: file.path)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return Result(
            status: signal == 0 ? status >> 8 & 0xff : 128 + signal,
            output: String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    private static func spawn(_ name: String, _ arguments: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Swift's worker threads block signals, and children would inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var vector = ([name] + arguments).map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, name, &actions, &attributes, &vector, environ)
        guard failure == 0 else {
            let reason = String(cString: strerror(failure))
            throw TmuxFailure(
                description: "can't run \(name): \(reason); `make test` installs what tests need")
        }
        return child
    }
}
