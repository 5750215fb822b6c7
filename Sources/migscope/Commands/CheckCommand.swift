import ArgumentParser
import Core

/// `migscope check`: what is wrong with a stream, and what a target would refuse.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Print what is wrong with FILE, and why a target would refuse it.",
        discussion: """
            Findings come in the order of the stream: QEMU stops at the first error. `qemu:` is what it prints.
            """)

    @OptionGroup var input: FileArgument

    @Option(
        help: ArgumentHelp("A stream of the machine that should load FILE.", valueName: "good"),
        completion: .file())
    var like: String?

    @Option(
        help: ArgumentHelp(
            "What the target's QEMU prints for -dump-vmstate.", valueName: "dump-vmstate.json"),
        completion: .file())
    var against: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let findings = try findings()
        var output = StandardOutput()
        let export = FindingsExport(findings)
        if json { export.writeJSON(to: &output) } else { export.write(to: &output) }
        output.flush()
        if findings.contains(where: { $0.severity != .note }) { throw CommandFailure(.findings) }
    }

    private func findings() throws(CommandFailure) -> [Finding] {
        let dump: TargetDump?
        let target: Document?
        do throws(OpenError) {
            dump = try against.map { path throws(OpenError) in try TargetDump(path: path) }
            target = try like.map { path throws(OpenError) in try Document.open(path: path) }
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
        let document: Document
        do throws(CommandFailure) {
            document = try input.open()
        } catch {
            // What is no stream to QEMU is a finding; what can't be read at all is not.
            guard let refusal = Check.refusal(path: input.file) else { throw error }
            return refusal
        }
        return Check(document, like: target, against: dump).findings()
    }
}
