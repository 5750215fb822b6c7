import Bytes
import Format

/// Commands (migration/savevm.c loadvm_process_command, 7.2 and 10.0).
extension StreamLoader {
    package mutating func command() throws(End) {
        let number = UInt16(truncatingIfNeeded: input.number(2))
        let length = Int(input.number(2))
        guard !input.isPastEnd else {
            throw stop(
                "stream-cut", at: input.position, size: 0, "the stream ends inside a command", [],
                .inputOutput)
        }
        let isNew =
            number == CommandKind.switchoverStart.rawValue && context.isOldLoader && context.target != nil
        guard let kind = CommandKind(rawValue: number), kind != .invalid, !isNew else {
            let words = "unknown (len 0x\(Hex.digits(UInt64(length))))"
            throw stop(
                "command", at: start + 1, size: 2, "command \(number) is not known",
                ["MIG_CMD 0x\(Hex.digits(UInt64(number))) \(words)"])
        }
        if let expected = CommandRules.length(of: kind), expected != length {
            throw stop(
                "command", at: start + 3, size: 2,
                "\(kind.label) has \(expected) bytes of payload, found \(length)",
                ["\(kind.label) received with bad length - expecting \(expected), got \(length)"], .outOfRange
            )
        }
        try accept(kind, length)
    }

    private mutating func accept(_ kind: CommandKind, _ length: Int) throws(End) {
        switch kind {
        case .ping:
            try stopAtKnown("command", in: start..<start + 1)
            input.skip(length)
        case .postcopyResume, .switchoverStart: input.skip(length)
        case .postcopyListen, .postcopyRun,
            .postcopyRAMDiscard where !isAdvised:
            throw stop(
                "command", at: start, size: 5, "\(kind.label) without POSTCOPY_ADVISE before it",
                ["CMD_\(kind.label) in wrong postcopy state (0)"], .notPermitted)
        default: throw .unknown
        }
    }

    private var isAdvised: Bool {
        context.document.records.contains {
            $0.kind == .command && $0.id == UInt32(CommandKind.postcopyAdvise.rawValue) && $0.offset < start
        }
    }
}
