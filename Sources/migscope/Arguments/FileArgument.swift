import ArgumentParser
import Bytes
import Compare
import Container
import Diagnose
import Glibc
import Stream
import TUI

/// The file argument of a command that shows a stream.
typealias FileArgument = InputArgument<StreamOptions>

/// The file argument of a command that writes another stream, and has its own `--description`.
typealias SourceArgument = InputArgument<SourceOptions>

/// The input file of a command, with its options.
struct InputArgument<Reading: ReadingOptions>: ParsableArguments {
    @Argument(help: "A migration stream; - is standard input.", completion: .file())
    var file: String

    @OptionGroup var reading: Reading

    @Flag(help: "Open the sample stream that is part of the program instead of FILE.")
    var sample = false

    /// The files that are read, which output must not overwrite; `-` is standard input.
    var files: [String] {
        (file == EmbeddedSample.argument ? [] : [file]) + reading.files
    }

    /// Opens the stream and reads everything that may contain sections; `explains` says whether the command
    /// shows the meaning of bytes.
    func open(explains: Bool = true, isOneOfTwo: Bool = false) throws(CommandFailure) -> Document {
        let document = try openUnread(explains: explains, isOneOfTwo: isOneOfTwo)
        document.readMissing()
        return document
    }

    /// Opens the stream, for a caller that reads on by itself.
    func openUnread(explains: Bool = true, isOneOfTwo: Bool = false) throws(CommandFailure) -> Document {
        let opening = try opening(explains: explains, isOneOfTwo: isOneOfTwo)
        do throws(OpenError) {
            while try opening.step() {}
            return try opening.finish()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// A stream, or the error that QEMU reports for bytes that are not a stream.
    enum Opened {
        case document(Document)
        case refused([Finding])
    }

    /// Opens the stream, for a caller that reports on input that QEMU does not accept as a stream; an
    /// unreadable file is an error.
    func openOrRefusal(_ target: CheckTarget = CheckTarget()) throws(CommandFailure) -> Opened {
        do throws(CommandFailure) {
            return .document(try open())
        } catch {
            guard let refusal = error.cause.flatMap({ Check.refusal($0, target) }) else { throw error }
            return .refused(refusal)
        }
    }

    /// Opens a stream that is still being written, once it has begun. `pipe` copies a pipe to a file.
    func openGrowing(_ pipe: GrowingPipe?) throws(CommandFailure) -> Document {
        try checkTerminal()
        FileStart.wait(for: pipe?.path ?? file, name: pipe == nil ? nil : "-") { pipe?.isAtEnd ?? false }
        do throws(OpenError) {
            let opening: DocumentOpening
            if let pipe {
                var options = try reading.openOptions()
                options.isGrowing = true
                let region = try MappedRegion.open(path: pipe.path, isGrowing: true)
                opening = DocumentOpening(region: region, name: file, options: options)
            } else {
                var options = try reading.openOptions()
                options.isGrowing = true
                opening = try DocumentOpening(path: file, options: options)
            }
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

    /// Begins to open the stream; `isOneOfTwo` says whether options may apply to the other file.
    func opening(explains: Bool = true, isOneOfTwo: Bool = false) throws(CommandFailure) -> DocumentOpening {
        try checkTerminal()
        try Self.checkOutput(files)
        do throws(OpenError) {
            var options = try reading.openOptions()
            options.explains = explains
            options.mustChoose = !isOneOfTwo
            if file == EmbeddedSample.argument { return try EmbeddedSample.opening(options) }
            return try DocumentOpening(path: file, options: options)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Refuses standard output that goes into one of the inputs: `>> input`.
    static func checkOutput(_ inputs: [String]) throws(CommandFailure) {
        guard let input = inputs.first(where: StandardOutput.leads(to:)) else { return }
        throw CommandFailure(
            .unusable,
            "\(FileName.shown(input)): standard output is the input, which is never overwritten; try: another file"
        )
    }

    /// Opens the second operand of a comparison.
    func openComparedWith(_ second: String) throws(CommandFailure) -> ComparedWith {
        try Self.checkOutput([second])
        var other = self
        other.file = second
        try other.checkTerminal()
        do throws(OpenError) {
            var options = try reading.openOptions()
            // The other stream may have other blocks.
            options.ramFiles = []
            options.mustChoose = false
            let opened = try ComparedWith.open(path: second, options: options)
            opened.stream?.readMissing()
            return opened
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Ends a command that prints less than the whole stream.
    ///
    /// - Throws: when something was lost.
    func checkWhole(_ document: Document) throws(CommandFailure) {
        guard let loss = document.loss else { return }
        throw CommandFailure(loss, of: file, "printed")
    }

    /// Ends a command that has written guest memory.
    ///
    /// - Throws: when later copies of that memory may be lost.
    func checkMemory(_ document: Document) throws(CommandFailure) {
        guard let loss = document.memoryLoss else { return }
        let name = FileName.shown(file)
        throw CommandFailure(
            .findings,
            "\(name): \(loss.text): later copies of pages may be lost, so these may be old; "
                + "try: migscope check \(name)")
    }

    /// Opens one of several files for the browser.
    static func open(_ name: String, description: String?) -> Result<Document, FileProblem> {
        do throws(OpenError) {
            let opening = try DocumentOpening(path: name, options: try .usual(description: description))
            while try opening.step() {}
            return .success(try opening.finish())
        } catch {
            return .failure(FileProblem(error.description))
        }
    }

    private func checkTerminal() throws(CommandFailure) {
        if file == "-", isatty(STDIN_FILENO) == 1 {
            throw CommandFailure(.unusable, "-: standard input is a terminal; try: migscope - < FILE")
        }
    }
}
