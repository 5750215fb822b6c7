import Foundation
import Testing

/// What shells offer: the words themselves, and in each shell that is there the script around them.
@Suite struct CompletionTests {
    private func words(_ typed: String...) throws -> [String] {
        let outcome = try Program.run(Program.url, ["--complete"] + typed)
        #expect(outcome.status == 0)
        return outcome.lines.map { String($0.split(separator: "\t").first ?? "") }
    }

    @Test func commandsFilesAndOptions() throws {
        #expect(try words("in") == ["info", "index", ":files"])
        #expect(try words("--dump-s").contains("--dump-screen"))
        #expect(try words("find", Sample.path, "x", "--li") == ["--limit"])
        #expect(try words("vm.mig", "--theme", "d") == ["dark"])
        #expect(try words("check", "vm.mig", "--like", "") == [":files"])
    }

    @Test func namesFromTheFile() throws {
        #expect(try words("dump", Sample.path, "--section", "tim") == ["timer", "timer:0"])
        #expect(try words("pages", Sample.path, "--block", "pc.r").contains("pc.ram"))
        #expect(try words("tree", Sample.path, "mc146") == ["mc146818rtc:0"])
        #expect(
            try words("tree", Sample.path, "timer:0/cpu_") == [
                "timer:0/cpu_ticks_offset", "timer:0/cpu_clock_offset",
            ])
        #expect(try words("find", Sample.path, "RFL").contains("RFLAGS"))
        #expect(try words("find", Sample.path, "--where", "mean") == ["meaning"])
        #expect(try words("pages", Sample.path, "--block=pc.r").contains("--block=pc.ram"))
        #expect(try words("edit", Sample.path, "--drop", "section=tim").contains("section=timer"))
        #expect(try words("memory", Sample.path, "--cpu", "") == ["0", "1"])
        #expect(try words("explain", "footer-m") == ["footer-missing", ":files"])
        #expect(try words("explain", Sample.path, "q").contains(":files"))
        #expect(try words("convert", Sample.path, "--to", "m") == ["mapped-ram"])
        #expect(try words("info", Sample.path, "--channel", "") == [":files"])
        #expect(try words(Sample.path, "+ram-m").contains("+ram-map"))
        #expect(try words("tree", "/nonexistent", "a").isEmpty)
    }

    /// Registers wherever a place is taken.
    @Test func registers() throws {
        #expect(try words("at", Sample.path, "RI").contains("RIP"))
        #expect(try words(Sample.path, "--at", "RI").contains("RIP"))
        #expect(try words("tree", Sample.path, "cpu:1/RI").contains("cpu:1/RIP"))
    }

    /// Behind a comparison only what some node has.
    @Test func filters() throws {
        let types = try words("find", Sample.path, "--where", "type == t")
        #expect(types.contains("type == timer") && !types.contains("type == type"))
        let sections = try words("find", Sample.path, "--where", "section == t")
        #expect(sections == ["section == timer"])
        #expect(try words("find", Sample.path, "--where", "path under cp").contains("path under cpu"))
        // As fish and zsh hand over what has an open quote.
        #expect(try words("find", Sample.path, "--where", "'type == tim") == ["type == timer"])
        #expect(try words("find", Sample.path, "--where", "\"type == tim") == ["type == timer"])
        #expect(
            try words("find", Sample.path, "--where", "armed && section == tim") == [
                "armed && section == timer"
            ])
    }

    private static func path(of shell: String) -> String? {
        ["/usr/bin/", "/bin/"].map { $0 + shell }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private func run(_ shell: String, _ script: String) throws -> String {
        let folder = try Scratch()
        let file = try folder.file(
            "completion", Array(Program.run("--generate-completion-script", shell).output.utf8))
        let text = script.replacingOccurrences(of: "SCRIPT", with: file)
            .replacingOccurrences(of: "PROGRAM", with: Program.url.path)
            .replacingOccurrences(of: "FILE", with: Sample.path)
        let path = try #require(Self.path(of: shell))
        let quiet = shell == "zsh" ? ["-f"] : shell == "fish" ? ["--no-config"] : ["--norc"]
        return try Program.run(URL(fileURLWithPath: path), quiet + ["-c", text]).output
    }

    @Test func bash() throws {
        let output = try run(
            "bash",
            """
            source SCRIPT
            COMP_LINE='PROGRAM tree FILE timer:0/cpu_c'; COMP_POINT=${#COMP_LINE}
            COMP_WORDS=(PROGRAM tree FILE timer : 0/cpu_c); COMP_CWORD=5
            _migscope; printf '%s\\n' "${COMPREPLY[@]}"
            """)
        #expect(output == "0/cpu_clock_offset\n")
    }

    /// A name with a blank is one word, however it is written.
    @Test(arguments: ["a\\ b.mig", "'a b.mig'", "\"a b.mig\""]) func bashWithBlanks(_ name: String) throws {
        let folder = try Scratch()
        _ = try folder.file("a b.mig", Array(Data(contentsOf: URL(fileURLWithPath: Sample.path))))
        let output = try run(
            "bash",
            """
            cd '\(folder.folder.path)'
            source SCRIPT
            COMP_LINE=$(cat <<'END'
            PROGRAM tree \(name) mc146
            END
            ); COMP_POINT=${#COMP_LINE}
            COMP_WORDS=(PROGRAM tree 'a b.mig' mc146); COMP_CWORD=3
            _migscope; printf '%s\\n' "${COMPREPLY[@]}"
            """)
        #expect(output == "mc146818rtc:0\n")
    }

    @Test(.enabled(if: path(of: "zsh") != nil, "zsh is not installed")) func zsh() throws {
        let output = try run(
            "zsh",
            """
            autoload -U compinit; compinit -u -D; source SCRIPT
            compadd() { shift 4; print -l -- "$@" }
            words=(PROGRAM tree FILE timer:0/cpu_c); CURRENT=4; _migscope
            """)
        #expect(output.contains("timer:0/cpu_clock_offset"))
    }

    @Test(.enabled(if: path(of: "fish") != nil, "fish is not installed")) func fish() throws {
        let output = try run(
            "fish", "source SCRIPT; alias migscope=PROGRAM; complete -C 'PROGRAM tree FILE timer:0/cpu_c'")
        #expect(output.contains("timer:0/cpu_clock_offset"))
    }
}
