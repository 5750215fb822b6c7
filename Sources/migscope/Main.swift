import ArgumentParser
import Bytes
import CArguments
import Glibc
import Meaning

@main
enum Main {
    static func main() {
        // A closed pipe gives EPIPE, on which `StandardOutput` exits quietly.
        signal(SIGPIPE, SIG_IGN)
        // A file beyond its size limit gives a write error, which the program can report.
        signal(SIGXFSZ, SIG_IGN)
        PCINames.use(
            paths: UserFolder.environment("MIGSCOPE_PCI_IDS").map { [$0] } ?? PCINames.installedPaths)
        let count = migscope_argument_count()
        exit(run((1..<max(count, 1)).map { FileName.text(migscope_argument($0)) }))
    }

    // An option of ArgumentParser itself; the release has no JSON writer for it (.ci/slim).
    private static let hiddenOption = "--experimental-dump-help"

    private static func run(_ arguments: [String]) -> Int32 {
        var words = arguments
        do {
            if arguments.contains(hiddenOption) {
                throw CommandFailure(.unusable, "Unknown option '\(hiddenOption)'; try: migscope --help")
            }
            if arguments.first == ShellCompletion.option {
                return print(ShellCompletion.lines(Array(arguments.dropFirst())))
            }
            if arguments.count == 2, arguments[0] == "--generate-completion-script",
                let script = ShellCompletion.script(for: arguments[1])
            {
                return print([script])
            }
            words = Shorthand.expanded(arguments)
            if words.isEmpty { return usage() }
            try Shorthand.checkCommand(words)
            var command = try Migscope.parseAsRoot(words)
            try command.run()
            return ExitStatus.success.rawValue
        } catch let failure as CommandFailure {
            return failure.report()
        } catch {
            return reportParserError(error, help: help(for: words))
        }
    }

    private static func print(_ lines: [String]) -> Int32 {
        var output = StandardOutput()
        for line in lines { output.write(line + "\n") }
        output.flush()
        return ExitStatus.success.rawValue
    }

    // Without arguments, print the usage.
    private static func usage() -> Int32 {
        if isatty(STDERR_FILENO) == 1 {
            let bytes = Array(("Usage:\n" + Migscope.usageText + "\n").utf8)
            _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
        return CommandFailure(
            .unusable,
            "no FILE is given; usage: migscope FILE, or migscope COMMAND FILE; try: migscope --help, or migscope --sample"
        ).report()
    }

    // ArgumentParser throws help, version and completion scripts too; only the others are errors.
    private static func reportParserError(_ error: any Error, help: String) -> Int32 {
        guard Migscope.exitCode(for: error) != .success else {
            var output = StandardOutput()
            output.write(Migscope.fullMessage(for: error) + "\n")
            output.flush()
            return ExitStatus.success.rawValue
        }
        var message = Migscope.message(for: error)
        if message.hasSuffix(".") { message.removeLast() }
        if let form = ArgumentForms.form(for: message) {
            return CommandFailure(.unusable, "\(message): expected \(form); try: \(help)").report()
        }
        return CommandFailure(.unusable, CommandFailure.advised(message, help)).report()
    }

    // Returns the command whose help shows the arguments; the browser's are in the general help.
    private static func help(for words: [String]) -> String {
        guard let command = words.first, command != BrowseCommand.configuration.commandName,
            Shorthand.commandNames.contains(command)
        else { return "migscope --help" }
        return "migscope \(command) --help"
    }
}
