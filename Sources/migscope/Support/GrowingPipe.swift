import Bytes
import Glibc

/// Standard input as a growing file, for browsing while it arrives: cat(1) copies it to an unnamed file.
final class GrowingPipe: Sendable {
    /// The path of the file, valid while this object exists.
    let path: String
    private let descriptor: Int32
    private let child: pid_t

    init() throws(CommandFailure) {
        let file: TemporaryFile
        do throws(OpenError) {
            file = try TemporaryFile(folder: nil)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
        // A duplicate, since the other descriptor closes with its owner.
        descriptor = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
        path = "/proc/self/fd/\(descriptor)"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
        var number: pid_t = 0
        let words: [UnsafeMutablePointer<CChar>?] = [strdup("cat"), nil]
        defer { for word in words { free(word) } }
        let code = posix_spawnp(&number, "cat", &actions, nil, words, environ)
        child = code == 0 ? number : -1
        guard descriptor >= 0, code == 0 else {
            throw CommandFailure(
                .unusable, "-: \(String(cString: strerror(code == 0 ? errno : code))); try: a file")
        }
    }

    deinit {
        if child > 0 {
            kill(child, SIGTERM)
            waitpid(child, nil, 0)
        }
        close(descriptor)
    }

    /// Whether everything was copied.
    var isAtEnd: Bool {
        var information = siginfo_t()
        // Leave the child waitable: deinit reaps it.
        let result = waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT)
        return result != 0 || information.si_signo != 0
    }
}
