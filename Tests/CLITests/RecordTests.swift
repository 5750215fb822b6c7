import Foundation
import Testing

/// `--json` and `--ndjson`: one record for all commands.
@Suite struct RecordTests {
    private static let keys: Set<String> = [
        "offset", "size", "path", "section", "instance", "field", "type", "raw", "number", "text", "meaning",
        "label",
    ]

    private func objects(_ arguments: String...) throws -> [[String: Any]] {
        let outcome = try Program.run(Program.url, arguments)
        let lines = outcome.lines.map { Data($0.utf8) }
        return try lines.map { try #require(JSONSerialization.jsonObject(with: $0) as? [String: Any]) }
    }

    private func array(_ arguments: String...) throws -> [[String: Any]] {
        let outcome = try Program.run(Program.url, arguments)
        return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    }

    @Test(arguments: [
        ["tree", "timer:0"], ["find", "cpu_clock"], ["at", "0x484d9"], ["dump", "--section", "timer"],
        ["dump", "--all", "--section", "timer"], ["find", "--where", "type == timer"],
        ["find", "--bytes", "51 45 56 4d"],
        ["find", "--values", "b3a85d3a"],
    ]) func bothFormsAreTheSame(_ arguments: [String]) throws {
        let given = [arguments[0], Sample.path] + arguments.dropFirst()
        let array = try Program.run(Program.url, given + ["--json"])
        let lines = try Program.run(Program.url, given + ["--ndjson"])
        #expect(array.status == 0 && lines.status == 0, "\(array.errors)")
        let objects = try #require(
            JSONSerialization.jsonObject(with: Data(array.output.utf8)) as? [[String: Any]])
        #expect(!objects.isEmpty && objects.count == lines.lines.count)
        for (object, line) in zip(objects, lines.lines) {
            #expect(Set(object.keys) == Self.keys)
            let other = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary
            #expect(other == object as NSDictionary)
            #expect(!object.values.contains { ($0 as? String) == "" })
        }
    }

    @Test func whatAFieldIs() throws {
        let found = try objects("find", Sample.path, "cpu_clock_offset", "--ndjson")
        let field = try #require(found.first)
        #expect(field["offset"] as? Int == 0x484d9)
        #expect(field["size"] as? Int == 8)
        #expect(field["path"] as? String == "timer:0/cpu_clock_offset")
        #expect(field["section"] as? String == "timer")
        #expect(field["instance"] as? Int == 0)
        #expect(field["field"] as? String == "cpu_clock_offset")
        #expect(field["type"] as? String == "int64")
        #expect(field["raw"] as? String == "00000000b3a85d3a")
        #expect(field["number"] as? Int == 0xb3a8_5d3a)
        #expect(field["text"] as? String == "0x00000000b3a85d3a")
        #expect(field["meaning"] is NSNull)
        #expect(field["label"] as? String == "guest clock, ns")
    }

