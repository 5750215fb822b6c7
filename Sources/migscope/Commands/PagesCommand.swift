import ArgumentParser
import Export

/// `migscope pages`: the pages of each RAM block.
struct PagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pages",
        abstract: "Print the final form of each RAM block's pages, and the passes over RAM.",
        discussion: """
            raw, zero, xbzrle, compressed and absent count pages by their last record; sent counts records. \
            An absent page was never sent, or is lost, which is not the same as zero. Reads the headers of all RAM records.
            Example: migscope pages vm.mig --block pc.ram
            """)

    @OptionGroup var input: FileArgument

    @OptionGroup var records: RecordArguments

    @Option(help: ArgumentHelp("Only this RAM block, such as pc.ram.", valueName: "name"))
    var block: String?

    func run() throws {
        let document = try input.open(explains: false)
        let export = PagesExport(document, index: document.ramIndex())
        var output = StandardOutput()
        let wasFound =
            records.form.map { export.writeJSON($0, block: block, to: &output) }
            ?? export.write(block: block, to: &output)
        output.flush()
        if let block, !wasFound {
            throw CommandFailure(.findings, "\(block): no such RAM block; try: migscope info FILE")
        }
        try input.checkWhole(document)
    }
}
