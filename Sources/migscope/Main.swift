import ArgumentParser
import Bytes
import CArguments
import Glibc
import Meaning

@main
enum Main {
    static func main() {
        // A reader that goes away shows as EPIPE, which `StandardOutput` ends quietly.
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow is a failed write, which can be said.
        signal(SIGXFSZ, SIG_IGN)
        PCINames.use(
            paths: UserFolder.environment("MIGSCOPE_PCI_IDS").map { [$0] } ?? PCINames.installedPaths)
        let count = migscope_argument_count()
        exit(run((1..<max(count, 1)).map { FileName.text(migscope_argument($0)) }))
    }

    // ArgumentParser's own; the release has no writer of JSON for it (.ci/slim).
    private static let hiddenOption = "--experimental-dump-help"

    private static func run(_ arguments: [String]) -> Int32 {
        do {
            if arguments.contains(hiddenOption) {
                throw CommandFailure(.unusable, "Unknown option '\(hiddenOption)'; try: migscope --help")
            }
            var command = try Migscope.parseAsRoot(Shorthand.expanded(arguments))
            try command.run()
            return ExitStatus.success.rawValue
        } catch let failure as CommandFailure {
            return failure.report()
        } catch {
            return reportParserError(error)
        }
    }

    // ArgumentParser throws help, version and completion scripts too; only the rest are errors.
    private static func reportParserError(_ error: any Error) -> Int32 {
        guard Migscope.exitCode(for: error) != .success else {
            var output = StandardOutput()
            output.write(Migscope.fullMessage(for: error) + "\n")
            output.flush()
            return ExitStatus.success.rawValue
        }
        var message = Migscope.message(for: error)
        if message.hasSuffix(".") { message.removeLast() }
        return CommandFailure(.unusable, message + "; try: migscope --help").report()
    }
}
