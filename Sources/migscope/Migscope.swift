import ArgumentParser

/// The command line. Without a subcommand, the first argument is a file to browse.
struct Migscope: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migscope",
        abstract: "Browse QEMU/KVM migration streams in a terminal.",
        usage: usageText,
        discussion: """
            FILE is opened in the browser, or printed as `migscope tree FILE --depth 1` when standard output is \
            no terminal; `-` is standard input, which may also stand alone: migscope < FILE. Numbers are decimal \
            or 0x…, with K, M or G (powers of 1024); offsets count from the start of the stream, after `file:` \
            from the start of the file. +ACTION opens the browser and does it: migscope vm.mig +ram-map, \
            migscope vm.mig +':cpu:0'.
            Exit status: 0 all well, 1 findings or no match, 2 usage or unreadable input.
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
