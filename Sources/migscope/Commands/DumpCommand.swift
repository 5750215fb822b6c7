import ArgumentParser
import Export

/// `migscope dump`: every leaf.
struct DumpCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case tsv, json
    }

    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Print every field of the devices.",
        discussion: """
            tsv: offset, size, path, type, value. json: the output of analyze-migration.py -d state. --json and \
            --ndjson print a record for each field. Data that the description leaves opaque, such as the whole \
            state of a virtio device, is one field; --all and migscope tree show its parts.
            Example: migscope dump vm.mig --section cpu:1 --header | column -ts $'\\t'
            """)

    @OptionGroup var input: FileArgument

    @Option(help: ArgumentHelp("tsv or json.", valueName: "format"))
    var format = Format.tsv

    @Flag(help: "With tsv: a row for every byte of the stream, also frames, RAM, gaps.")
    var all = false

    @Option(help: ArgumentHelp("Only the section with this name, such as timer or cpu:1.", valueName: "name"))
    var section: String?

    @OptionGroup var records: RecordArguments

    @Flag(help: "With tsv: print the names of the columns first.")
    var header = false

    @Option(help: ArgumentHelp("With tsv: offsets in dec (the default) or hex.", valueName: "form"))
    var offsets: OffsetForm?

    func validate() throws {
        if format == .json, records.form != nil {
            throw ValidationError(
                "--format json prints one object for all devices, --json prints records: give one of them")
        }
        if header || offsets != nil, format == .json || records.form != nil {
            throw ValidationError("--header and --offsets require --format tsv")
        }
        if all, format == .json {
            throw ValidationError("--all requires --format tsv")
        }
    }

    func run() throws {
        let document = try input.open(explains: records.form != nil)
        var output = StandardOutput()
        let wasFound: Bool
        if let form = records.form {
            wasFound = TSVExport(document).writeRecords(form, all: all, section: section, to: &output)
        } else if format == .json {
            wasFound = StateExport(document).write(section: section, to: &output)
        } else {
            wasFound = TSVExport(document).write(
                all: all, section: section, offsets: offsets ?? .dec, hasHeader: header, to: &output)
        }
        output.flush()
        if let section, !wasFound {
            throw CommandFailure(
                .findings, "\(section): no such section\(document.lossWords); try: migscope info FILE")
        }
        try input.checkWhole(document)
    }
}
