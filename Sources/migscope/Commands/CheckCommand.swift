import ArgumentParser
import Bytes
import Compare
import Diagnose
import Export
import Stream

/// `migscope check`: the errors in a stream, and what a target would refuse.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Print the errors of FILE, and the reasons why a destination would refuse it.",
        discussion: """
            Findings come in the order of the stream: QEMU stops at the first error. The lines of QEMU come after `qemu:`.
            With --against, FILE may also be an output of -dump-vmstate.
            Example: migscope check vm.mig --like good.mig
            """)

    @OptionGroup var input: FileArgument

    @OptionGroup var target: TargetArguments

    @OptionGroup var records: RecordArguments

    func run() throws {
        let findings = try findings()
        var output = StandardOutput()
        let export = FindingsExport(findings)
        if let form = records.form {
            export.writeRecords(form, to: &output)
        } else {
            export.write(to: &output)
        }
        output.flush()
        if findings.contains(where: { $0.severity != .note }) { throw CommandFailure(.findings) }
    }

    private func findings() throws(CommandFailure) -> [Finding] {
        let target = try target.open()
        if let dump = target.dump, target.like == nil, let source = ComparedWith.dump(path: input.file) {
            return DumpPairComparison.findings(source, dump)
        }
        switch try input.openOrRefusal(target) {
        case .refused(let findings): return findings
        case .document(let document):
            return Check(document, like: target.like, against: target.dump, loader: target.loader).findings()
        }
    }
}
