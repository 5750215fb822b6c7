import Bytes
import Format

/// Commands (migration/savevm.c loadvm_process_command, 7.2 and 10.0).
extension StreamLoader {
    package mutating func command() throws(End) {
        let number = UInt16(truncatingIfNeeded: input.number(2))
        let length = Int(input.number(2))
        guard !input.isPastEnd else {
            throw stop(
                .streamCut, at: input.position, size: 0, "the stream ends inside a command", .streamEnd)
        }
        let isNew =
            number == CommandKind.switchoverStart.rawValue && context.isOldLoader && context.target != nil
        guard let kind = CommandKind(rawValue: number), kind != .invalid, !isNew else {
            throw stop(
                .command, at: start + 1, size: 2, "command \(number) is not known",
                QEMULog(.unknownCommand, [Hex.digits(UInt64(number)), Hex.digits(UInt64(length))]))
        }
        if let expected = CommandRules.length(of: kind), expected != length {
            throw stop(
                .command, at: start + 3, size: 2,
                "\(kind.label) has \(expected) bytes of payload, found \(length)",
                QEMULog(.commandLength, [kind.label, String(expected), String(length)], .outOfRange))
        }
        try accept(kind, length)
    }

    private mutating func accept(_ kind: CommandKind, _ length: Int) throws(End) {
        switch kind {
        case .ping:
            try stopAtKnown(.command, in: start..<start + 1)
            input.skip(length)
        case .postcopyResume, .switchoverStart: input.skip(length)
        case .postcopyListen, .postcopyRun,
            .postcopyRAMDiscard where !isAdvised:
            throw stop(
                .command, at: start, size: 5, "\(kind.label) without POSTCOPY_ADVISE before it",
                QEMULog(.wrongState, [kind.label, "0"], .notPermitted))
        default: throw .unknown
        }
    }

    private var isAdvised: Bool {
        context.document.records.contains {
            $0.kind == .command && $0.id == UInt32(CommandKind.postcopyAdvise.rawValue) && $0.offset < start
        }
    }
}
