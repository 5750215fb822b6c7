import Foundation
import Testing

/// What commands print against the schema that `migscope schema` prints.
@Suite struct SchemaTests {
    /// A command that prints, and what it is asked for.
    private static let runs: [[String]] = [
        ["tree", "FILE", "timer:0", "--values"], ["tree", "FILE", "--depth", "1"], ["find", "FILE", "RIP"],
        ["find", "FILE", "--bytes", "7e0000"], ["find", "FILE", "--where", "type == timer"],
        ["find", "FILE", "nothing-has-this-name"], ["at", "FILE", "RIP"],
        ["dump", "FILE", "--section", "cpu:1"], ["dump", "FILE", "--section", "timer", "--all"],
        ["report", "FILE", "timer:0"], ["memory", "FILE", "--physical", "0x9fff0+4K"],
        ["memory", "FILE", "--physical", "0xf000000000+16"], ["keys"], ["settings"],
        ["compare", "FILE", "cpu:0", "cpu:1"], ["compare", "FILE", "cpu:0", "cpu:0"], ["check", "FILE"],
        ["check", "FILE", "--like", "OTHER"], ["check", "CUT"],
        ["explain", "FILE", "Unknown savevm section or instance 'foo' 0"],
        ["explain", "error while loading state for instance 0x0 of device 'timer'"],
        ["explain", "--codes"], ["explain", "gap", "footer-missing"], ["info", "FILE"], ["info", "OTHER"],
        ["info", "CUT"], ["info", "TAR"], ["pages", "FILE"], ["pages", "FILE", "--block", "pc.ram"],
        ["diff", "FILE", "OTHER"], ["diff", "FILE", "OTHER", "--values", "--noise"],
        ["diff", "FILE", "FILE"],
        ["diff", "FILE", "EDITED", "--values"],
        ["edit", "FILE", "--set", "timer:0/cpu_ticks_offset=1", "--dry-run"],
        ["edit", "FILE", "--drop", "section=vmgenid", "--dry-run"], ["repair", "FILE", "--like", "OTHER"],
        ["repair", "CUT"], ["share", "FILE", "-o", "OUT"], ["desc", "FILE"], ["desc", "OTHER"],
    ]

    private struct Files {
        let folder: Scratch
        let names: [String: String]

        init() throws {
            folder = try Scratch()
            let bytes = try Data(contentsOf: URL(fileURLWithPath: Sample.path))
            let cut = try folder.file("cut", Array(bytes.prefix(bytes.count / 2)))
            let edited = folder.path("edited")
            _ = try Program.run(
                "edit", Sample.path, "--set", "timer:0/cpu_ticks_offset=1", "--drop", "section=vmgenid", "-o",
                edited)
            let archive = folder.path("a.tar")
            _ = try Program.run(
                URL(fileURLWithPath: "/usr/bin/env"),
                ["tar", "-cf", archive, "-C", folder.folder.path, "cut"])
            names = [
                "FILE": Sample.path, "OTHER": Sample.undescribed, "CUT": cut, "EDITED": edited,
                "TAR": archive,
                "OUT": folder.path("out"),
            ]
        }

        func run(_ words: [String], _ option: String) throws -> Program.Outcome {
            _ = try? FileManager.default.removeItem(atPath: folder.path("out"))
            return try Program.run(Program.url, words.map { names[$0] ?? $0 } + [option])
        }
    }

    @Test func everyOutputFulfillsTheSchema() throws {
        let schema = try Schema()
        let files = try Files()
        var seen: Set<String> = []
        for words in Self.runs {
            let whole = try files.run(words, "--json")
            #expect(whole.status != 2, "\(words): \(whole.errors)")
            let command = words[0]
            seen.insert(command)
            // What a command refuses to say is no text.
            guard !whole.output.isEmpty else {
                #expect(command == "desc" && whole.status == 1, "\(words)")
                continue
            }
            let text = try parsed(whole.output)
            #expect(schema.faults(of: text, command, "json").isEmpty, "\(words)")
            #expect(schema.faults(of: text).isEmpty, "\(words)")
            let lines = try files.run(words, "--ndjson")
            #expect(lines.status == whole.status, "\(words)")
            for line in lines.lines.prefix(Schema.most) {
                let record = try parsed(String(line))
                #expect(schema.faults(of: record, command, "ndjson").isEmpty, "\(words): \(line)")
                #expect(schema.faults(of: record).isEmpty, "\(words): \(line)")
            }
            if let list = text as? [Any] {
                #expect(list.count == lines.lines.count, "\(words)")
                for (element, line) in zip(list, lines.lines).prefix(Schema.most) {
                    let other = try parsed(String(line))
                    #expect((element as? NSObject)?.isEqual(other) == true, "\(words)")
                }
            }
        }
        #expect(seen == Set(schema.commands))
    }

