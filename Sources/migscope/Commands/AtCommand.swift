import ArgumentParser
import Export

/// `migscope at`: the owner of a byte.
struct AtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "at", abstract: "Print the path from the root to the leaf that owns a byte.",
        discussion: "Example: migscope at vm.mig 0x4a51d")

    @OptionGroup var input: FileArgument

    @Argument(
        help:
            "Decimal or 0x…, with K, M or G; after file: it is an offset in the file. Or a place: timer:0, RIP."
    )
    var offset: OffsetArgument

    @OptionGroup var records: RecordArguments

    func run() throws {
        let document = try input.open()
        let place = try offset.place(in: document)
        var output = StandardOutput()
        if let form = records.form {
            AtExport(document).writeRecords(place, form, to: &output)
        } else {
            AtExport(document).write(place, to: &output)
        }
        output.flush()
    }
}
