import ArgumentParser
import Compare
import Export
import Stream

/// `migscope compare`: two nodes of one stream.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Print the differences between two nodes of one stream.",
        usage: "migscope compare FILE PATH PATH [--json|--ndjson]",
        discussion: """
            A line for each field that differs: its path below the nodes, the value of the first, the value of \
            the second; - represents a value that one side does not have. Exit status 1 if anything differs.
            Example: migscope compare vm.mig cpu:0 cpu:1
            """)

    @OptionGroup var input: FileArgument

    @Argument(help: "The first node: cpu:0, timer:0/cpu_ticks_offset, an offset.")
    var first: String

    @Argument(help: "The second node.")
    var second: String

    @OptionGroup var records: RecordArguments

    func run() throws {
        let document = try input.open()
        let (left, right) = (
            try PlaceArgument.path(first, document), try PlaceArgument.path(second, document)
        )
        let comparison = NodeComparison(left, right, in: document)
        var output = StandardOutput()
        CompareExport(document, comparison).write(records.form, to: &output)
        output.flush()
        if !comparison.isComplete {
            throw CommandFailure(
                .findings,
                "more than the first \(comparison.differences.count) fields differ; try: two smaller nodes")
        }
        if !comparison.differences.isEmpty { throw CommandFailure(.findings) }
    }
}
