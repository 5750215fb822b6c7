import ArgumentParser
import Export
import Stream

extension IndexExport.Form: ExpressibleByArgument {}

/// `migscope index`: the stream with its description in another form.
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Write a new stream that stores its description in another form.",
        discussion: """
            object: the JSON alone at the end. array: [ {description}, offset ], which QEMU loads like its own. \
            subsection: configuration/vmdesc points to it; QEMU refuses to load this form, so keep the original.
            Example: migscope index vm.mig --form object -o new.mig
            """)

    @OptionGroup var input: FileArgument

    @Option(help: ArgumentHelp("object, array or subsection.", valueName: "form"))
    var form: IndexExport.Form

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The file to write; - is standard output.", valueName: "out"))
    var output: String

    @OptionGroup var overwriting: OverwriteArgument

    func run() throws {
        let document = try input.open(explains: false)
        let export = try makeExport(document)
        var file = FileSink(try OutputFile(path: output, inputs: input.files, replaces: overwriting.force))
        export.write(form, to: &file)
        try file.finish()
    }

    private func makeExport(_ document: Document) throws(CommandFailure) -> IndexExport {
        do throws(IndexExport.Failure) {
            return try IndexExport(document, form: form)
        } catch {
            throw CommandFailure(.unusable, "\(input.file): \(error); try: another stream or form")
        }
    }
}
