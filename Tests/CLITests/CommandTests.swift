import Foundation
import Testing

/// What the commands print of the sample stream.
@Suite struct CommandTests {
    @Test func withoutTerminalTheOverviewIsPrinted() throws {
        let outcome = try Program.run(Sample.path)
        #expect(outcome.status == 0)
        #expect(outcome.output == (try Program.run("tree", Sample.path, "--depth", "1").output))
        #expect(outcome.lines.contains { $0.contains("mc146818rtc #0 v3") })
    }

    private func cut(at length: Int, _ scratch: Scratch) throws -> String {
        let path = scratch.path("cut.mig")
        try Data(contentsOf: URL(fileURLWithPath: Sample.path)).prefix(length)
            .write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Processors that a cut may have taken are not counted.
    @Test func processorsBehindACutAreNotCounted() throws {
        let scratch = try Scratch()
        let text = try Program.run("info", cut(at: 100_000, scratch)).output
        #expect(text.contains("processors    not in the stream"))
        #expect(try Program.run("info", Sample.path).output.contains("processors    2"))
    }

    /// Of a stream that is cut, nothing is told not to be there without the cut, nor guest memory to be all.
    @Test(arguments: [
        ["tree", "CUT", "cpu:0"], ["dump", "CUT", "--section", "cpu:0"], ["at", "CUT", "cpu:0"],
        ["compare", "CUT", "cpu:0", "cpu:1"], ["find", "CUT", "rip"], ["find", "CUT", "--where", "rip == 1"],
        ["tree", "CUT", "--where", "section == cpu"], ["tree", "CUT", "--where", "name == env.regs"],
        ["memory", "CUT", "--physical", "0x1000+16"], ["memory", "CUT", "--virtual", "0x1000+16"],
        ["memory", "CUT", "--elf", "OUT"], ["extract", "CUT", "--block", "pc.ram", "-o", "OUT"],
    ])
    func whatMayBeLostIsNotAbsent(_ words: [String]) throws {
        let scratch = try Scratch()
        // In the middle of guest memory.
        let cut = try cut(at: 100_000, scratch)
        let names = ["CUT": cut, "OUT": scratch.path("out")]
        let outcome = try Program.run(Program.url, words.map { names[$0] ?? $0 })
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("at 0x186a0"), "\(outcome.errors)")
    }

