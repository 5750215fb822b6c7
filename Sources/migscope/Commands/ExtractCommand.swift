import ArgumentParser
import Bytes
import Export
import Stream

/// `migscope extract`: bytes to a file.
struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Write a RAM block as the guest had it, a node, or a range to a file.",
        usage: "migscope extract FILE (--block NAME | --path PATH | --range OFFSET+LENGTH) -o OUT",
        discussion: """
            Zero and absent pages of a block are left as holes. OUT is created with mode 0600.
            Example: migscope extract vm.mig --block pc.ram -o ram.bin
            """)

    @OptionGroup var input: FileArgument

    @Option(help: ArgumentHelp("A RAM block, such as pc.ram.", valueName: "name"))
    var block: String?

    @Option(help: ArgumentHelp("The bytes of a node, such as timer:0/cpu_clock_offset.", valueName: "path"))
    var path: String?

    @Option(help: ArgumentHelp("Bytes of the stream, such as 0x1000+4K.", valueName: "offset+length"))
    var range: RangeArgument?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The file to write; - is standard output.", valueName: "out"))
    var output: String

    @OptionGroup var overwriting: OverwriteArgument

    func validate() throws {
        guard [block != nil, path != nil, range != nil].filter({ $0 }).count == 1 else {
            throw ValidationError("give one of --block, --path and --range")
        }
    }

    func run() throws {
        let document = try input.open(explains: false)
        if let block { return try write(block: block, of: document) }
        let (bytes, region) = try chosen(of: document)
        var file = try OutputFile(path: output, inputs: input.files, replaces: overwriting.force)
        for start in stride(from: bytes.lowerBound, to: bytes.upperBound, by: Self.pieceSize) {
            let piece = start..<min(start + Self.pieceSize, bytes.upperBound)
            try file.write(region.copy(piece), at: start - bytes.lowerBound)
        }
        try file.finish(length: bytes.count)
    }

    private static let pieceSize = 1 << 20

    // The bytes and their region: a node of a container is not part of the stream.
    private func chosen(of document: Document) throws(CommandFailure) -> (Range<Int>, MappedRegion) {
        if let range { return (try range.resolved(in: document), document.store.region) }
        let node = document.tree.node(try PlaceArgument.path(path ?? "", document, .findings))
        return (node.range, document.store.region(of: node.space))
    }

    private func write(block: String, of document: Document) throws {
        guard let extract = BlockExtract(document, block: block, index: document.ramIndex()) else {
            throw CommandFailure(.findings, "\(block): no such RAM block; try: migscope info FILE")
        }
        var file = try OutputFile(path: output, inputs: input.files, replaces: overwriting.force)
        let absent = try extract.write(to: &file)
        if absent > 0 {
            throw CommandFailure(
                .findings,
                "\(block): \(absent) pages are not in the stream and were left as holes\(document.lossWords)")
        }
        try input.checkMemory(document)
    }
}
