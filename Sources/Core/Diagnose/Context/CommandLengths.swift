import Bytes
import Format

/// The payload lengths of commands (migration/savevm.c loadvm_process_command, 7.2 and 10.0).
package enum CommandLengths {
    /// The valid lengths in bytes, by kind; a kind that is not listed may have any length.
    package static let all: [CommandKind: [Int]] = [
        .openReturnPath: [0], .ping: [4], .postcopyAdvise: [0, 16], .postcopyListen: [0], .postcopyRun: [0],
        .packaged: [4], .postcopyResume: [0], .switchoverStart: [0],
    ]

    /// Returns the required length of a command; nil when several are valid.
    package static func only(_ kind: CommandKind) -> Int? {
        all[kind].flatMap { $0.count == 1 ? $0.first : nil }
    }
}