    /// What a stream that is cut has lost is not what its machine lacks.
    @Test func comparedWithACutStream() throws {
        let scratch = try Scratch()
        let cut = try cut(at: 100_000, scratch)
        for words in [["diff", cut, Sample.path], ["diff", Sample.path, cut], ["diff", cut, cut]] {
            let outcome = try Program.run(Program.url, words)
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains("at 0x186a0 in ram: not everything is compared"), "\(outcome.errors)"
            )
        }
        for words in [
            ["check", Sample.path, "--like", cut], ["repair", Sample.path, "--like", cut],
        ] {
            let outcome = try Program.run(Program.url, words)
            #expect(outcome.status == 2)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("it does not show the whole machine"), "\(outcome.errors)")
        }
    }

    /// After the end of guest memory a cut takes none of it.
    @Test func memoryBeforeACut() throws {
        let scratch = try Scratch()
        let cut = try cut(at: 600_000, scratch)
        let whole = try Program.run("memory", Sample.path, "--physical", "0x7c00+512")
        let outcome = try Program.run("memory", cut, "--physical", "0x7c00+512")
        #expect(outcome.status == whole.status)
        #expect(outcome.output == whole.output)
    }

    /// What is printed of a stream that has lost something is not all, and that is said.
    @Test(arguments: [["tree"], ["dump"], ["find", "e"], ["pages"], ["report"]]) func cutStreams(
        _ words: [String]
    )
        throws
    {
        let scratch = try Scratch()
        let cut = try cut(at: 600_000, scratch)
        let outcome = try Program.run(Program.url, [words[0], cut] + words.dropFirst())
        #expect(outcome.status == 1)
        #expect(!outcome.output.isEmpty)
        #expect(outcome.errors.contains("not everything is printed"))
    }

    @Test func infoAsJSON() throws {
        let outcome = try Program.run("info", Sample.path, "--json")
        let info = try #require(
            JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(
            Set(info.keys) == [
                "schema", "file", "size", "container", "stream", "machine", "page_size", "capabilities",
                "description", "snapshots", "members",
                "sections", "ram", "findings",
            ])
        #expect(info["machine"] as? String == "pc-q35-10.0")
        #expect(info["size"] as? Int == 961_913)
        #expect(info["page_size"] as? Int == 4096)
        #expect(info["container"] as? String == "none")
        let stream = try #require(info["stream"] as? [String: Any])
        #expect(stream["offset"] as? Int == 0 && stream["size"] as? Int == 961_913)
        #expect(stream["number"] as? Int == 1 && stream["next"] is NSNull)
        let description = try #require(info["description"] as? [String: Any])
        #expect(description["offset"] as? Int == 876_981)
        #expect(description["size"] as? Int == 84_932)
        let sections = try #require(info["sections"] as? [[String: Any]])
        let timer = try #require(sections.first { $0["name"] as? String == "timer" })
        #expect(Set(timer.keys) == ["id", "name", "instance", "version", "kind", "offset", "size"])
        #expect(timer["version"] as? Int == 2)
        let ram = try #require(info["ram"] as? [String: [[String: Any]]])
        #expect(ram["blocks"]?.contains { $0["name"] as? String == "pc.ram" } == true)
    }

    @Test func infoAsText() throws {
        let outcome = try Program.run("info", Sample.path)
        #expect(outcome.lines.contains { $0.hasPrefix("machine") && $0.hasSuffix("pc-q35-10.0") })
        #expect(outcome.output.contains("timer #0 v2"))
    }

    @Test func treeOfANode() throws {
        let outcome = try Program.run("tree", Sample.path, "timer:0", "--values")
        #expect(outcome.status == 0)
        #expect(
            outcome.lines.contains {
                $0.contains("cpu_clock_offset guest clock, ns  int64  = 0x00000000b3a85d3a")
            })
        let shallow = try Program.run("tree", Sample.path, "timer:0", "--depth", "0")
        #expect(shallow.lines.count == 1)
    }

    @Test func bytesOfBuffersOnlyWhereTheyAreWanted() throws {
        let device = "ps2kbd:0/parent_obj"
        for options in [[], ["--values"]] {
            let tree = try Program.run(Program.url, ["tree", Sample.path, device] + options)
            #expect(tree.lines.contains { $0.contains("queue.data [256]  buffer") })
            #expect(!tree.output.contains("[255]"))
        }
        let buffer = try Program.run("tree", Sample.path, device + "/queue.data")
        #expect(buffer.lines.count == 257)
        let named = try Program.run("tree", Sample.path, "mc146818rtc:0", "--values")
        #expect(named.lines.contains { $0.contains("[4] hours  BCD  = 0x21 = 21") })
        #expect(try !Program.run("tree", Sample.path, "mc146818rtc:0").output.contains("[4] hours"))
    }

    @Test func unknownNode() throws {
        let outcome = try Program.run("tree", Sample.path, "no/such/node")
        #expect(outcome.status == 1)
        #expect(outcome.errorLines.count == 1)
    }

    @Test func atAnOffset() throws {
        let outcome = try Program.run("at", Sample.path, "296153")
        #expect(outcome.lines.first?.contains("sample-q35-10.0.mig") == true)
        #expect(outcome.output.contains("cpu_clock_offset guest clock, ns  int64  = 0x00000000b3a85d3a"))
        #expect(outcome.output == (try Program.run("at", Sample.path, "file:0x484d9").output))
    }

    @Test func findNames() throws {
        let outcome = try Program.run("find", Sample.path, "CPU_CLOCK_offset".lowercased())
        #expect(outcome.status == 0)
        #expect(outcome.lines.count == 1)
        let columns = outcome.lines[0].split(separator: "\t", omittingEmptySubsequences: false)
        #expect(columns.first == "0x484d9")
        #expect(columns.count == 3)
        #expect(columns[1].hasSuffix("cpu_clock_offset"))
        // Values are whole.
        let buffer = try Program.run("find", Sample.path, "cmos_data").lines[0].split(separator: "\t")
        #expect(buffer[2].split(separator: " ").count == 128)
        let upperCase = try Program.run("find", Sample.path, "CPU_CLOCK")
        #expect(upperCase.status == 1)
        #expect(upperCase.output.isEmpty && upperCase.errors.isEmpty)
    }

    /// A command among the RAM sections is found, although the devices are read without them.
    @Test(arguments: [
        ["find", "switchover"], ["find", "^SWITCHOVER", "--regex"], ["find", "SWITCHOVER_S", "--values"],
        ["find", "--where", "name ~ SWITCHOVER"], ["tree", "--where", "name ~ SWITCHOVER"],
        ["tree", "SWITCHOVER_START"], ["at", "SWITCHOVER_START"],
    ]) func commandsOfTheLivePartAreFound(_ words: [String]) throws {
        let outcome = try Program.run(Program.url, [words[0], Sample.path] + words.dropFirst())
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("SWITCHOVER_START"), "\(outcome.output)\(outcome.errors)")
    }

    /// Nothing among the RAM sections, and nothing that matches: one answer.
    @Test(arguments: ["find", "tree"]) func nothingMatches(_ command: String) throws {
        let stream = Sample.fixtures.appendingPathComponent("microvm-7.2.mig.xz").path
        let outcome = try Program.run(command, stream, "--where", "size == 123456789", "--json")
        #expect(outcome.status == 1)
        #expect(outcome.output == "[]\n")
    }

    /// A block that would hide other memory is refused.
    @Test func conflictingMap() throws {
        let outcome = try Program.run("memory", Sample.path, "--physical", "0+16", "--map", "pc.bios@0x1000")
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("--map pc.bios@0x1000: pc.ram is at 0x0 to "))
    }

    /// As `/` in the browser.
    @Test func findWordsAcrossAPath() throws {
        let outcome = try Program.run("find", Sample.path, "cpu rip")
        #expect(outcome.status == 0)
        let paths = outcome.lines.map { $0.split(separator: "\t")[1] }
        #expect(paths.contains("cpu:0/env.eip") && paths.contains("cpu:1/env.eip"))
        #expect(try Program.run("find", Sample.path, "cpu nothing-has-this-name").status == 1)
    }

    @Test func findByExpressionAndValue() throws {
        let expression = try Program.run("find", Sample.path, "^cpu_cl.ck_offset$", "--regex")
        #expect(expression.lines.count == 1)
        let value = try Program.run("find", Sample.path, "b3a85d3a", "--values")
        #expect(value.lines.contains { $0.hasPrefix("0x484d9\t") })
        let limited = try Program.run("find", Sample.path, "cpu", "--limit", "2")
        #expect(limited.lines.count == 2)
    }

    @Test func findBytes() throws {
        let outcome = try Program.run("find", Sample.path, "--bytes", "51 ?? 564d")
        #expect(outcome.lines.first?.hasPrefix("0x0\t") == true)
        #expect(
            try Program.run("find", Sample.path, "--bytes", "b3a85d3a").lines.first?.hasPrefix("0x484dd\t")
                == true)
    }

    @Test func descriptionForms() throws {
        let raw = try Program.run("desc", Sample.path, "--raw").output
        #expect(raw.utf8.count == 84_932)
        let indented = try Program.run("desc", Sample.path).output
        let expected = try JSONSerialization.jsonObject(with: Data(raw.utf8)) as? NSDictionary
        let found = try JSONSerialization.jsonObject(with: Data(indented.utf8)) as? NSDictionary
        #expect(expected != nil && expected == found)
        let outline = try Program.run("desc", Sample.path, "--outline")
        #expect(outline.lines.contains("timer #0 v2"))
        #expect(outline.lines.contains("  cpu_clock_offset  int64 8"))
    }

    @Test func withoutDescription() throws {
        let outcome = try Program.run("desc", Sample.undescribed)
        #expect(outcome.status == 1)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains("no description"))
    }

    @Test func dumpOfOneSection() throws {
        let outcome = try Program.run("dump", Sample.path, "--section", "timer")
        #expect(
            outcome.lines.map { $0.split(separator: "\t").prefix(3).joined(separator: " ") } == [
                "296137 8 timer:0/cpu_ticks_offset", "296145 8 timer:0/unused",
                "296153 8 timer:0/cpu_clock_offset",
            ])
        let unknown = try Program.run("dump", Sample.path, "--section", "nothing")
        #expect(unknown.status == 1)
        #expect(unknown.output.isEmpty)
        #expect(unknown.errorLines.count == 1)
    }

    /// Offsets and sizes of a tree stand in columns, also where the last ones are longer.
    @Test func columnsOfATree() throws {
        let lines = try Program.run("tree", Sample.path, "--values").lines
        #expect(lines.count > 1000)
        #expect(lines.allSatisfy { $0.wholeMatch(of: /0x[0-9a-f]{5}  [ 0-9]{6}  .*/) != nil })
    }
}
