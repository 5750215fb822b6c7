import ArgumentParser
import Bytes
import Export
import Stream

/// `migscope desc`: the description.
struct DescCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "desc", abstract: "Print the description of the stream as JSON.",
        discussion: """
            Without an option it is indented; --ndjson prints it in one line.
            Example: migscope desc vm.mig --outline
            """)

    enum Form: String, EnumerableFlag {
        case raw, outline

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .raw: "Print its exact bytes (on a terminal: control characters escaped)."
            case .outline: "Print its devices and fields as an outline."
            }
        }
    }

    @OptionGroup var input: FileArgument

    @Flag(exclusivity: .exclusive) var form: Form?

    @OptionGroup var records: RecordArguments

    @Flag(help: "Save it for streams of the same machine that have none; they then use it as their own.")
    var save = false

    func validate() throws {
        if records.form != nil, form != nil || save {
            throw ValidationError("--json and --ndjson can't be combined with --raw, --outline and --save")
        }
    }

    func run() throws {
        let document = try input.open(explains: false)
        if save { return try keep(document) }
        var output = StandardOutput()
        do throws(DescriptionExport.Failure) {
            try write(DescriptionExport(document), to: &output)
        } catch .absent {
            // With --description: the fields that fit.
            if form == nil, let fitted = FittedDescription(document) {
                fitted.write(records.form ?? .json, to: &output)
                return output.flush()
            }
            throw failure(.findings, .absent, advice: "the description of a stream from the same machine")
        } catch {
            throw failure(.unusable, error, advice: "migscope desc --raw \(input.file)")
        }
        output.flush()
    }

    private func write(
        _ description: DescriptionExport, to output: inout StandardOutput
    ) throws(DescriptionExport.Failure) {
        switch form {
        case .raw where StandardOutput.isTerminal:
            var escaped = EscapingSink(output)
            description.writeRaw(to: &escaped)
            output = escaped.output
        case .raw: description.writeRaw(to: &output)
        case .outline: try description.writeOutline(to: &output)
        case nil: try description.writeJSON(records.form ?? .json, to: &output)
        }
    }

    private func keep(_ document: Document) throws {
        guard let folder = DataFolder.descriptions, let name = DescriptionFolder.fileName(for: document)
        else {
            throw CommandFailure(
                .findings, "\(input.file): no description of its own, or no machine type; try: another stream"
            )
        }
        try DataFolder.create(folder.path)
        let path = folder.path + "/" + name
        let description = try DescriptionExport(document)
        var file = FileSink(try OutputFile(path: path, inputs: input.files, replaces: true))
        description.writeRaw(to: &file)
        try file.finish()
        var output = StandardOutput()
        output.write(path + "\n")
        output.flush()
    }

    private func failure(
        _ status: ExitStatus, _ reason: DescriptionExport.Failure, advice: String
    ) -> CommandFailure {
        CommandFailure(status, "\(input.file): \(reason); try: \(advice)")
    }
}

/// A sink that makes raw bytes safe for a terminal.
private struct EscapingSink: ByteSink {
    var output: StandardOutput

    init(_ output: StandardOutput) { self.output = output }

    mutating func write(_ bytes: [UInt8]) {
        output.write(DisplayText.escaped(bytes: bytes))
    }
}
