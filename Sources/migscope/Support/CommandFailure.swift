import Bytes
import Glibc
import Stream

/// What the program reports to its caller; scripts rely on these numbers.
enum ExitStatus: Int32 {
    /// All well; notes do not count.
    case success = 0
    /// Findings of severity error or warning, or no match.
    case findings = 1
    /// Usage, or input that can't be read.
    case unusable = 2
}

/// Ends a command with a status and, unless it is empty, one line on standard error.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: String
    /// Why an input could not be opened, where that is the reason.
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

    /// A message with what to try, unless it ends by asking what was meant.
    static func advised(_ message: String, _ advice: String) -> String {
        message.hasSuffix("?") ? message : "\(message); try: \(advice)"
    }

    /// What was done of a stream that has lost something.
    init(_ loss: Document.Loss, of file: String, _ done: String) {
        let name = FileName.shown(file)
        self.init(.findings, "\(name): \(loss.text): what is \(done) is not all; try: migscope check \(name)")
    }

    /// Writes the line and gives back the status.
    func report() -> Int32 {
        if !message.isEmpty { Self.say(message) }
        return status.rawValue
    }

    /// Writes a line on standard error, as all that the program has to say beside its output.
    static func say(_ message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let bytes = Array("migscope: \(FileName.shown(line))\n".utf8)
        // No one is left to tell when this fails.
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
