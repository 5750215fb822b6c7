import ArgumentParser
import Export
import Stream

/// `migscope tree`: the tree as text.
struct TreeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Print the tree: offset, size and name of each node.",
        discussion: "RAM is listed only below a PATH that lies in it.")

    @OptionGroup var input: FileArgument

    @Argument(help: "Start at this node: timer:0, cpu:0/env.regs, an offset, pc.ram@0x1000.")
    var path: String?

    @Option(help: ArgumentHelp("Go down this many levels only.", valueName: "n"))
    var depth: CountArgument?

    @Flag(help: "Print the values of the fields.")
    var values = false

    func run() throws {
        let document = try input.open()
        let start = try startingPoint(in: document)
        var output = StandardOutput()
        TreeExport(document).write(from: start, depth: depth?.value, values: values, to: &output)
        output.flush()
    }

    private func startingPoint(in document: Document) throws(CommandFailure) -> NodePath {
        guard let path else { return .root }
        do throws(PlaceError) {
            return try document.place(path, from: 0).path
        } catch {
            throw CommandFailure(.findings, "\(error); try: migscope tree FILE --depth 1")
        }
    }
}
