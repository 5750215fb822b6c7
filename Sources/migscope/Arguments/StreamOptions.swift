import ArgumentParser
import Container
import Stream

/// The options for opening a stream.
protocol ReadingOptions: ParsableArguments {
    /// The files that are read besides the stream.
    var files: [String] { get }

    /// The options as words of a command line that opens the same stream again.
    var words: [String] { get }

    /// Returns the corresponding options of `Document`.
    func openOptions() throws(OpenError) -> OpenOptions
}

/// The options to find the stream in a file; every command that reads a stream has them.
struct SourceOptions: ReadingOptions {
    @Option(help: ArgumentHelp("The snapshot of a qcow2 image, by name or id.", valueName: "name"))
    var snapshot: String?

    @Option(help: ArgumentHelp("The file to open in an archive or a folder.", valueName: "name"))
    var member: String?

    @Option(
        name: .customLong("channel"),
        help: ArgumentHelp(
            "The data of another connection of the migration (multifd, preempt, return path, a recovery); may be repeated.",
            valueName: "file"), completion: .file())
    var channels: [String] = []

    @Option(
        name: .customLong("ram"),
        help: ArgumentHelp(
            "A file with the RAM of a block, such as that of its memory backend, for pages that the stream does not "
                + "have; may be repeated.", valueName: "block=file"))
    var ramFiles: [RAMFileArgument] = []

    @Option(
        name: .customLong("offset"),
        help: ArgumentHelp(
            "The offset in FILE at which the stream, or its container, begins.", valueName: "offset"))
    var startOffset: CountArgument?

    @Flag(name: .customLong("search"), help: "Search all of FILE for a stream, not only its first MiB.")
    var searchesAll = false

    @Option(
        help: ArgumentHelp(
            "Stop unpacking a compressed file at this size, and show what was unpacked.", valueName: "bytes"))
    var maxUnpacked: CountArgument?

    @Option(
        help: ArgumentHelp(
            "The number of the stream to open, of several in FILE, or of several migrations in a capture or a recorded folder.",
            valueName: "number"))
    var stream: OrdinalArgument?

    var files: [String] { channels + ramFiles.map(\.path) }

    var words: [String] {
        var words: [String] = []
        if let snapshot { words += ["--snapshot", snapshot] }
        if let member { words += ["--member", member] }
        for channel in channels { words += ["--channel", channel] }
        for file in ramFiles { words += ["--ram", "\(file.block)=\(file.path)"] }
        if let startOffset { words += ["--offset", "\(startOffset.value)"] }
        if searchesAll { words.append("--search") }
        if let maxUnpacked { words += ["--max-unpacked", "\(maxUnpacked.value)"] }
        if let stream { words += ["--stream", "\(stream.value)"] }
        return words
    }

    func openOptions() throws(OpenError) -> OpenOptions {
        var options = try OpenOptions.usual()
        options.snapshot = snapshot
        options.stream = stream?.value ?? 1
        options.member = member
        options.channels = channels
        options.migration = stream?.value
        options.ramFiles = ramFiles.map { ($0.block, $0.path) }
        options.offset = startOffset?.value
        options.searchesAll = searchesAll
        options.maxUnpacked = maxUnpacked?.value
        return options
    }
}

/// The same options for commands that show the meaning of bytes, which can use a description from elsewhere.
struct StreamOptions: ReadingOptions {
    @Option(
        help: ArgumentHelp(
            "For a stream without a description: a stream of the same machine that has one, or the output of desc.",
            valueName: "file"), completion: .file())
    var description: String?

    @OptionGroup var source: SourceOptions

    var files: [String] { (description.map { [$0] } ?? []) + source.files }
    var words: [String] { (description.map { ["--description", $0] } ?? []) + source.words }

    func openOptions() throws(OpenError) -> OpenOptions {
        var options = try source.openOptions()
        options.description = try OpenOptions.usual(description: description).description
        return options
    }
}

extension OpenOptions {
    /// Returns options with the user's saved descriptions, and a given description as a substitute.
    static func usual(description: String? = nil) throws(OpenError) -> OpenOptions {
        var options = OpenOptions()
        options.descriptionFolder = DataFolder.descriptions
        options.description = try description.map { path throws(OpenError) in
            try BorrowedDescription(path: path)
        }
        return options
    }
}
