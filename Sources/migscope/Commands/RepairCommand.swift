import ArgumentParser
import Bytes
import Diagnose
import Edit
import Export
import Stream

/// `migscope repair`: a copy of a stream that its target loads.
struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Write a copy of FILE that the destination loads, and print the effects on the guest.",
        usage:
            "migscope repair FILE [--like GOOD] [--against DUMP] [--qemu VERSION] [--machine M] [--risky] [--json|--ndjson] [-o OUT [--xml XML] [--compress NAME]]",
        discussion: """
            Each step is safe (the guest can't notice it), visible (the guest may notice it) or risky (the guest may \
            crash or lose data); risky steps need --risky. Without -o, the plan is printed. Exit status 0: OUT, or the \
            result of the plan, has no findings in `check --like GOOD`. OUT is a mapped-ram file if GOOD is one. With \
            --qemu alone, only what that version can't know is repaired; only GOOD or DUMP show the devices of the \
            destination. `edit --from` accepts the plan that --json prints.
            Example: migscope repair vm.mig --like good.mig -o mended.mig
            """)

    @OptionGroup var input: FileArgument

    @OptionGroup var target: TargetArguments

    @Option(
        help: ArgumentHelp(
            "The machine type that should load FILE, if GOOD does not show it.", valueName: "m"))
    var machine: String?

    @Flag(help: "Also make risky steps.")
    var risky = false

    @OptionGroup var image: ImageArguments

    @OptionGroup var records: RecordArguments

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The file to write.", valueName: "out"))
    var output: String?

    @OptionGroup var overwriting: OverwriteArgument

    func validate() throws {
        if image.isImage, output == nil { throw ValidationError("--xml and --compress require -o OUT") }
    }

    func run() throws {
        let target = try target.open()
        let document = try input.open()
        let likePath = self.target.like ?? ""
        // A stream without a description is read with the target's, and the other way around.
        let check = Check(document, like: target.like)
        // An image contains a plain stream.
        let form: Conversion.Form =
            (target.like ?? document).isMappedRAM && !image.isImage ? .mappedRAM : .plain
        var repair: Repair
        do throws(EditError) {
            repair = Repair(
                try StreamDraft(
                    check.document, as: form, rebuilds: true, mendsEnd: true, like: check.target),
                like: check.target.map(StreamDraft.comparable), path: likePath,
                against: target.dump, loader: target.loader, machine: machine,
                allowing: risky ? .risky : .visible)
        } catch {
            throw CommandFailure(.unusable, "\(input.file): \(error.description)")
        }
        repair.run()
        let draft = repair.draft
        var left = repair.findings().filter(Repair.isBad)
        if let output {
            try image.write(
                draft, to: output,
                inputs: input.files + [self.target.like, self.target.against].compactMap { $0 },
                replaces: overwriting.force)
            // Checks the whole stream, including RAM.
            left = try self.check(output, target)
        }
        var out = StandardOutput()
        let export = RepairExport(repair, left: left, isWritten: output != nil)
        if let form = records.form { export.writeJSON(form, to: &out) } else { export.write(to: &out) }
        out.flush()
        if let output { image.hint(document, output) }
        if !left.isEmpty || repair.isHeldBack { throw CommandFailure(.findings) }
    }

    private func check(_ path: String, _ target: CheckTarget) throws(CommandFailure) -> [Finding] {
        do throws(OpenError) {
            let written = try Document.open(path: path)
            return Check(written, like: target.like, against: target.dump, loader: target.loader).findings()
                .filter(Repair.isBad)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }
}
