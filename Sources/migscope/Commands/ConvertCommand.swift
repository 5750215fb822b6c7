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
            "migscope convert FILE [--to plain|mapped-ram] [--xml XML] [--compress NAME] [--description HOW] -o OUT",
        discussion: """
            Containers, what is before and after the stream, XBZRLE, compressed pages, mapped-ram and the package of \
            postcopy are gone; each page is there once. With --xml OUT is a libvirt save image. With \
            --compress the stream in it, or OUT itself, is packed.
            Example: migscope convert snapshot.qcow2 -o vm.mig
            """)

    @OptionGroup var input: SourceArgument

    @Option(help: ArgumentHelp("plain, or mapped-ram.", valueName: "form"))
    var to = "plain"

    @Option(
        help: ArgumentHelp(
            "The domain XML of a libvirt save image, from a text file or from another image.",
            valueName: "file"),
        completion: .file())
    var xml: String?

    @Flag(help: "With --xml: the guest is paused when it is restored.")
    var paused = false

    @Option(
        help: ArgumentHelp("raw, gzip, bzip2, xz, lzop or zstd, as libvirt has it.", valueName: "name"),
        completion: .list(["raw"] + Packing.names))
    var compress = "raw"

    @Option(help: ArgumentHelp("strip or rebuild the description.", valueName: "how"))
    var description: String?

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The file to write.", valueName: "out"))
    var output: String

    @OptionGroup var overwriting: OverwriteArgument

    func run() throws {
        guard let form = Conversion.Form(rawValue: to) else {
            throw CommandFailure(.unusable, "--to \(to): expected plain or mapped-ram; try: --to mapped-ram")
        }
        let packing = Packing(compress)
        guard packing != nil || compress == "raw" else {
            throw CommandFailure(
                .unusable,
                "--compress \(compress): expected raw, \(Packing.names.joined(separator: ", ")); try: --compress zstd"
            )
        }
        let document = try input.open(explains: false)
        let loss: Document.Loss?
        do throws(EditError) {
            guard form == .plain || (xml == nil && packing == nil) else {
                throw EditError("--xml and --compress go with --to plain")
            }
            let head = try xml.map { path throws(EditError) in
                try header(path, format: packing?.libvirtFormat ?? 0)
            }
            if let description {
                guard form == .plain else {
                    throw EditError("--description goes with --to plain; convert again with it")
                }
                return try write(try edited(document, description), head ?? [], packing)
            }
            let conversion = Conversion(document, as: form)
            try write(conversion, head ?? [], packing)
            loss = conversion.loss
        } catch {
            throw CommandFailure(.unusable, "\(input.file): \(error.description)")
        }
        if let loss { throw CommandFailure(loss, of: input.file, "written") }
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

    private func write(
        _ source: some PieceSource, _ head: [UInt8], _ packing: Packing?
    ) throws(EditError) {
        do throws(CommandFailure) {
            try StreamFile.write(
                output, inputs: input.files + (xml.map { [$0] } ?? []),
                replaces: overwriting.force,
                verify: { region throws(EditError) in
                    guard region.matches(head, at: 0) else {
                        throw EditError("what was written reads differently")
                    }
                    let content = head.isEmpty ? region : region.slice(head.count..<region.count)
                    guard let packing else { return try source.verify(content) }
                    try packing.verify(source, content)
                },
                { file throws(EditError) in
                    if !head.isEmpty { try file.put(head) }
                    guard let packing else { return try source.write(to: &file) }
                    try packing.write(source, to: &file)
                })
        } catch {
            throw EditError(error.message)
        }
    }

    private static let textLimit = 16 << 20

    // Of an image the text that its header tells, of any other file all of it.
    private func header(_ path: String, format: Int) throws(EditError) -> [UInt8] {
        let region: MappedRegion
        do throws(OpenError) {
            region = try MappedRegion.open(path: path)
        } catch {
            throw EditError("--xml \(error.description)")
        }
        var text = region.copy(0..<min(region.count, Self.textLimit))
        var cookie: [UInt8] = []
        if let image = LibvirtHeader.parts(region) { (text, cookie) = image }
        do throws(EditError) {
            return try LibvirtHeader.bytes(xml: text, cookie: cookie, isRunning: !paused, format: format)
        } catch {
            throw EditError("--xml \(FileName.shown(path)): \(error.description)")
        }
    }
}
