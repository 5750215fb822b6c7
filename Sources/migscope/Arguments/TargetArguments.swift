import ArgumentParser
import Bytes
import Diagnose

/// `--like` and `--against`: the machine that should load a stream.
struct TargetArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp("A stream of the machine that should load FILE.", valueName: "good"),
        completion: .file())
    var like: String?

    @Option(
        help: ArgumentHelp(
            "What the target's QEMU prints for -dump-vmstate.", valueName: "dump-vmstate.json"),
        completion: .file())
    var against: String?

    func open() throws(CommandFailure) -> CheckTarget {
        do throws(OpenError) {
            return try CheckTarget(like: like, against: against)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }
}
