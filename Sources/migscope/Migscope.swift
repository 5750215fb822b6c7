import ArgumentParser

/// The command line. Without the name of a subcommand the first argument is a file to browse.
struct Migscope: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migscope",
        abstract: "Browse QEMU/KVM migration streams in a terminal.",
        usage: """
            migscope FILE [--at OFFSET] [--find TEXT] [--like GOOD] [--against DUMP-VMSTATE.json]
                     [--color[=WHEN]] [--ascii] [--no-mouse]
            migscope --diff A B
            migscope FILE --dump-screen WxH [--keys KEYS] [--color]
            migscope COMMAND FILE …
            """,
        discussion: """
            FILE is opened in the browser, or printed as `migscope tree FILE --depth 1` when standard output is \
            no terminal; `-` is standard input. Numbers are decimal or 0x…, with K, M or G; offsets count from \
            the start of the stream, after `file:` from the start of the file.
            Exit status: 0 all well, 1 findings or no match, 2 usage or unreadable input.
            """,
        version: "migscope \(version)",
        subcommands: [
            BrowseCommand.self, InfoCommand.self, TreeCommand.self, DumpCommand.self, FindCommand.self,
            AtCommand.self, DescCommand.self, PagesCommand.self, ExtractCommand.self, DiffCommand.self,
            MemoryCommand.self, IndexCommand.self, RecordCommand.self, CheckCommand.self,
            ExplainCommand.self, ReportCommand.self, KeysCommand.self, EditCommand.self,
            RepairCommand.self, ConvertCommand.self, ShareCommand.self,
        ],
        defaultSubcommand: BrowseCommand.self)

    static let version = "0.1.0"
}
