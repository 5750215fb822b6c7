import ArgumentParser
import Bytes
import Edit
import Stream

/// The container for an output stream: the header of a libvirt save image, and the compression.
struct ImageArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write a libvirt save image with the domain XML of this text file or image.", valueName: "file"),
        completion: .file())
    var xml: String?

    @Flag(help: "With --xml: the guest is paused when it is restored.")
    var paused = false

    @Option(
        help: ArgumentHelp(
            "Compress the stream: raw, gzip, bzip2, xz, lzop or zstd, as libvirt does (9.0 has no zstd).",
            valueName: "name"),
        completion: .list(["raw"] + Packing.names))
    var compress = "raw"

    /// The files that are read for it.
    var files: [String] { xml.map { [$0] } ?? [] }

    /// Whether the output is more than the bare stream.
    var isImage: Bool { xml != nil || compress != "raw" }

    /// Writes the bytes of `source` to the file at `output`, in the requested container, and verifies them.
    func write(
        _ source: some PieceSource, to output: String, inputs: [String], replaces: Bool
    ) throws(CommandFailure) {
        let packing = Packing(compress)
        guard packing != nil || compress == "raw" else {
            throw CommandFailure(
                .unusable,
                "--compress \(compress): expected raw, \(Packing.names.joined(separator: ", ")); try: --compress zstd"
            )
        }
        let head: [UInt8]
        do throws(EditError) {
            head =
                try xml.map { path throws(EditError) in
                    try header(path, format: packing?.libvirtFormat ?? 0)
                } ?? []
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
        try StreamFile.write(
            output, inputs: inputs + files, replaces: replaces,
            verify: { region throws(EditError) in
                guard region.matches(head, at: 0) else {
                    throw EditError("the output differs when it is read back")
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
    }

    private static let textLimit = 16 << 20

    // For a save image, the text with the length in its header; for any other file, the whole file.
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

    /// Prints on standard error how to make a save image again, when a bare stream was extracted from one.
    func hint(_ document: Document, _ output: String) {
        guard xml == nil, document.store.container.layers.contains(where: { $0.name == "libvirt" }) else {
            return
        }
        CommandFailure.say(
            "\(output): a bare stream; for virsh restore, give --xml an image or a text file with the XML")
    }
}
