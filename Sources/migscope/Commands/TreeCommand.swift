import ArgumentParser
import Export
import Query
import Stream

/// `migscope tree`: the tree as text.
struct TreeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Print the tree: offset, size and name of each node.",
        discussion: """
            RAM is listed only below a PATH inside it.
            Example: migscope tree vm.mig cpu:0 --values
                     migscope tree vm.mig --where 'type == timer && armed' --values
            """)

    @OptionGroup var input: FileArgument

    @Argument(help: "Start at this node: timer:0, cpu:0/env.regs, an offset, pc.ram@0x1000.")
    var path: String?

    @Option(help: ArgumentHelp("Print only this many levels.", valueName: "n"))
    var depth: CountArgument?

    @Flag(help: "Print the values of the fields.")
    var values = false

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Print only nodes that match this, and their parents.", valueName: "filter"))
    var condition: String?

    @OptionGroup var records: RecordArguments

    func run() throws {
        let filter = try condition.map { text throws(CommandFailure) in try FilterArgument.parse(text) }
        let document = try input.open()
        let start = try startingPoint(in: document)
        let run = try filter.map { filter throws(CommandFailure) in
            try FilterArgument.run(filter, document, below: start)
        }
        let export = TreeExport(document)
        var output = StandardOutput()
        let isFound = write(export, from: start, where: run, to: &output)
        output.flush()
        if !isFound, let run { throw FilterArgument.nothingFound(run) }
        try input.checkWhole(document)
    }

    // Returns whether there was a match; without a filter, true.
    private func write(
        _ export: TreeExport, from start: NodePath, where run: FilterRun?, to output: inout StandardOutput
    ) -> Bool {
        if let form = records.form {
            return export.writeRecords(
                form, from: start, depth: depth?.value, values: values, where: run, to: &output) > 0
        }
        guard let run else {
            export.write(from: start, depth: depth?.value, values: values, to: &output)
            return true
        }
        return export.write(where: run, from: start, depth: depth?.value, values: values, to: &output) > 0
    }

    private func startingPoint(in document: Document) throws(CommandFailure) -> NodePath {
        guard let path else { return .root }
        return try PlaceArgument.path(path, document, .findings)
    }
}
