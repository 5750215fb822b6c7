import Glibc
import TUI

/// A user's command that reads bytes and owns the terminal until it ends.
enum ShellCommand {
    enum Outcome: Equatable {
        /// The exit status; 128 and more for signals.
        case exited(Int32)
        /// The command could not be started.
        case failed(String)
    }

    /// Runs the command with `sh -c`. SIGINT and SIGQUIT from the terminal end the command, not the browser.
    /// - Returns: a line for the user.
    static func run(_ command: String, input bytes: StreamBytes) -> Event {
        let outcome = run(command, isQuiet: false) { end in
            bytes.forEachPiece { NewFile.writeAll($0, to: end) == 0 }
        }
        switch outcome {
        case .exited(let exit): return .reported("\(command): exit status \(exit)", isError: exit != 0)
        case .failed(let reason):
            return .reported("the command could not be started: \(reason)", isError: true)
        }
    }

    /// Runs the command without output on the screen.
    static func run(quietly command: String, input bytes: [UInt8]) -> Outcome {
        run(command, isQuiet: true) { _ = NewFile.writeAll(bytes, to: $0) }
    }

    private static func run(_ command: String, isQuiet: Bool, feed: (Int32) -> Void) -> Outcome {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return failure(errno) }
        // Close-on-exec, so that the command sees the end of its input when this process closes its own end.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let ignored = [SIGINT, SIGQUIT, SIGPIPE].map { ($0, ignore($0)) }
        defer { for (number, action) in ignored { restore(number, action) } }
        var child: pid_t = 0
        let code = spawn(command, input: ends[0], isQuiet: isQuiet, &child)
        close(ends[0])
        if code == 0 { feed(ends[1]) }
        close(ends[1])
        guard code == 0 else { return failure(code) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return .exited(status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f)
    }

    private static func spawn(
        _ command: String, input: Int32, isQuiet: Bool, _ child: inout pid_t
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        if isQuiet {
            for output in [STDOUT_FILENO, STDERR_FILENO] {
                posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
            }
        }
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGQUIT, SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let words: [String] = ["sh", "-c", command]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        return posix_spawn(&child, "/bin/sh", &actions, &attributes, &arguments, environ)
    }

    private static func ignore(_ number: Int32) -> sigaction {
        var new = sigaction()
        var old = sigaction()
        new.__sigaction_handler.sa_handler = SIG_IGN
        sigaction(number, &new, &old)
        return old
    }

    private static func restore(_ number: Int32, _ action: sigaction) {
        var action = action
        sigaction(number, &action, nil)
    }

    private static func failure(_ code: Int32) -> Outcome { .failed(String(cString: strerror(code))) }
}
