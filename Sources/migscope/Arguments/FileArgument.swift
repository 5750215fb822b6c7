import ArgumentParser
import Core

/// The file that each command opens.
struct FileArgument: ParsableArguments {
    @Argument(help: "A migration stream; - is standard input.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "For a stream without a description: a stream of the same machine that has one, or what desc printed.",
            valueName: "file"), completion: .file())
    var description: String?

    /// Opens the stream.
    func open() throws(CommandFailure) -> Document {
        if file == "-" { try StandardInput.makeMappable() }
        do throws(OpenError) {
            var options = OpenOptions()
            options.descriptionFolder = DataFolder.descriptions
            options.description = try description.map { path throws(OpenError) in try BorrowedDescription(path: path) }
            return try Document.open(path: file == "-" ? StandardInput.path : file, options: options)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }
}
