import Foundation
import Testing

/// Wrong arguments: exit status 2 and one line; help and version on standard output.
@Suite struct UsageTests {
    @Test(arguments: [
        [], ["info"], ["at", "FILE"], ["at", "FILE", "nowhere"], ["at", "FILE", "-1"], ["FILE", "--bogus"],
        ["tree", "FILE", "--depth", "-1"], ["tree", "FILE", "--depth", "9999999999999999999G"],
        ["find", "FILE"], ["find", "FILE", "x", "--bytes", "00"], ["find", "FILE", ""],
        ["find", "FILE", "--bytes", "0"], ["find", "FILE", "--bytes", "zz"],
        ["find", "FILE", "(", "--regex"],
        ["find", "FILE", "--bytes", "00", "--values"], ["dump", "FILE", "--format", "xml"],
        ["dump", "FILE", "--all", "--format", "json"], ["desc", "FILE", "--raw", "--outline"],
        ["FILE", "--keys", "j"], ["FILE", "--dump-screen", "80"], ["FILE", "--dump-screen", "0x24"],
        ["FILE", "--dump-screen", "80x24x2"], ["FILE", "--dump-screen", "9999999x1"],
        ["FILE", "--color=pink"], ["FILE", "--at", "0xzz"], ["FILE", "EXTRA", "EXTRA"],
        ["FILE", "--follow"], ["FILE", "--follow", "--dump-screen", "80x24"], ["info", "FILE", "--follow"],
        ["at", "FILE", "1G"], ["FILE", "--at", "file:1G", "--dump-screen", "20x5"],
    ])
    func isRefused(_ arguments: [String]) throws {
        let given = arguments.map { $0 == "FILE" ? Sample.path : $0 }
        let outcome = try Program.run(Program.url, given)
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(
            outcome.errors.hasPrefix("migscope: ") && outcome.errors.contains("try:"), "\(outcome.errors)")
    }

