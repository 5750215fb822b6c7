import ArgumentParser
import Bytes
import Edit
import Memory
import Stream

/// `migscope convert`: a stream out of its container, or in another form.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write the stream of FILE as a bare stream that a QEMU without capabilities loads.",
        usage:
            "migscope convert FILE [--to plain|mapped-ram] [--stream N] [--xml XML] [--description HOW] -o OUT",
        discussion: """
            Containers, what is before and after the stream, XBZRLE, compressed pages, mapped-ram and the package of \
            postcopy are gone; each page is there once. With --xml OUT is a libvirt save image.
            """)

    @OptionGroup var input: SourceArgument

    @Option(help: ArgumentHelp("plain, or mapped-ram.", valueName: "form"))
    var to = "plain"

    @Option(help: ArgumentHelp("Which of several streams in the file, from 1.", valueName: "n"))
    var stream = 1

    @Option(
        help: ArgumentHelp(
            "The domain XML of a libvirt save image, from a text file or from another image.",
            valueName: "file"),
        completion: .file())
    var xml: String?

    @Flag(help: "With --xml: the guest is paused when it is restored.")
    var paused = false

    @Option(help: ArgumentHelp("strip or rebuild the description.", valueName: "how"))
    var description: String?

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The file to write.", valueName: "out"))
    var output: String

    @OptionGroup var overwriting: OverwriteArgument

    func run() throws {
        guard let form = Conversion.Form(rawValue: to) else {
            throw CommandFailure(.unusable, "--to \(to): expected plain or mapped-ram")
        }
        let document = try input.open()
        let inputs = [input.file] + (xml.map { [$0] } ?? [])
        do throws(EditError) {
            let head = try xml.map { path throws(EditError) in try header(path) } ?? []
            if let description {
                guard form == .plain, stream == 1 else {
                    throw EditError(
                        "--description goes with the first stream, as plain; convert again with it")
                }
                return try edited(document, description, head, inputs)
            }
            let conversion = try Conversion(document, stream: stream, as: form)
            guard head.isEmpty || form == .plain else { throw EditError("--xml goes with --to plain") }
            try write(inputs, head, { region throws(EditError) in try conversion.verify(region) }) {
                file throws(EditError) in try conversion.write(to: &file)
            }
        } catch {
            throw CommandFailure(.unusable, "\(input.file): \(error.description)")
        }
    }

    private func edited(
        _ document: Document, _ how: String, _ head: [UInt8], _ inputs: [String]
    ) throws(EditError) {
        guard let edit = StreamEdit("description", [how]) else {
            throw EditError("--description \(how): expected strip or rebuild")
        }
        var editor = StreamEditor(try StreamDraft(document)) { path throws(EditError) in
            try EditFiles.open(path)
        }
        _ = try editor.apply(.cutTrailing)
        _ = try editor.apply(edit)
        let draft = editor.draft
        try write(inputs, head, { region throws(EditError) in try draft.verify(region) }) {
            file throws(EditError) in try draft.write(to: &file)
        }
    }

    private func write(
        _ inputs: [String], _ head: [UInt8], _ verify: (MappedRegion) throws(EditError) -> Void,
        _ write: (inout StreamFile) throws(EditError) -> Void
    ) throws(EditError) {
        do throws(CommandFailure) {
            try StreamFile.write(
                output, inputs: inputs,
                replaces: overwriting.force,
                verify: { region throws(EditError) in
                    guard region.matches(head, at: 0) else {
                        throw EditError("what was written reads differently")
                    }
                    try verify(head.isEmpty ? region : region.slice(head.count..<region.count))
                },
                { file throws(EditError) in
                    if !head.isEmpty { try file.put(head) }
                    try write(&file)
                })
        } catch {
            throw EditError(error.message)
        }
    }

    private static let textLimit = 16 << 20

    // Of an image the text that its header tells, of any other file all of it.
    private func header(_ path: String) throws(EditError) -> [UInt8] {
        do throws(OpenError) {
            let region = try MappedRegion.open(path: path)
            var text = region.copy(0..<min(region.count, Self.textLimit))
            var cookie: [UInt8] = []
            if let image = LibvirtHeader.parts(region) { (text, cookie) = image }
            do throws(EditError) {
                return try LibvirtHeader.bytes(xml: text, cookie: cookie, isRunning: !paused)
            } catch {
                throw OpenError.notAStream(path: path, found: error.description, advice: "")
            }
        } catch {
            throw EditError(error.description)
        }
    }
}

/// The file that is edited, with no more than it takes to open one.
struct SourceArgument: ParsableArguments {
    @Argument(help: "A migration stream.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("The snapshot of a qcow2 image, by name or id.", valueName: "name"))
    var snapshot: String?

    func open() throws(CommandFailure) -> Document {
        do throws(OpenError) {
            var options = try OpenOptions.usual()
            options.snapshot = snapshot
            return try Document.open(path: file, options: options)
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
    }
}
