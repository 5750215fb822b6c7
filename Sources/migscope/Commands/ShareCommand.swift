import ArgumentParser
import Bytes
import Edit
import Export

/// `migscope share`: a stream for a public report.
struct ShareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "share",
        abstract: "Write a copy of FILE without the guest's memory and data, for a public report.",
        usage: "migscope share FILE [--keep] [--no-registers] [--json|--ndjson] -o OUT",
        discussion: """
            The structure and the state of devices stay, so that OUT can be opened, checked and compared like FILE. \
            It contains no guest memory except the words that devices read when they load (the indexes of virtio \
            rings, the size of an option ROM); fields that hold the guest's data are zeroed. \
            The zeroed items are printed. Look at the rest with migscope OUT before you publish it.
            Example: migscope share vm.mig -o public.mig
            """)

    @OptionGroup var input: FileArgument

    @Flag(help: "Keep MAC addresses and UUIDs.")
    var keep = false

    @Flag(name: .customLong("no-registers"), help: "Zero the registers of the processors too.")
    var blanksRegisters = false

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The file to write.", valueName: "out"))
    var output: String

    @OptionGroup var records: RecordArguments

    @OptionGroup var overwriting: OverwriteArgument

    func run() throws {
        let document = try input.open()
        var share: Share
        do throws(EditError) {
            var options = Share.Options()
            options.keepsIdentity = keep
            options.blanksRegisters = blanksRegisters
            share = Share(try StreamDraft(document), options)
            try share.run()
        } catch {
            throw CommandFailure(.unusable, "\(input.file): \(error.description)")
        }
        let draft = share.draft
        try StreamFile.write(
            output, inputs: input.files,
            replaces: overwriting.force,
            verify: { region throws(EditError) in try draft.verify(region) },
            { file throws(EditError) in try draft.write(to: &file) })
        report(share)
    }

    private func report(_ share: Share) {
        var output = StandardOutput()
        if let form = records.form {
            ShareExport(share).writeRecords(form, to: &output)
            return output.flush()
        }
        func line(_ text: String) { output.write(Array((DisplayText.escaped(text) + "\n").utf8)) }
        let kept = share.keptBytes
        line(
            "guest memory: removed, except \(kept) \(kept == 1 ? "byte" : "bytes") that devices read when they load"
        )
        for name in share.dropped { line("dropped: section \(name)") }
        for field in share.blanked {
            line("blanked: \(field.path), \(field.size) bytes, \(field.used) were not zero (\(field.reason))")
        }
        line(
            "kept: all other fields of the devices\(blanksRegisters ? "" : ", including registers (--no-registers zeroes them)")"
        )
        output.flush()
    }
}
