import ArgumentParser
import Core

/// The file that each command opens.
struct FileArgument: ParsableArguments {
    @Argument(help: "A migration stream; - is standard input.", completion: .file())
    var file: String

    /// Opens the stream.
    func open() throws(CommandFailure) -> Document {
        if file == "-" { try StandardInput.makeMappable() }
        do throws(OpenError) {
            return try Document.open(path: file == "-" ? StandardInput.path : file)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }
}
