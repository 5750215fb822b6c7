import ArgumentParser
import Core
import Glibc

@main
enum Main {
    static func main() {
        // A reader that goes away shows as EPIPE, which `StandardOutput` ends quietly.
        signal(SIGPIPE, SIG_IGN)
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ arguments: [String]) -> Int32 {
        do {
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
        let message = Migscope.message(for: error)
        return CommandFailure(.unusable, message + "; try: migscope --help").report()
    }
}