    /// A schema that accepts everything would be of no use.
    @Test func otherTextsFail() throws {
        let schema = try Schema()
        for text in ["{}", "[{}]", "[1]", "7", "[{\"path\": 1, \"left\": null, \"right\": null}]"] {
            #expect(!schema.faults(of: try parsed(text), "compare", "json").isEmpty, "\(text)")
        }
        #expect(!schema.faults(of: try parsed("[{}]"), "tree", "json").isEmpty)
        #expect(!schema.faults(of: try parsed("[]"), "info", "json").isEmpty)
    }

    @Test func snapshotsAreListed() throws {
        let files = try Files()
        let info = try #require(try parsed(files.run(["info", "TAR"], "--json").output) as? [String: Any])
        let members = try #require(info["members"] as? [[String: Any]])
        #expect(members.count == 1 && members.first?["name"] as? String == "cut")
        #expect(members.first?["open"] as? Bool == true)
        #expect((info["snapshots"] as? [Any])?.isEmpty == true)
    }

    private func parsed(_ text: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }
}

/// JSON Schema as far as ours goes: type, properties, required, items, anyOf, $ref. Keys that the schema does not name
/// are faults too.
private struct Schema {
    private let root: [String: Any]
    /// Elements of an array that are looked at: the others are made in the same way.
    static let most = 40

    init() throws {
        let text = try Program.run("schema").output
        root = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    var commands: [String] { Array(((root["commands"] as? [String: Any]) ?? [:]).keys) }

    /// Against the schema as a whole.
    func faults(of value: Any) -> [String] { faults(value, root, "$") }

    /// Against what a command prints by an option.
    func faults(of value: Any, _ command: String, _ option: String) -> [String] {
        faults(value, ["$ref": "#/commands/\(command)/\(option)"], "$")
    }

    private func faults(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        var found: [String] = []
        if let reference = schema["$ref"] as? String {
            guard let target = resolved(reference) else { return ["\(place): \(reference) is not there"] }
            found += faults(value, target, place)
        }
        if let choices = schema["anyOf"] as? [[String: Any]] {
            let all = choices.map { faults(value, $0, place) }
            if !all.contains(where: \.isEmpty) {
                found.append("\(place): none of \(choices.count): \(all.min { $0.count < $1.count } ?? [])")
            }
        }
        if let type = schema["type"] {
            let names = type as? [String] ?? [type as? String ?? ""]
            if !names.contains(where: { Self.isOf($0, value) }) {
                return found + ["\(place): expected \(names)"]
            }
        }
        if let object = value as? [String: Any] {
            for key in schema["required"] as? [String] ?? [] where object[key] == nil {
                found.append("\(place): no \(key)")
            }
            if let properties = schema["properties"] as? [String: [String: Any]] {
                for (key, member) in object {
                    guard let known = properties[key] else {
                        found.append("\(place): \(key) is in no schema")
                        continue
                    }
                    found += faults(member, known, "\(place).\(key)")
                }
            }
        }
        if let array = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, element) in array.prefix(Self.most).enumerated() {
                found += faults(element, items, "\(place)[\(index)]")
            }
        }
        return found
    }

    private func resolved(_ reference: String) -> [String: Any]? {
        var place: Any? = root
        for part in reference.split(separator: "/").dropFirst() {
            place = (place as? [String: Any])?[String(part)]
        }
        return place as? [String: Any]
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        let isBoolean = (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
        switch type {
        case "null": return value is NSNull
        case "boolean": return isBoolean
        case "integer":
            guard let number = value as? NSNumber, !isBoolean else { return false }
            return number.stringValue.allSatisfy { $0.isNumber || $0 == "-" }
        case "number": return value is NSNumber && !isBoolean
        case "string": return value is String
        case "array": return value is [Any]
        case "object": return value is [String: Any]
        default: return false
        }
    }
}