    /// The help that is named is that of the command.
    @Test(
        arguments: [
            (["find", "FILE"], "try: migscope find --help"), (["tree"], "try: migscope tree --help"),
            (["FILE", "--at"], "try: migscope --help"),
        ] as [([String], String)])
    func helpOfTheCommand(_ arguments: [String], _ advice: String) throws {
        let outcome = try Program.run(Program.url, arguments.map { $0 == "FILE" ? Sample.path : $0 })
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(advice), "\(outcome.errors)")
    }

    /// Options that can't be meant, and places that are not there; said before anything is printed.
    @Test(arguments: [
        ["compare", "FILE", "cpu:0", "cpu:9"], ["report", "FILE", "nowhere"],
        ["info", "FILE", "--stream", "0"],
        ["info", "FILE", "--member", "foo"], ["info", "FILE", "--snapshot", "foo"], ["FILE", "--at", "zz"],
        ["FILE", "--find", "x"], ["FILE", "+ram-map"], ["help", "frobnicate"], ["at", "FILE", "4Q"],
        ["record", "--listen", "foo", "--to", "1", "-o", "x"], ["info", "FILE", "--ram", "foo"],
        ["find", "FILE", "x", "--limit", "-1"], ["convert", "FILE", "--to", "foo", "-o", "x"],
        ["edit", "FILE", "--set", "foo", "-o", "x"], ["edit", "FILE", "--resize", "foo", "-o", "x"],
    ])
    func isSaid(_ arguments: [String]) throws {
        let outcome = try Program.run(Program.url, arguments.map { $0 == "FILE" ? Sample.path : $0 })
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("try:"), "\(outcome.errors)")
    }

    @Test func messagesEndOnce() throws {
        for words in [
            ["find", Sample.path, "--where", "vlaue == 5"], ["info", Sample.path, "--jsn"], ["help", "inf"],
            ["inf", Sample.path],
        ] {
            let outcome = try Program.run(Program.url, words)
            #expect(outcome.status == 2 && outcome.errors.hasSuffix("?\n"), "\(outcome.errors)")
            #expect(!outcome.errors.contains("try:"), "\(outcome.errors)")
        }
    }

    @Test func nothingIsPrintedOfWhatIsNotThere() throws {
        for words in [
            ["pages", Sample.path, "--block", "nope"],
            ["dump", Sample.path, "--section", "nope", "--header"],
            ["dump", Sample.path, "--section", "nope", "--json"],
        ] {
            let outcome = try Program.run(Program.url, words)
            #expect(outcome.status == 1 && outcome.output.isEmpty && !outcome.errors.isEmpty, "\(words)")
        }
    }

    @Test func commandsTakeStandardInput() throws {
        let input = try #require(FileHandle(forReadingAtPath: Sample.path))
        let outcome = try Program.run("info", input: input)
        #expect(outcome.status == 0 && outcome.output.contains("pc-q35-10.0"))
    }

    /// What is pasted from an example is all of it: no line of one is broken.
    @Test func examplesAreWhole() throws {
        for command in [
            "info", "tree", "dump", "find", "at", "desc", "pages", "extract", "check", "explain", "diff",
            "memory", "index", "report", "keys", "schema", "settings", "compare", "browse", "edit", "repair",
            "convert", "share", "record",
        ] {
            let help = try Program.run(command, "--help").output
            let start = try #require(help.firstRange(of: "Example: "), "\(command)")
            let lines = help[start.lowerBound...].split(separator: "\n", omittingEmptySubsequences: false)
                .prefix { !$0.isEmpty }
            for line in lines {
                let text = line.drop { $0 == " " }.replacing("Example: ", with: "")
                #expect(text.hasPrefix("migscope "), "\(command): \(line)")
            }
            #expect(!help.contains(" \\\n") && !help.contains("> ~/.config"), "\(command)")
        }
    }

    @Test(arguments: [
        ["--help"], ["help"], ["help", "find"], ["browse", "--help"], ["info", "--help"], ["tree", "--help"],
        ["dump", "--help"], ["find", "--help"], ["at", "--help"], ["desc", "--help"],
    ])
    func helpGoesToStandardOutput(_ arguments: [String]) throws {
        let outcome = try Program.run(Program.url, arguments)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("USAGE: migscope"))
        #expect(outcome.errors.isEmpty)
    }

    @Test func version() throws {
        let outcome = try Program.run("--version")
        #expect(outcome.status == 0)
        #expect(outcome.output.wholeMatch(of: /migscope \d+\.\d+\.\d+\n/) != nil)
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completions(_ shell: String) throws {
        let outcome = try Program.run("--generate-completion-script", shell)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("--complete"))
    }

    /// Each long option that the program has stands in the man page.
    @Test func manPageNamesAllOptions() throws {
        let page = try manPage()
        let commands = [
            "browse", "info", "tree", "dump", "find", "at", "desc", "pages", "extract", "check", "explain",
            "diff", "memory", "index", "report", "keys", "schema", "settings", "compare", "edit", "repair",
            "convert", "share", "record",
        ]
        for command in commands {
            let help = try Program.run("help", command).output
            for option in help.matches(of: /--([a-z]+(?:-[a-z]+)*)/) where option.1 != "help" {
                let spelling = "\\-\\-" + option.1.replacingOccurrences(of: "-", with: "\\-")
                #expect(page.contains(spelling), "\(option.0) of \(command)")
            }
        }
    }

    /// The synopsis of a command has its own options; those of all files are explained once.
    @Test(arguments: [
        "info", "tree", "dump", "find", "at", "desc", "pages", "extract", "check", "explain", "diff",
        "memory",
        "index", "report", "keys", "settings", "compare", "edit", "repair", "convert", "share", "record",
    ]) func synopsisHasAllOptions(_ command: String) throws {
        let page = try manPage()
        let start = try #require(page.range(of: ".SH SYNOPSIS")).upperBound
        let end = try #require(page.range(of: ".SH DESCRIPTION")).lowerBound
        let lines = page[start..<end].replacingOccurrences(of: "\\-", with: "-").split(separator: "\n")
        let synopsis = lines.indices.filter { lines[$0] == ".SY \"migscope \(command)\"" }.map {
            lines[$0 + 1]
        }
        #expect(!synopsis.isEmpty)
        let ofFiles = [
            "description", "snapshot", "member", "channel", "ram", "offset", "search", "max-unpacked",
            "stream",
            "sample", "version", "help",
        ]
        let help = try Program.run("help", command).output
        for option in help.matches(of: /\n  (-[a-z], )?--([a-z]+(?:-[a-z]+)*)/) {
            let name = String(option.2)
            guard !ofFiles.contains(name) else { continue }
            let spelling = name == "output" ? "-o" : "--" + name
            #expect(synopsis.contains { $0.contains(spelling) }, "--\(name) of \(command)")
        }
    }

    /// `make man` puts the list of actions into the man page.
    @Test func manPageHasTheKeys() throws {
        let keys = try Program.run("keys", "--man").output
        #expect(keys.contains(".SS Move"))
        #expect(try manPage().contains("make man\n\(keys).\\\" keys: end"))
    }

    /// And the codes of findings.
    @Test func manPageHasTheCodes() throws {
        let codes = try Program.run("explain", "--man").output
        #expect(codes.contains(".B footer\\-missing\n"))
        #expect(try manPage().contains("make man\n\(codes).\\\" codes: end"))
    }

    @Test func codesAreExplained() throws {
        let outcome = try Program.run("explain", "footer-missing", "gap")
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                Sections
                  footer-missing  No footer where the body should end.
                  gap             Bytes that belong to no known record.

                """)
        let all = try Program.run("explain", "--codes", "--json").output
        #expect(all.contains("{\"code\": \"header-magic\", \"subject\": \"Header and configuration\", "))
        #expect(try Program.run("explain", "gap", "load of migration failed").status == 2)
        #expect(try Program.run("explain", "--codes", "gap").status == 2)
    }

    private func manPage() throws -> String {
        let root = Sample.fixtures.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("man/migscope.1"), encoding: .utf8)
    }
}
