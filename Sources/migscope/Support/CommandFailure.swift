import Bytes
import Glibc
import Stream

/// The exit status of the program; scripts rely on these numbers.
enum ExitStatus: Int32 {
    /// Success; notes do not count.
    case success = 0
    /// Findings of severity error or warning, or no match.
    case findings = 1
    /// Wrong usage, or unreadable input.
    case unusable = 2
}

/// A failure of a command: a status and, unless it is empty, one line for standard error.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: String
    /// The error at opening an input, if that is the reason.
    let cause: OpenError?

    init(_ status: ExitStatus, _ message: String = "") {
        self.status = status
        self.message = message
        cause = nil
    }

    init(_ cause: OpenError) {
        status = .unusable
        message = cause.description
        self.cause = cause
    }

    /// Returns a message with advice, unless it ends with a question about what was meant.
    static func advised(_ message: String, _ advice: String) -> String {
        message.hasSuffix("?") ? message : "\(message); try: \(advice)"
    }

    /// Creates the failure for a partial result from a stream that has lost something.
    init(_ loss: Document.Loss, of file: String, _ done: String) {
        let name = FileName.shown(file)
        self.init(.findings, "\(name): \(loss.text): not everything is \(done); try: migscope check \(name)")
    }

    /// Prints the line and returns the status.
    func report() -> Int32 {
        if !message.isEmpty { Self.say(message) }
        return status.rawValue
    }

    /// Prints a line on standard error; all messages besides the output use it.
    static func say(_ message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let bytes = Array("migscope: \(FileName.shown(line))\n".utf8)
        // If this write fails, nobody is left to inform.
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