    @Test func buffersAreWholeAndNoText() throws {
        let buffer = try #require(try objects("find", Sample.path, "cmos_data", "--ndjson").first)
        #expect((buffer["raw"] as? String)?.utf8.count == 256)
        #expect(buffer["number"] is NSNull)
        #expect(buffer["text"] is NSNull)
        let section = try #require(
            try objects("tree", Sample.path, "timer:0", "--depth", "0", "--ndjson").first)
        #expect(section["raw"] is NSNull && section["field"] is NSNull)
    }

    @Test func schemaNamesAllKeys() throws {
        let outcome = try Program.run("schema")
        #expect(outcome.status == 0)
        let schema = try #require(
            JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        #expect(Set(definitions["node"]?["required"] as? [String] ?? []) == Self.keys)
        let info = try Program.run("info", Sample.path, "--json")
        let object = try JSONSerialization.jsonObject(with: Data(info.output.utf8)) as? [String: Any]
        #expect(object?["schema"] as? Int == schema["schema"] as? Int)
        let memory = try array("memory", Sample.path, "--physical", "0xf0000+32", "--json")
        #expect(
            Set(memory.first?.keys ?? [:].keys) == Set(definitions["memory"]?["required"] as? [String] ?? []))
        let keys = try array("keys", "--json")
        #expect(Set(keys.first?.keys ?? [:].keys) == Set(definitions["key"]?["required"] as? [String] ?? []))
        let report = try array("report", Sample.path, "timer:0", "--json")
        #expect(
            Set(report.first?.keys ?? [:].keys) == Set(definitions["report"]?["required"] as? [String] ?? []))
    }

    @Test func headersAndOffsets() throws {
        let dump = try Program.run("dump", Sample.path, "--section", "timer", "--header", "--offsets", "hex")
        #expect(dump.lines.first == "offset\tsize\tpath\ttype\tvalue")
        #expect(dump.lines.last?.hasPrefix("0x484d9\t8\t") == true)
        let find = try Program.run(
            "find", Sample.path, "cpu_clock_offset", "--header", "--context", "--offsets", "dec")
        #expect(find.lines.first == "offset\tpath\tvalue\tmeaning\tlabel\taddress")
        #expect(
            find.lines.last == "296153\ttimer:0/cpu_clock_offset\t0x00000000b3a85d3a\t\tguest clock, ns\t")
    }

    @Test func compareTwoNodes() throws {
        let outcome = try Program.run("compare", Sample.path, "cpu:0", "cpu:1")
        #expect(outcome.status == 1)
        #expect(outcome.lines.contains { $0.hasPrefix("env.eip\t0x") })
        let same = try Program.run("compare", Sample.path, "cpu:0", "cpu:0")
        #expect(same.status == 0 && same.output.isEmpty)
        let found = try array("compare", Sample.path, "cpu:0", "cpu:1", "--json")
        #expect(found.count == outcome.lines.count)
        #expect(Set(found.first?.keys ?? [:].keys) == ["path", "left", "right"])
    }

    @Test func filteredTree() throws {
        let outcome = try Program.run("tree", Sample.path, "--where", "name == cmos_index", "--values")
        #expect(outcome.lines.count == 2)
        #expect(outcome.lines.last?.contains("cmos_index") == true)
        let nothing = try Program.run("tree", Sample.path, "--where", "name == cmos_index && value == 5")
        #expect(nothing.status == 1 && nothing.output.isEmpty)
        let wrong = try Program.run("find", Sample.path, "--where", "vlaue == 5")
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("column 1") && wrong.errors.contains("did you mean value"))
    }
}

/// What is typed wrong is answered by what is right.
@Suite struct TypedWrongTests {
    @Test func theFormIsSaid() throws {
        #expect(
            try Program.run("at", Sample.path, "zz").errors.contains(
                "expected an offset: 4096, 0x1000, 4K or file:0x1000"))
        #expect(try Program.run("find", Sample.path, "a", "--limit", "x").errors.contains("a number: 4096"))
        #expect(try Program.run(Sample.path, "--dump-screen", "80").errors.contains("80x24"))
    }

    @Test func commandsNearby() throws {
        let outcome = try Program.run("inf", Sample.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("did you mean info?"))
        let bare = try Program.run()
        #expect(bare.status == 2)
        #expect(bare.errors.contains("usage: migscope FILE") && bare.output.isEmpty)
    }

    @Test func optionsBeforeTheCommand() throws {
        let usual = try Program.run("info", Sample.path, "--json")
        #expect(try Program.run("--json", "info", Sample.path).output == usual.output)
        #expect(
            try Program.run("--stream", "1", "info", Sample.path).output
                == (try Program.run("info", Sample.path).output))
    }

    @Test func standardInputNeedsNoName() throws {
        let input = try #require(FileHandle(forReadingAtPath: Sample.path))
        let outcome = try Program.run("--dump-screen", "80x24", input: input)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("pc-q35-10.0"))
    }

    @Test func linesAtTheStart() throws {
        let outcome = try Program.run(Sample.path, "+:cpu:0/env.eip", "--dump-screen", "80x24")
        #expect(outcome.output.contains("cpu:0/env.eip"))
        let map = try Program.run(Sample.path, "+ram-map", "--dump-screen", "80x24")
        #expect(map.output.contains("┌ RAM"))
    }

    @Test func everyHelpHasAnExample() throws {
        for command in [
            "info", "tree", "dump", "find", "at", "desc", "pages", "extract", "check", "explain", "diff",
            "memory", "index", "report", "keys", "schema", "settings", "compare", "browse",
            "edit", "repair", "convert", "share", "record",
        ] {
            #expect(try Program.run(command, "--help").output.contains("Example:"), "\(command)")
        }
    }
}
