import ArgumentParser
import Bytes
import Export
import Query
import Stream

/// `migscope find`: names, values or bytes.
struct FindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Print the nodes whose name matches: offset, path, value.",
        usage: """
            migscope find FILE TEXT [--regex] [--values] [--limit N]
            migscope find FILE --bytes HEX [--limit N]
            migscope find FILE --where FILTER [--limit N]
            """,
        discussion: """
            TEXT without an upper-case letter ignores case. --context adds columns: the meaning of the bits, the \
            name in manuals, and the guest address of a byte in RAM.
            Example: migscope find vm.mig VIRTIO_NET_F_MRG_RXBUF
                     migscope find vm.mig --where 'type == timer && armed' --ndjson
            """)

    @OptionGroup var input: FileArgument

    @Argument(help: "A part of a name, or words across a path: 'cpu rip'.")
    var text: String?

    @Flag(help: "TEXT is a regular expression.")
    var regex = false

    @Flag(help: "Match the values of the fields too.")
    var values = false

    @Option(
        help: ArgumentHelp("Find these bytes in the stream, ?? is any byte: 7e????0005.", valueName: "hex"))
    var bytes: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Find the nodes that match this: 'type == timer && armed'.", valueName: "filter")
    )
    var condition: String?

    @Option(help: ArgumentHelp("Print at most N matches; 0 prints none and exits with 1.", valueName: "n"))
    var limit: CountArgument?

    @OptionGroup var records: RecordArguments

    @Flag(help: "Add meaning, label and guest address.")
    var context = false

    @Flag(help: "Print the names of the columns first.")
    var header = false

    @Option(help: ArgumentHelp("Offsets in hex (the default) or dec.", valueName: "form"))
    var offsets: OffsetForm?

    func validate() throws {
        guard [text, bytes, condition].filter({ $0 != nil }).count == 1 else {
            throw ValidationError("give one of TEXT, --bytes HEX and --where FILTER")
        }
        if text?.isEmpty == true { throw ValidationError("TEXT is empty") }
        if bytes != nil, regex || values {
            throw ValidationError("--regex and --values require TEXT, not --bytes")
        }
        if condition != nil, regex || values {
            throw ValidationError("--regex and --values require TEXT, not --where")
        }
        if records.form != nil, header || context || offsets != nil {
            throw ValidationError(
                "--header, --context and --offsets apply to lines; records contain everything")
        }
    }

    func run() throws {
        // Reject an invalid pattern before the file is opened, which may take long.
        let query = try makeQuery()
        let document = try input.open()
        var export = FindExport(
            document, limit: limit?.value ?? .max, form: records.form, offsets: offsets ?? .hex,
            hasContext: context)
        var output = StandardOutput()
        if header { export.writeHeader(to: &output) }
        let count: Int
        var filterRun: FilterRun?
        switch query {
        case .names(let text): count = try find(text, document, &export, &output)
        case .nodes(let pattern): count = find(pattern, document, &export, &output)
        case .bytes(let pattern): count = export.writeBytes(matching: pattern, to: &output)
        case .filter(let filter):
            let run = try FilterArgument.run(filter, document)
            count = export.writeNodes(where: run, to: &output)
            filterRun = run
        }
        export.finish(to: &output)
        output.flush()
        try input.checkWhole(document)
        guard count == 0 else { return }
        throw filterRun.map(FilterArgument.nothingFound) ?? CommandFailure(.findings)
    }

    // Searches names; without a match, words across paths, as in the browser.
    private func find(
        _ text: String, _ document: Document, _ export: inout FindExport, _ output: inout StandardOutput
    ) throws -> Int {
        let parts = text.split(separator: " ").map { NameMatcher(String($0)) }
        if document.mayHide({ name in parts.contains { $0.matches(name) } }) { document.openLivePart() }
        let count = export.writeNames(containing: text, to: &output)
        guard count == 0, let words = Filter.acrossPath(text) else { return count }
        return export.writeNodes(where: FilterRun(try FilterArgument.parse(words), document), to: &output)
    }

    // Any node may have a matching value. A large live part is read for it only if nothing else matches.
    private func find(
        _ pattern: TextPattern, _ document: Document, _ export: inout FindExport,
        _ output: inout StandardOutput
    ) -> Int {
        if values ? document.isKnownToHide : document.mayHide({ pattern.matches(bytes: Array($0)) }) {
            document.openLivePart()
        }
        let count = export.writeNodes(matching: pattern, values: values, to: &output)
        guard count == 0, values, document.mayHideNodes else { return count }
        document.openLivePart()
        return export.writeNodes(matching: pattern, values: values, to: &output)
    }

    private enum Query {
        case names(String)
        case nodes(TextPattern)
        case bytes(BytePattern)
        case filter(Filter)
    }

    private func makeQuery() throws -> Query {
        if let condition { return .filter(try FilterArgument.parse(condition)) }
        if let bytes {
            guard let pattern = BytePattern(bytes) else {
                throw CommandFailure(
                    .unusable, "--bytes \(bytes): expected pairs of hex digits or ??; try: 7e????0005")
            }
            return .bytes(pattern)
        }
        let text = text ?? ""
        guard regex else { return values ? .nodes(TextPattern(part: text)) : .names(text) }
        do throws(TextPattern.Failure) {
            return .nodes(try TextPattern(expression: text))
        } catch {
            throw CommandFailure(.unusable, "--regex \(error); try: without --regex")
        }
    }
}
