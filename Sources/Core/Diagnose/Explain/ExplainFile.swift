/// The kind of a file given to `explain`, from its first bytes.
package enum ExplainFile: Sendable {
    /// Bytes: a stream, or a container of one.
    case stream
    /// The output of `-dump-vmstate`.
    case dump
    case log

    /// The number of bytes that determine the kind.
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

    // False for control bytes that no log has; colors and tabs are allowed.
    private static func isText(_ head: [UInt8]) -> Bool {
        !head.contains {
            $0 < 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d && $0 != 0x1b && $0 != 0x07 && $0 != 0x08
                && $0 != 0x0c
        }
    }
}
