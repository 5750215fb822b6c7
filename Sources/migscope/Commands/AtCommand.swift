import ArgumentParser
import Export

/// `migscope at`: who owns a byte.
struct AtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "at", abstract: "Print the path from the root to the leaf that owns a byte.")

    @OptionGroup var input: FileArgument

    @Argument(help: "Decimal or 0x…, with K, M or G; after file: it counts in the file.")
    var offset: OffsetArgument

    func run() throws {
        let document = try input.open()
        let place = try offset.place(in: document)
        var output = StandardOutput()
        AtExport(document).write(place, to: &output)
        output.flush()
    }
}
