import ArgumentParser
import Core
import Glibc

/// The file that each command opens.
struct FileArgument: ParsableArguments {
    @Argument(help: "A migration stream; - is standard input.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "For a stream without a description: a stream of the same machine that has one, or what desc printed.",
            valueName: "file"), completion: .file())
    var description: String?

    @Option(help: ArgumentHelp("The snapshot of a qcow2 image, by name or id.", valueName: "name"))
    var snapshot: String?

    @Option(
        help: ArgumentHelp(
            "Stop unpacking a compressed file here, and show what there is.", valueName: "bytes"))
    var maxUnpacked: CountArgument?

    /// Opens the stream.
    func open() throws(CommandFailure) -> Document {
        let opening = try opening()
        do throws(OpenError) {
            while try opening.step() {}
            return try opening.finish()
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }

    /// Begins to open the stream.
    func opening() throws(CommandFailure) -> ContainerOpening {
        if file == "-", isatty(STDIN_FILENO) == 1 {
            throw CommandFailure(.unusable, "-: standard input is a terminal; try: migscope - < FILE")
        }
        do throws(OpenError) {
            var options = OpenOptions()
            options.descriptionFolder = DataFolder.descriptions
            options.snapshot = snapshot
            options.maxUnpacked = maxUnpacked?.value
            options.description = try description.map { path throws(OpenError) in
                try BorrowedDescription(path: path)
            }
            return try ContainerOpening(path: file, options: options)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }
}
