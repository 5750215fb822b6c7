import ArgumentParser
import Export

/// `migscope dump`: every leaf.
struct DumpCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case tsv, json
    }

    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Print every field of the devices.",
        discussion: "tsv: offset, size, path, type, value. json: what analyze-migration.py -d state prints.")

    @OptionGroup var input: FileArgument

    @Option(help: ArgumentHelp("tsv or json.", valueName: "format"))
    var format = Format.tsv

    @Flag(help: "With tsv: a row for every byte of the stream, also frames, RAM, gaps.")
    var all = false

    @Option(help: ArgumentHelp("Only the section of this name, such as timer or cpu:1.", valueName: "name"))
    var section: String?

    func validate() throws {
        if all, format == .json {
            throw ValidationError("--all goes with --format tsv only")
        }
    }

    func run() throws {
        let document = try input.open(explains: false)
        var output = StandardOutput()
        let wasFound =
            switch format {
            case .tsv: TSVExport(document).write(all: all, section: section, to: &output)
            case .json: StateExport(document).write(section: section, to: &output)
            }
        output.flush()
        if let section, !wasFound {
            throw CommandFailure(.findings, "\(section): no such section; try: migscope info FILE")
        }
    }
}
