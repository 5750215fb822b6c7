/// What a file is that `explain` was given, by its first bytes.
package enum ExplainFile: Sendable {
    /// Bytes: a stream, or what wraps one.
    case stream
    /// What `-dump-vmstate` prints.
    case dump
    case log

    /// So many bytes tell.
    package static let headLength = 1 << 16

    package init(head: [UInt8]) {
        let head = Array(head.prefix(Self.headLength))
        if LogText.isWide(head) {
            self = .log
        } else if head.first == UInt8(ascii: "{"), LogText.contains(Array("\"vmschkmachine\"".utf8), in: head)
        {
            self = .dump
        } else {
            self = Self.isText(head) ? .log : .stream
        }
    }

    package var isStream: Bool { if case .stream = self { true } else { false } }
    package var isDump: Bool { if case .dump = self { true } else { false } }

    // Control bytes that no log has; colors and tabs it may have.
    private static func isText(_ head: [UInt8]) -> Bool {
        !head.contains {
            $0 < 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d && $0 != 0x1b && $0 != 0x07 && $0 != 0x08
                && $0 != 0x0c
        }
    }
}
