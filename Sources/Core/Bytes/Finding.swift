/// Something that a reader of the stream should know, with its place.
package struct Finding: Sendable, Equatable {
    package enum Severity: String, Sendable { case error, warning, note }

    /// How sure it is that a loader stumbles here.
    package enum Certainty: String, Sendable {
        /// The rule is exact and all it needs is known.
        case certain
        case likely
        case possible
    }

    package let severity: Severity
    /// Stable, for scripts; listed in the man page.
    package let code: FindingCode
    /// Bytes from the start of the stream.
    package let offset: Int
    package let size: Int
    package var path: String
    /// Expected and found. Escaped.
    package let message: String
    /// What to try; may be empty.
    package let hint: String
    /// What QEMU would print, a line each; empty where it would say nothing.
    package let qemu: String
    package let certainty: Certainty

    /// Whether it is about some bytes: a message may be about none.
    package var hasPlace: Bool { size > 0 || offset > 0 || !path.isEmpty }

    package init(
        _ severity: Severity, _ code: FindingCode, offset: Int, size: Int = 0, path: String = "",
        message: String,
        hint: String = "", qemu: String = "", certainty: Certainty = .certain
    ) {
        self.severity = severity
        self.code = code
        self.offset = offset
        self.size = size
        self.path = path
        self.message = message
        self.hint = hint
        self.qemu = qemu
        self.certainty = certainty
    }
}
