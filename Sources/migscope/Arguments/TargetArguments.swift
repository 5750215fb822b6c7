import ArgumentParser
import Bytes
import Diagnose

/// `--like` and `--against`: the machine that is to load a stream.
struct TargetArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp("A stream of the machine that should load FILE.", valueName: "good"),
        completion: .file())
    var like: String?

    @Option(
        help: ArgumentHelp(
            "The output of the destination's QEMU for -dump-vmstate.", valueName: "dump-vmstate.json"),
        completion: .file())
    var against: String?

    @Option(
        help: ArgumentHelp(
            "The version of the QEMU that should load FILE, if GOOD does not show it.",
            valueName: "version"))
    var qemu: String?

    func validate() throws {
        if let qemu, QEMUVersion(qemu) == nil {
            throw ValidationError("expected a version such as 10.0, found \(qemu)")
        }
    }

    func open() throws(CommandFailure) -> CheckTarget {
        try FileArgument.checkOutput([like, against].compactMap(\.self))
        do throws(OpenError) {
            var target = try CheckTarget(like: like, against: against)
            target.loader = qemu.flatMap { QEMUVersion($0) }
            return target
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }
}

/// Whether to replace an existing file.
struct OverwriteArgument: ParsableArguments {
    @Flag(help: "Replace OUT if it exists; an input is never replaced.")
    var force = false
}
