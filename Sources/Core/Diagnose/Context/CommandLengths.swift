import Bytes
import Format

/// Lengths of commands' payloads (migration/savevm.c loadvm_process_command, 7.2 and 10.0).
package enum CommandLengths {
    /// Bytes that a payload may have, by kind; a kind that is not there may have any number.
    package static let all: [CommandKind: [Int]] = [
        .openReturnPath: [0], .ping: [4], .postcopyAdvise: [0, 16], .postcopyListen: [0], .postcopyRun: [0],
        .packaged: [4], .postcopyResume: [0], .switchoverStart: [0],
    ]

    /// The length that a command must have; nil where several are allowed.
    package static func only(_ kind: CommandKind) -> Int? {
        all[kind].flatMap { $0.count == 1 ? $0.first : nil }
    }
}
