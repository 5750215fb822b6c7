/// Something that a reader of the stream should know, with its place.
public struct Finding: Sendable, Equatable {
    public enum Severity: String, Sendable { case error, warning, note }

    /// How sure it is that a loader stumbles here.
    public enum Certainty: String, Sendable {
        /// The rule is exact and all it needs is known.
        case certain
        case likely
        case possible
    }

    public let severity: Severity
    /// Stable, for scripts; listed in the man page.
    public let code: String
    /// Bytes from the start of the stream.
    public let offset: Int
    public let size: Int
    public internal(set) var path: String
    /// Expected and found. Escaped.
    public let message: String
    /// What to try; may be empty.
    public let hint: String
    /// What QEMU would print, a line each; empty where it would say nothing.
    public let qemu: String
    public let certainty: Certainty

    /// Whether it is about some bytes: a message may be about none.
    public var hasPlace: Bool { size > 0 || offset > 0 || !path.isEmpty }

    public init(
        _ severity: Severity, _ code: String, offset: Int, size: Int = 0, path: String = "", message: String,
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
