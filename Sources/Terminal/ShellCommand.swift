import Glibc
import TUI

/// A command of the user that reads bytes and has the terminal until it ends.
enum ShellCommand {
    /// Runs it with `sh -c`. SIGINT and SIGQUIT of the terminal end the command and not the browser.
    /// - Returns: a line for the user.
    static func run(_ command: String, input bytes: StreamBytes) -> Event {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return failure(errno) }
        // The command must see the end of its input when this process closes its own end.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let ignored = [SIGINT, SIGQUIT, SIGPIPE].map { ($0, ignore($0)) }
        defer { for (number, action) in ignored { restore(number, action) } }
        var child: pid_t = 0
        let code = spawn(command, input: ends[0], &child)
        close(ends[0])
        if code == 0 {
            bytes.forEachPiece { NewFile.writeAll($0, to: ends[1]) == 0 }
        }
        close(ends[1])
        guard code == 0 else { return failure(code) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let exit = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
        return .reported("\(command): exit status \(exit)", isError: exit != 0)
    }

    private static func spawn(_ command: String, input: Int32, _ child: inout pid_t) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGQUIT, SIGPIPE] { sigaddset(&signals, number) }
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

    private static func failure(_ code: Int32) -> Event {
        .reported("the command could not be started: \(String(cString: strerror(code)))", isError: true)
    }
}
