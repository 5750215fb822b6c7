import ArgumentParser
import Bytes
import Diagnose
import Export
import Glibc
import Stream

/// `migscope explain`: the meaning of a message from QEMU or libvirt, alone or for a stream.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract:
            "Explain a message of QEMU or libvirt: cause, advice, and its place in a stream.",
        usage: """
            migscope explain [<stream>] [<log> | <message>] ... [--like <good>] [--against <dump-vmstate.json>]
            migscope explain <code> ...
            migscope explain --codes
            """,
        discussion: """
            Each argument may be a stream, a log, an output of -dump-vmstate, or a message; logs of source, \
            destination and libvirt are merged. Without a log or a message, standard input is read.
            The code of a finding, such as footer-missing, is explained too.
            Example: migscope explain vm.mig < qemu.log
            """)

    @Argument(
        parsing: .allUnrecognized,
        help: "A stream, a log (with its time stamps), or a message, also one that begins with -.",
        completion: .file())
    var words: [String] = []

    @OptionGroup var target: TargetArguments

    @OptionGroup var reading: StreamOptions

    @OptionGroup var records: RecordArguments

    @Flag(help: "Print the codes of all findings, and their meanings.")
    var codes = false

    @Flag(help: ArgumentHelp("Print the codes in the language of man pages.", visibility: .private))
    var man = false

    func validate() throws {
        if codes || man, !words.isEmpty {
            throw ValidationError("--codes prints all; try: migscope explain \(words[0])")
        }
    }

    func run() throws {
        if codes || man { return write(CodesExport()) }
        let inputs = try ExplainInputs(words)
        if !inputs.codes.isEmpty { return write(CodesExport(inputs.codes)) }
        var log = FailureLog()
        try inputs.read(into: &log)
        let reports = log.finish()
        guard !reports.isEmpty else { throw CommandFailure(.findings, unknown(inputs, log)) }
        let (found, hasStream) = try explained(reports, inputs)
        let findings = found + LogExplanation.notes(log, reports, hasStream: hasStream)
        var output = StandardOutput()
        let export = FindingsExport(findings)
        if let form = records.form {
            export.writeRecords(form, to: &output)
        } else {
            export.write(to: &output)
        }
        output.flush()
    }

    private func write(_ export: CodesExport) {
        var output = StandardOutput()
        if man {
            export.writeManual(to: &output)
        } else if let form = records.form {
            export.writeRecords(form, to: &output)
        } else {
            export.write(to: &output)
        }
        output.flush()
    }

    private func unknown(_ inputs: ExplainInputs, _ log: FailureLog) -> String {
        if let part = inputs.messages.lazy.compactMap({ LogExplanation.part($0) }).first { return part }
        let stream = inputs.stream.map { FileName.shown($0) } ?? "STREAM"
        let warnings =
            log.warningCount > 0 ? " (warnings, which are not the cause: \(log.firstWarning))" : ""
        return
            "no known message of a failed load or migration\(warnings); try: migscope check \(stream)"
    }

    private func explained(
        _ reports: [FailureReport], _ inputs: ExplainInputs
    ) throws -> (findings: [Finding], hasStream: Bool) {
        guard let path = inputs.stream else {
            if target.like != nil || target.against != nil {
                throw CommandFailure(
                    .unusable,
                    "--like and --against compare a stream; try: migscope explain STREAM LOG --like GOOD")
            }
            return (reports.flatMap { LogExplanation.explain($0) }, false)
        }
        var compared = try target.open()
        if compared.dump == nil, let dump = inputs.dump { compared.dump = try dumped(dump) }
        let document: Document
        switch try open(path, compared) {
        case .refused(let findings):
            return (reports.first.map { Explainer.explain($0, refused: findings) } ?? [], true)
        case .document(let opened): document = opened
        }
        let check = Check(document, like: compared.like, against: compared.dump, loader: compared.loader)
            .findings()
        let explainer = Explainer(document, findings: check)
        return (reports.flatMap { explainer.explain($0, isCompared: !compared.isEmpty) }, true)
    }

    private func dumped(_ path: String) throws(CommandFailure) -> TargetDump {
        do throws(OpenError) {
            return try TargetDump(path: path)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }

    private func open(_ path: String, _ compared: CheckTarget) throws(CommandFailure) -> FileArgument.Opened {
        var file: FileArgument
        do {
            file = try FileArgument.parse(["--", path])
        } catch {
            throw CommandFailure(.unusable, FileArgument.message(for: error))
        }
        file.reading = reading
        return try file.openOrRefusal(compared)
    }
}

