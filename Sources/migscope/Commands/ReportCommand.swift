import ArgumentParser
import Export
import Stream
import TUI

/// `migscope report`: Markdown for a bug report.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Print a report of some nodes in Markdown, for a bug report.",
        discussion: """
            Without PATH, the report has the marks and notes made in the browser, or the findings if there \
            are none.
            Example: migscope report vm.mig virtio-net:0 -o report.md
            """)

    @OptionGroup var input: FileArgument

    @Argument(help: "Nodes: timer:0, cpu:0/env.regs, an offset, pc.ram@0x1000.")
    var paths: [String] = []

    @Flag(help: "Include guest memory.")
    var withRam = false

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write into this file.", valueName: "out"))
    var output: String?

    @OptionGroup var records: RecordArguments

    @OptionGroup var overwriting: OverwriteArgument

    func validate() throws {
        if records.form != nil, output != nil {
            throw ValidationError("--json and --ndjson print to standard output: omit -o")
        }
    }

    func run() throws {
        let document = try input.open()
        let items = paths.isEmpty ? kept(document) : try chosen(document)
        if let form = records.form {
            var output = StandardOutput()
            ReportExport(document, withRAM: withRam).writeRecords(items, form, to: &output)
            return output.flush()
        }
        let report = ReportExport(document, withRAM: withRam)
        let program = "migscope \(Program.version)"
        if let output {
            var file = FileSink(
                try OutputFile(path: output, inputs: input.files, replaces: overwriting.force))
            report.write(items, program: program, to: &file)
            try file.finish()
        } else {
            var output = StandardOutput()
            report.write(items, program: program, to: &output)
            output.flush()
        }
        try input.checkWhole(document)
    }

    private func kept(_ document: Document) -> [ReportItem] {
        let kept = Keeper(document, isOn: true).kept
        return Browser(document: document, options: BrowserOptions(kept: kept)).markedItems
    }

    private func chosen(_ document: Document) throws(CommandFailure) -> [ReportItem] {
        var items: [ReportItem] = []
        for path in paths {
            items.append(ReportItem(path: try PlaceArgument.path(path, document)))
        }
        return items
    }
}
