import ArgumentParser
import Bytes
import Export
import Query

/// `migscope find`: names, values or bytes.
struct FindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Print the nodes whose name matches: offset, path, value.",
        usage: """
            migscope find FILE TEXT [--regex] [--values] [--limit N]
            migscope find FILE --bytes HEX [--limit N]
            """,
        discussion: "TEXT without an upper-case letter ignores case.")

    @OptionGroup var input: FileArgument

    @Argument(help: "A part of a name.")
    var text: String?

    @Flag(help: "TEXT is a regular expression.")
    var regex = false

    @Flag(help: "Match the values of the fields too.")
    var values = false

    @Option(
        help: ArgumentHelp("Find these bytes in the stream, ?? is any byte: 7e????0005.", valueName: "hex"))
    var bytes: String?

    @Option(help: ArgumentHelp("Print at most this many matches.", valueName: "n"))
    var limit: CountArgument?

    func validate() throws {
        guard (text == nil) != (bytes == nil) else {
            throw ValidationError("give either TEXT or --bytes HEX")
        }
        if text?.isEmpty == true { throw ValidationError("TEXT is empty") }
        if bytes != nil, regex || values {
            throw ValidationError("--regex and --values go with TEXT, not with --bytes")
        }
    }

    func run() throws {
        // A pattern that can't be read must not cost the opening of a large file.
        let query = try makeQuery()
        let document = try input.open()
        let export = FindExport(document, limit: limit?.value ?? .max)
        var output = StandardOutput()
        let count =
            switch query {
            case .names(let text): export.writeNames(containing: text, to: &output)
            case .nodes(let pattern): export.writeNodes(matching: pattern, values: values, to: &output)
            case .bytes(let pattern): export.writeBytes(matching: pattern, to: &output)
            }
        output.flush()
        if count == 0 { throw CommandFailure(.findings) }
    }

    private enum Query {
        case names(String)
        case nodes(TextPattern)
        case bytes(BytePattern)
    }

    private func makeQuery() throws -> Query {
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