/// The arguments of `explain`, by kind.
struct ExplainInputs {
    private(set) var stream: String?
    private(set) var dump: String?
    /// Codes of findings; they exclude other arguments.
    private(set) var codes: [FindingCode] = []
    private var logs: [String] = []
    private(set) var messages: [String] = []
    private var takesStandardInput = false

    init(_ words: [String]) throws(CommandFailure) {
        for word in words { try add(word, isOnly: words.count == 1) }
        if !codes.isEmpty, codes.count < words.count {
            throw CommandFailure(
                .unusable, "\(codes[0]) is the code of a finding; try: migscope explain \(codes[0])")
        }
        if stream != nil, takesStandardInput, logs.isEmpty, messages.isEmpty, words.count == 1 {
            throw CommandFailure(
                .unusable, "standard input can't be both FILE and the log; try: migscope explain - 'MESSAGE'")
        }
    }

    private mutating func add(_ word: String, isOnly: Bool) throws(CommandFailure) {
        if word == "-" {
            takesStandardInput = true
            return
        }
        if word == EmbeddedSample.argument { return try setStream(word) }
        guard access(word.fileName, F_OK) == 0 else {
            if let code = FindingCode(rawValue: word) { return codes.append(code) }
            if !word.contains(where: \.isWhitespace), !FailureLog.isReport(word) {
                throw CommandFailure(
                    .unusable,
                    "\(FileName.shown(word)): no such file, and no known message; "
                        + "try: migscope explain STREAM 'MESSAGE'")
            }
            messages.append(word)
            return
        }
        try FileArgument.checkOutput([word])
        switch try ExplainFile(head: Self.head(of: word)) {
        case .stream: try setStream(word)
        case .dump: dump = word
        case .log: logs.append(word)
        }
    }

    private mutating func setStream(_ word: String) throws(CommandFailure) {
        guard stream == nil else {
            throw CommandFailure(
                .unusable,
                "two streams: \(FileName.shown(word)) is the second; "
                    + "try: --like for the stream of the machine that should load it")
        }
        stream = word
    }

    /// Reads all messages from QEMU and libvirt, in the order of the arguments; standard input when there are
    /// no others.
    func read(into log: inout FailureLog) throws(CommandFailure) {
        for message in messages { log.read(Array((message + "\n").utf8)[...]) }
        for path in logs {
            let descriptor = Glibc.open(path.fileName, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Self.failure(path) }
            defer { close(descriptor) }
            try Self.read(descriptor, path, into: &log)
            log.read([0x0a])
        }
        let isFed = !messages.isEmpty || !logs.isEmpty
        if isFed && !takesStandardInput { return }
        // `explain - 'MESSAGE'`: standard input is the stream.
        if isFed && stream == nil { return }
        if isatty(STDIN_FILENO) == 1 {
            throw CommandFailure(
                .unusable, "no message; try: migscope explain 'MESSAGE', explain LOG, or explain STREAM < LOG"
            )
        }
        try Self.read(STDIN_FILENO, "standard input", into: &log)
    }

    private static func head(of path: String) throws(CommandFailure) -> [UInt8] {
        let descriptor = Glibc.open(path.fileName, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var status = stat()
        // A pipe can be read only once, by the code that opens the stream.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [0] }
        var buffer = [UInt8](repeating: 0, count: ExplainFile.headLength)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw failure(path) }
        return Array(buffer[..<count])
    }

    private static func read(
        _ descriptor: Int32, _ name: String, into log: inout FailureLog
    ) throws(CommandFailure) {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(name)
            }
            log.read(buffer[..<count])
        }
    }

    private static func failure(_ name: String) -> CommandFailure {
        CommandFailure(.unusable, "\(FileName.shown(name)): \(String(cString: strerror(errno)))")
    }
}
