import ArgumentParser
import Bytes
import Compare
import Glibc
import Stream

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

    @Option(help: ArgumentHelp("The file to open in an archive or a folder.", valueName: "name"))
    var member: String?

    @Option(
        name: .customLong("offset"),
        help: ArgumentHelp("Where the stream, or what wraps it, begins in FILE.", valueName: "offset"))
    var startOffset: CountArgument?

    @Flag(name: .customLong("search"), help: "Look for a stream in all of FILE, not only in its first MiB.")
    var searchesAll = false

    @Option(
        help: ArgumentHelp(
            "Stop unpacking a compressed file here, and show what there is.", valueName: "bytes"))
    var maxUnpacked: CountArgument?

    @Flag(help: "Open the sample stream that is part of the program, in place of FILE.")
    var sample = false

    /// The files that are read, which nothing may be written to; `-` is standard input.
    var files: [String] { (file == Shorthand.sample ? [] : [file]) + (description.map { [$0] } ?? []) }

    /// Opens the stream; `explains` says whether anybody is shown what bytes mean.
    func open(explains: Bool = true) throws(CommandFailure) -> Document {
        let opening = try opening(explains: explains)
        do throws(OpenError) {
            while try opening.step() {}
            return try opening.finish()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Opens a stream that someone still writes, once it has begun.
    func openGrowing() throws(CommandFailure) -> Document {
        if file == "-" {
            throw CommandFailure(
                .unusable, "-: standard input is read to its end anyway; try: migscope --follow FILE")
        }
        try FileStart.wait(for: file)
        let opening = try opening(isGrowing: true)
        do throws(OpenError) {
            while !opening.isUnpacking, try opening.step() {}
            if !opening.isUnpacking {
                let document = try opening.finish()
                if document.canFollow { return document }
            }
        } catch {
            throw CommandFailure(error)
        }
        throw CommandFailure(
            .unusable, "\(file): a stream in a container can't be followed; try: without --follow")
    }

    /// Begins to open the stream.
    func opening(isGrowing: Bool = false, explains: Bool = true) throws(CommandFailure) -> DocumentOpening {
        try checkTerminal()
        if files.contains(where: StandardOutput.leads(to:)) {
            throw CommandFailure(
                .unusable,
                "\(file): standard output leads to the input, which is never written; try: another file")
        }
        do throws(OpenError) {
            var options = try options()
            options.isGrowing = isGrowing
            options.explains = explains
            if file == Shorthand.sample { return try EmbeddedSample.opening(options) }
            return try DocumentOpening(path: file, options: options)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Opens what the stream is compared with.
    func openComparedWith(_ second: String) throws(CommandFailure) -> ComparedWith {
        var other = self
        other.file = second
        try other.checkTerminal()
        do throws(OpenError) {
            return try ComparedWith.open(path: second, options: try options())
        } catch {
            throw CommandFailure(error)
        }
    }

    private func checkTerminal() throws(CommandFailure) {
        if file == "-", isatty(STDIN_FILENO) == 1 {
            throw CommandFailure(.unusable, "-: standard input is a terminal; try: migscope - < FILE")
        }
    }

    private func options() throws(OpenError) -> OpenOptions {
        var options = OpenOptions()
        options.descriptionFolder = DataFolder.descriptions
        options.snapshot = snapshot
        options.member = member
        options.offset = startOffset?.value
        options.searchesAll = searchesAll
        options.maxUnpacked = maxUnpacked?.value
        options.description = try description.map { path throws(OpenError) in
            try BorrowedDescription(path: path)
        }
        return options
    }
}
