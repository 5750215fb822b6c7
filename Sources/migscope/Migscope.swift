import ArgumentParser

/// The command line. Without a subcommand, the first argument is a file to browse.
struct Migscope: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migscope",
        abstract: "Browse QEMU/KVM migration streams in a terminal.",
        usage: usageText,
        discussion: """
            FILE is opened in the browser, or printed as `migscope tree FILE --depth 1` if standard output is \
            not a terminal. `-` is standard input; migscope < FILE also works. Numbers are decimal \
            or 0x…, with K, M or G (powers of 1024). Offsets count from the start of the stream; after `file:` \
            they count from the start of the file. +ACTION opens the browser and runs the action: \
            migscope vm.mig +ram-map, migscope vm.mig +':cpu:0'.
            Exit status: 0 success, 1 findings or no match, 2 usage or unreadable input.
            Example: migscope info vm.mig
            """,
        version: "migscope \(Program.version)",
        subcommands: [
            BrowseCommand.self, InfoCommand.self, TreeCommand.self, DumpCommand.self, FindCommand.self,
            AtCommand.self, DescCommand.self, PagesCommand.self, ExtractCommand.self, DiffCommand.self,
            MemoryCommand.self, IndexCommand.self, RecordCommand.self, CheckCommand.self,
            ExplainCommand.self, CompareCommand.self, ReportCommand.self, KeysCommand.self,
            SchemaCommand.self, SettingsCommand.self, EditCommand.self, RepairCommand.self,
            ConvertCommand.self, ShareCommand.self,
        ],
        defaultSubcommand: BrowseCommand.self)

    /// The usage text, also printed when there are no arguments.
    static let usageText = """
        migscope FILE [--at OFFSET] [--find TEXT] [--like GOOD] [--against DUMP-VMSTATE.json]
                 [--color[=WHEN]] [--ascii] [--no-mouse] [+ACTION…]
        migscope --diff A B
        migscope FILE --dump-screen WxH [--keys KEYS] [--color]
        migscope COMMAND FILE …
        """
}
