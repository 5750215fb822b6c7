import ArgumentParser
import Export

/// `migscope info`: an overview of a file.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Print a summary of FILE: machine, sections, RAM blocks, description, findings.",
        discussion: "Example: migscope info vm.mig --json")

    @OptionGroup var input: FileArgument

    @OptionGroup var records: RecordArguments

    func run() throws {
        let document = try input.open(explains: false)
        var output = StandardOutput()
        if let form = records.form {
            InfoExport(document).writeJSON(form, to: &output)
        } else {
            InfoExport(document).write(to: &output)
        }
        output.flush()
        if document.findings.contains(where: { $0.severity != .note }) { throw CommandFailure(.findings) }
    }
}
