import ArgumentParser
import Compare
import Export
import Stream

/// `migscope diff`: two streams side by side.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Print the differences between two streams, or a stream and a description.",
        usage: "migscope diff A B [--values] [--noise] [--json|--ndjson]",
        discussion: """
            Sections are compared by idstr and instance id, fields by name. - means that only A has the item, + \
            that only B has it, ~ that it has changed. Without --values, values that differ are counted and RAM is \
            not read. Clocks and timers always differ; they are counted unless --noise is given. B may also be a \
            description (migscope desc) or the output of -dump-vmstate: versions, subsections and fields \
            are then compared. Both may be such dumps. \
            Exit status 1 if anything differs.
            Example: migscope diff a.mig b.mig --values
            """)

    @OptionGroup var input: FileArgument

    @Argument(help: "A stream, a description, or an output of -dump-vmstate.", completion: .file())
    var second: String

    @Flag(help: "List the values that differ, and compare RAM page by page.")
    var values = false

    @Flag(help: "With --values: list clocks and timers too.")
    var noise = false

    @OptionGroup var records: RecordArguments

    func validate() throws {
        if input.file == "-", second == "-" {
            throw ValidationError("only one of the streams can be standard input")
        }
        if noise, !values { throw ValidationError("--noise requires --values") }
    }

    func run() throws {
        if !values, let left = ComparedWith.dump(path: input.file) { return try compare(left) }
        let left = try input.open(isOneOfTwo: true)
        let right = try input.openComparedWith(second)
        let indexes = values ? right.stream.map { (left.ramIndex(), $0.ramIndex()) } : nil
        var export = DiffExport(
            left, right, indexes: indexes, options: DiffExport.Options(values: values, noise: noise))
        var output = StandardOutput()
        let isDifferent =
            records.form.map { export.writeJSON($0, to: &output) } ?? export.write(to: &output)
        output.flush()
        // The lost part of a stream is listed as missing.
        if let loss = left.loss { throw CommandFailure(loss, of: input.file, "compared") }
        if let loss = right.stream?.loss { throw CommandFailure(loss, of: second, "compared") }
        if isDifferent { throw CommandFailure(.findings) }
    }

    // Compares two binaries, without a stream.
    private func compare(_ left: TargetDump) throws {
        guard let right = ComparedWith.dump(path: second) else {
            throw CommandFailure(
                .unusable,
                "\(second): expected an output of -dump-vmstate, like the first file; try: "
                    + "migscope diff STREAM DUMP")
        }
        let export = DumpDiffExport(left, right)
        var output = StandardOutput()
        let isDifferent =
            records.form.map { export.writeJSON($0, to: &output) } ?? export.write(to: &output)
        output.flush()
        if isDifferent { throw CommandFailure(.findings) }
    }
}
