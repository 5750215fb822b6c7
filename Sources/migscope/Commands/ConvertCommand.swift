import ArgumentParser
import Bytes
import Edit
import Memory
import Stream

/// `migscope convert`: a stream without its container, or in another form.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write the stream of FILE as a bare stream that a QEMU without capabilities loads.",
        usage:
            "migscope convert FILE [--to plain|mapped-ram] [--xml XML] [--compress NAME] [--description HOW] -o OUT",
        discussion: """
            OUT has no container, no bytes before and after the stream, no XBZRLE, compressed pages, mapped-ram or \
            package of postcopy, and each page once. With --xml, OUT is a libvirt save image. With \
            --compress, the stream in it, or OUT itself, is compressed.
            Example: migscope convert snapshot.qcow2 -o vm.mig
            """)

    @OptionGroup var input: SourceArgument

    @Option(help: ArgumentHelp("plain, or mapped-ram.", valueName: "form"))
    var to = "plain"

    @OptionGroup var image: ImageArguments

    @Option(help: ArgumentHelp("strip or rebuild the description.", valueName: "how"))
    var description: String?

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The file to write.", valueName: "out"))
    var output: String

    @OptionGroup var overwriting: OverwriteArgument

    func run() throws {
        guard let form = Conversion.Form(rawValue: to) else {
            throw CommandFailure(.unusable, "--to \(to): expected plain or mapped-ram; try: --to mapped-ram")
        }
        let document = try input.open(explains: false)
        guard form == .plain || !image.isImage else {
            throw CommandFailure(.unusable, "\(input.file): --xml and --compress require --to plain")
        }
        if let description {
            let draft: StreamDraft
            do throws(EditError) {
                guard form == .plain else {
                    throw EditError("--description requires --to plain; convert again with it")
                }
                draft = try edited(document, description)
            } catch {
                throw CommandFailure(.unusable, "\(input.file): \(error.description)")
            }
            return try write(draft)
        }
        let conversion = Conversion(document, as: form)
        try write(conversion)
        if let loss = conversion.loss { throw CommandFailure(loss, of: input.file, "written") }
    }

    private func write(_ source: some PieceSource) throws(CommandFailure) {
        try image.write(source, to: output, inputs: input.files, replaces: overwriting.force)
    }

    private func edited(_ document: Document, _ how: String) throws(EditError) -> StreamDraft {
        guard let edit = StreamEdit("description", [how]) else {
            throw EditError("--description \(how): expected strip or rebuild; try: --description rebuild")
        }
        var editor = StreamEditor(try StreamDraft(document)) { path throws(EditError) in
            try EditFiles.open(path)
        }
        _ = try editor.apply(.cutTrailing)
        _ = try editor.apply(edit)
        return editor.draft
    }
}
