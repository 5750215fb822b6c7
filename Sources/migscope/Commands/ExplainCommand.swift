import ArgumentParser
import Bytes
import Diagnose
import Export
import Glibc
import Stream

/// `migscope explain`: what QEMU's message means in a stream.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Print what QEMU's message means in FILE: place, cause, what to try.",
        discussion: """
            Without MESSAGE, standard input is read as a log of QEMU or libvirt, time stamps and all.
            """)

    @OptionGroup var input: FileArgument

    @Argument(help: "A message, or several lines of them.")
    var message: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard message != nil || input.file != "-" else {
            throw ValidationError("standard input can't be both FILE and the log: give MESSAGE")
        }
    }

    func run() throws {
        let reports = try reports()
        guard !reports.isEmpty else {
            throw CommandFailure(
                .findings, "no message of a failed load that is known; try: migscope check FILE")
        }
        let findings = try explained(reports)
        var output = StandardOutput()
        let export = FindingsExport(findings)
        if json { export.writeJSON(to: &output) } else { export.write(to: &output) }
        output.flush()
    }

    private func explained(_ reports: [FailureReport]) throws(CommandFailure) -> [Finding] {
        let document: Document
        do throws(CommandFailure) {
            document = try input.open()
        } catch {
            guard let refusal = error.cause.flatMap({ Check.refusal($0) }), let report = reports.first else {
                throw error
            }
            return Explainer.explain(report, refused: refusal)
        }
        let explainer = Explainer(document)
        return reports.flatMap(explainer.explain)
    }

    private func reports() throws(CommandFailure) -> [FailureReport] {
        if let message { return FailureLog.reports(in: message) }
        var log = FailureLog()
        try Self.readInput(into: &log)
        return log.finish()
    }

    private static func readInput(into log: inout FailureLog) throws(CommandFailure) {
        if isatty(STDIN_FILENO) == 1 {
            throw CommandFailure(.unusable, "no message; try: migscope explain FILE 'MESSAGE', or < LOG")
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure(
                    .unusable, "standard input: \(String(cString: strerror(errno))); try: MESSAGE as argument"
                )
            }
            log.read(buffer[..<count])
        }
    }
}
