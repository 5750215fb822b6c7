import Bytes
import Format

/// Commands between the sections (migration/savevm.c loadvm_process_command, 7.2 and 10.0).
package enum CommandRules: CheckRule {
    // Payload lengths; nil: any.
    private static let lengths: [CommandKind: [Int]] = [
        .openReturnPath: [0], .ping: [4], .postcopyAdvise: [0, 16], .postcopyListen: [0], .postcopyRun: [0],
        .packaged: [4], .postcopyResume: [0], .switchoverStart: [0],
    ]

    /// The length that a command must have; nil where several are allowed.
    package static func length(of kind: CommandKind) -> Int? {
        lengths[kind].flatMap { $0.count == 1 ? $0.first : nil }
    }

    package static func check(_ context: inout CheckContext) {
        var hasReturnPath = false
        for record in context.document.records where record.kind == .command {
            let number = UInt16(truncatingIfNeeded: record.id)
            let length = Int(context.region.bigEndian(UInt16.self, at: record.offset + 3) ?? 0)
            guard let kind = CommandKind(rawValue: number), kind != .invalid else {
                unknown(record, number, length, &context)
                continue
            }
            if kind == .openReturnPath { hasReturnPath = true }
            if let expected = lengths[kind], !expected.contains(length) {
                wrongLength(record, kind, expected, length, &context)
            } else if kind == .ping, !hasReturnPath {
                ping(record, &context)
            }
        }
    }

    private static func unknown(
        _ record: SectionRecord, _ number: UInt16, _ length: Int, _ context: inout CheckContext
    ) {
        context.add(
            .error, .command, at: record.offset + 1, size: 2, "command \(number) is not known",
            hint: "the source is newer, or the section before it is damaged",
            qemu: QEMULog(
                .unknownCommand, [Hex.digits(UInt64(number)), Hex.digits(UInt64(length))]))
    }

    private static func ping(_ record: SectionRecord, _ context: inout CheckContext) {
        let cookie = context.region.bigEndian(UInt32.self, at: record.offset + 5) ?? 0
        context.add(
            .error, .command, at: record.offset, size: record.size,
            "PING without OPEN_RETURN_PATH before it",
            qemu: QEMULog(.ping, [Hex.digits(UInt64(cookie))], .notPermitted))
    }

    private static func wrongLength(
        _ record: SectionRecord, _ kind: CommandKind, _ expected: [Int], _ length: Int,
        _ context: inout CheckContext
    ) {
        context.add(
            .error, .command, at: record.offset + 3, size: 2,
            "\(kind.label) has \(expected.map(String.init).joined(separator: " or ")) bytes of payload, found \(length)",
            qemu: kind == .postcopyAdvise
                ? QEMULog(.adviseLength, [String(length)])
                : QEMULog(
                    .commandLength, [kind.label, String(expected[0]), String(length)], .outOfRange))
    }
}
