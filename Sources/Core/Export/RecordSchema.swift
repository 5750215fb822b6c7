/// The schema of `--json` and `--ndjson` output.
package enum RecordSchema {
    /// The version; any change other than a new key increments it.
    package static let version = 1

    /// A key of an object: its name, the shape of its value, and its meaning.
    private struct RecordKey: Sendable {
        let name: String
        let shape: Shape
        let title: String
        var isNullable = false
        var isRequired = true

        /// A key whose value is null when it does not apply.
        init(_ name: String, _ type: String, _ title: String, isNullable: Bool = true) {
            self.name = name
            shape = .value(type)
            self.title = title
            self.isNullable = isNullable
        }

        /// A key whose value is always present.
        init(
            _ name: String, _ shape: Shape, _ title: String, isNullable: Bool = false, isRequired: Bool = true
        ) {
            self.name = name
            self.shape = shape
            self.title = title
            self.isNullable = isNullable
            self.isRequired = isRequired
        }
    }

    private indirect enum Shape: Sendable {
        /// A JSON type.
        case value(String)
        case array(Shape)
        /// A reference to a definition by name.
        case of(String)
        case any([Shape])

        static let integer = Shape.value("integer")
        static let string = Shape.value("string")
        static let boolean = Shape.value("boolean")
    }

    private struct Definition: Sendable {
        let name: String
        let title: String
        let keys: [RecordKey]
    }

    // MARK: Records

    private static let node: [RecordKey] = [
        RecordKey("offset", "integer", "bytes from the start of the stream; null for parts of a container"),
        RecordKey("size", .integer, "bytes"),
        RecordKey(
            "path", "string", "path of the node, as every command accepts it; null for the whole stream"),
        RecordKey("section", "string", "idstr of its section"),
        RecordKey("instance", "integer", "instance id of its section"),
        RecordKey("field", "string", "path below its section"),
        RecordKey("type", "string", "QEMU's name for the type; for a node that is not a field, its kind"),
        RecordKey(
            "raw", "string",
            "all bytes of a leaf as pairs of hexadecimal digits; null for a node that consists of other nodes"
        ),
        RecordKey(
            "number", "number",
            "value as a number, up to 64 bits; null for a value that is not a number, and for a timer that does not run"
        ),
        RecordKey(
            "text", "string", "value as the tree shows it, text without quotation marks; null for plain bytes"
        ),
        RecordKey("meaning", "string", "meaning of its bits"),
        RecordKey("label", "string", "name in manuals"),
    ]

    private static let report: [RecordKey] = [
        RecordKey("mark", "string", "letter of its mark"), RecordKey("note", "string", "note on it"),
    ]

    private static let memory: [RecordKey] = [
        RecordKey("address", .integer, "guest address of the first byte"),
        RecordKey("size", .integer, "bytes"),
        RecordKey(
            "state", .string,
            "bytes, zero, absent (RAM that the stream does not have) or nothing (no memory there)"),
        RecordKey(
            "raw", "string",
            "the bytes as pairs of hexadecimal digits; null for absent bytes, and for zeros"),
        RecordKey("reason", "string", "reason why there are none"),
    ]

    private static let key: [RecordKey] = [
        RecordKey("action", .string, "name of the action, as : accepts it"),
        RecordKey("keys", .array(.string), "keys that are bound to it"),
        RecordKey("title", .string, "description of the action"),
        RecordKey("group", .string, "heading of the help"),
    ]

    private static let setting: [RecordKey] = [
        RecordKey("kind", .string, "setting, color (a color rule) or key (the keys of an action)"),
        RecordKey("name", .string, "name in the settings file; for a color rule, its filter"),
        RecordKey("value", "string", "value, also a default; keys separated by blanks"),
        RecordKey("line", "integer", "line of the settings file that sets it; null for a default"),
    ]

    private static let pair: [RecordKey] = [
        RecordKey("path", .string, "path below the two nodes"),
        RecordKey("left", "string", "value of the first; null if it has no such field"),
        RecordKey("right", "string", "value of the second"),
    ]

    private static let finding: [RecordKey] = [
        RecordKey("severity", .string, "error (QEMU refuses the stream), warning or note"),
        RecordKey("code", .string, "code, which migscope explain CODE explains"),
        RecordKey("offset", .integer, "bytes from the start of the stream"),
        RecordKey("size", .integer, "bytes"),
        RecordKey("path", .string, "path of the node; empty for a finding without a place"),
        RecordKey("message", .string, "description of the problem"),
        RecordKey("hint", .string, "advice, or empty"),
        RecordKey("qemu", .string, "output of QEMU, or empty"),
        RecordKey("certainty", .string, "certain, likely or possible"),
    ]

    private static let code: [RecordKey] = [
        RecordKey("code", .string, "code of a finding"), RecordKey("subject", .string, "subject"),
        RecordKey("meaning", .string, "meaning"),
    ]

    private static let difference: [RecordKey] = [
        RecordKey("subject", .string, "kind of the difference: section, subsection, field, value and so on"),
        RecordKey("change", .string, "removed (only A has it), added (only B has it) or changed"),
        RecordKey("path", .string, "path"), RecordKey("left", .string, "value of A, or empty"),
        RecordKey("right", .string, "value of B, or empty"),
        RecordKey("also", .array(.string), "other sections that differ in the same way", isRequired: false),
        RecordKey("noise", .boolean, "for a value: whether it is a clock or a timer", isRequired: false),
    ]

    private static let run: [RecordKey] = [
        RecordKey("offset", .integer, "offset in the block"), RecordKey("size", .integer, "bytes"),
    ]

    private static let differentBlock: [RecordKey] = [
        RecordKey("name", .string, "name of the RAM block"),
        RecordKey("pages", .integer, "pages of the block"),
        RecordKey("changed", .integer, "pages that differ"),
        RecordKey("only_left", .integer, "pages that only A has"),
        RecordKey("only_right", .integer, "pages that only B has"),
        RecordKey("run_count", .integer, "number of runs of differing pages"),
        RecordKey("runs", .array(.of("run")), "the first runs"),
    ]

    private static let differentValues: [RecordKey] = [
        RecordKey("changed", .integer, "values that differ, without clocks and timers"),
        RecordKey("noise", .integer, "values of clocks and timers that differ"),
        RecordKey("sections", .integer, "sections that have values that differ"),
    ]

    private static let block: [RecordKey] = [
        RecordKey("name", .string, "name of the RAM block"), RecordKey("size", .integer, "bytes"),
        RecordKey("page_size", .integer, "bytes of a page"),
        RecordKey("raw", .integer, "pages whose last record has bytes"),
        RecordKey("zero", .integer, "pages whose last record says zero"),
        RecordKey("xbzrle", .integer, "pages whose last record is XBZRLE"),
        RecordKey("compressed", .integer, "pages whose last record is compressed"),
        RecordKey("absent", .integer, "pages without a record"),
        RecordKey("sent", .integer, "records of pages"),
    ]

    private static let pass: [RecordKey] = [
        RecordKey("offset", .integer, "offset of its start"),
        RecordKey("bytes", .integer, "bytes of the stream"),
        RecordKey("raw", .integer, "pages with their bytes"), RecordKey("zero", .integer, "zero pages"),
        RecordKey("xbzrle", .integer, "XBZRLE pages"), RecordKey("compressed", .integer, "compressed pages"),
    ]

    private static let change: [RecordKey] = [
        RecordKey("edit", .array(.string), "the edit, as edit --from accepts it"),
        RecordKey("offset", .integer, "bytes from the start of the stream"),
        RecordKey("path", .string, "path of the node"),
        RecordKey("before", .string, "bytes before the edit as pairs of hexadecimal digits"),
        RecordKey("after", .string, "bytes after the edit"),
    ]

    private static let shared: [RecordKey] = [
        RecordKey("path", .string, "path of the field, or name of the section"),
        RecordKey("what", .string, "blanked or dropped"),
        RecordKey("size", "integer", "bytes; null for a section"),
        RecordKey("used", "integer", "number of these bytes that were not zero"),
        RecordKey("reason", "string", "why"),
    ]

    // MARK: Objects

    private static let info: [RecordKey] = [
        RecordKey("schema", .integer, "version of this schema"),
        RecordKey("file", .string, "name of the file"),
        RecordKey("size", .integer, "bytes of the file"),
        RecordKey("container", .string, "container of the stream, or none"),
        RecordKey("stream", .of("stream"), "the stream that is shown"),
        RecordKey("machine", "string", "machine type"),
        RecordKey("page_size", "integer", "bytes of a target page"),
        RecordKey("capabilities", .array(.string), "migration capabilities that the stream names"),
        RecordKey("snapshots", .array(.of("snapshot")), "snapshots of a qcow2 image"),
        RecordKey("members", .array(.of("member")), "files of an archive or a folder"),
        RecordKey("description", .of("description"), "place of the description", isNullable: true),
        RecordKey("sections", .array(.of("section")), "sections in their order"),
        RecordKey("ram", .of("ram"), "RAM"), RecordKey("findings", .array(.of("finding")), "findings"),
    ]

    private static let parts: [Definition] = [
        Definition(
            name: "stream", title: "The place of a stream in its file.",
            keys: [
                RecordKey("offset", .integer, "offset of its start in the file"),
                RecordKey("size", .integer, "bytes"),
                RecordKey("number", .integer, "number among several streams, from 1"),
                RecordKey("next", "integer", "offset of the next stream"),
            ]),
        Definition(
            name: "snapshot", title: "A snapshot of a qcow2 image.",
            keys: [
                RecordKey("id", .string, "its id"), RecordKey("name", .string, "its name"),
                RecordKey("size", .integer, "bytes of its stream; 0 for a disk-only snapshot"),
                RecordKey("date", .integer, "time of its creation, in seconds since 1970"),
                RecordKey("open", .boolean, "whether it is the snapshot that is shown"),
            ]),
        Definition(
            name: "member", title: "A file of an archive or a folder.",
            keys: [
                RecordKey("name", .string, "its name"), RecordKey("size", .integer, "bytes, decompressed"),
                RecordKey("open", .boolean, "whether it is shown, or is part of the shown stream"),
            ]),
        Definition(
            name: "description", title: "The description of a stream.",
            keys: [
                RecordKey("offset", .integer, "offset of its start"), RecordKey("size", .integer, "bytes"),
                RecordKey("devices", .integer, "devices that it describes"),
                RecordKey("source", .string, "origin"),
            ]),
        Definition(
            name: "section", title: "A section.",
            keys: [
                RecordKey("id", .integer, "section id"), RecordKey("name", .string, "idstr"),
                RecordKey("instance", .integer, "instance id"), RecordKey("version", .integer, "version id"),
                RecordKey("kind", .string, "full or live"),
                RecordKey("offset", .integer, "offset of its start"),
                RecordKey("size", .integer, "bytes"),
            ]),
        Definition(
            name: "ram", title: "RAM.", keys: [RecordKey("blocks", .array(.of("ramBlock")), "RAM blocks")]),
        Definition(
            name: "ramBlock", title: "A RAM block.",
            keys: [RecordKey("name", .string, "its name"), RecordKey("size", .integer, "bytes")]),
        Definition(
            name: "run", title: "A run of pages that differ.", keys: run),
        Definition(
            name: "step", title: "A step of a repair.",
            keys: [
                RecordKey("grade", .string, "safe, visible or risky"),
                RecordKey("title", .string, "description of the step"),
                RecordKey("cost", .string, "effect on the guest, or empty"),
            ]),
        Definition(
            name: "unmended", title: "A problem that repair does not solve.",
            keys: [
                RecordKey("title", .string, "description of the problem"),
                RecordKey("reason", .string, "reason"),
                RecordKey("setting", .string, "setting that helps instead, or empty"),
            ]),
        Definition(
            name: "left", title: "A remaining finding.",
            keys: [
                RecordKey("code", .string, "its code"),
                RecordKey("message", .string, "description of the problem"),
            ]),
    ]

    private static let pages: [RecordKey] = [
        RecordKey("blocks", .array(.of("block")), "RAM blocks"),
        RecordKey("passes", .array(.of("pass")), "passes over RAM"),
    ]

    private static let diff: [RecordKey] = [
        RecordKey("differences", .array(.of("difference")), "differences"),
        RecordKey(
            "values", .of("differentValues"), "number of values that differ; for two streams",
            isRequired: false),
        RecordKey(
            "ram", .array(.of("differentBlock")), "RAM blocks that differ; null if RAM is not compared",
            isNullable: true, isRequired: false),
    ]

    private static let repair: [RecordKey] = [
        RecordKey("steps", .array(.of("step")), "steps"),
        RecordKey("edits", .array(.array(.string)), "edits, as edit --from accepts them"),
        RecordKey("unmended", .array(.of("unmended")), "problems that are not solved"),
        RecordKey("left", .array(.of("left")), "remaining findings"),
        RecordKey("untold", .array(.string), "items that the target does not show, and may refuse"),
    ]

    private static let objects: [Definition] = [
        Definition(name: "node", title: "A node: the output of tree, find, at and dump.", keys: node),
        Definition(
            name: "report", title: "The output of report: a node, its mark and its note.", keys: node + report
        ),
        Definition(name: "memory", title: "The output of memory: a range of guest memory.", keys: memory),
        Definition(name: "key", title: "The output of keys: an action of the browser.", keys: key),
        Definition(name: "setting", title: "The output of settings.", keys: setting),
        Definition(name: "pair", title: "The output of compare: a field that differs.", keys: pair),
        Definition(name: "finding", title: "A finding: the output of check and explain.", keys: finding),
        Definition(name: "code", title: "The output of explain for codes.", keys: code),
        Definition(name: "info", title: "The output of info.", keys: info),
        Definition(name: "pages", title: "The output of pages --json.", keys: pages),
        Definition(name: "block", title: "A RAM block, as pages --ndjson prints it.", keys: block),
        Definition(name: "pass", title: "A pass over RAM, as pages --ndjson prints it.", keys: pass),
        Definition(name: "diff", title: "The output of diff --json.", keys: diff),
        Definition(name: "difference", title: "A difference, as diff --ndjson prints it.", keys: difference),
        Definition(
            name: "differentBlock", title: "A RAM block that differs, as diff --ndjson prints it.",
            keys: differentBlock),
        Definition(
            name: "differentValues", title: "The last line of diff --ndjson for two streams.",
            keys: differentValues),
        Definition(name: "change", title: "A place that edit --dry-run changes.", keys: change),
        Definition(name: "repair", title: "The output of repair.", keys: repair),
        Definition(name: "shared", title: "The output of share: items removed from OUT.", keys: shared),
    ]

    /// The output of a command: with `--json`, and in each line with `--ndjson`.
    private struct Output: Sendable {
        let command: String
        let json: Shape
        let line: Shape

        init(_ command: String, _ json: Shape, _ line: Shape) {
            self.command = command
            self.json = json
            self.line = line
        }

        /// Records, in an array or one per line.
        init(_ command: String, listOf record: Shape) { self.init(command, .array(record), record) }
    }

    private static let outputs: [Output] = [
        Output("tree", listOf: .of("node")), Output("find", listOf: .of("node")),
        Output("at", listOf: .of("node")), Output("dump", listOf: .of("node")),
        Output("report", listOf: .of("report")), Output("memory", listOf: .of("memory")),
        Output("keys", listOf: .of("key")), Output("settings", listOf: .of("setting")),
        Output("compare", listOf: .of("pair")), Output("check", listOf: .of("finding")),
        Output("explain", listOf: .any([.of("finding"), .of("code")])),
        Output("info", .of("info"), .of("info")),
        Output("pages", .of("pages"), .any([.of("block"), .of("pass")])),
        Output(
            "diff", .of("diff"), .any([.of("difference"), .of("differentBlock"), .of("differentValues")])),
        Output("edit", listOf: .of("change")), Output("repair", .of("repair"), .of("repair")),
        Output("share", listOf: .of("shared")),
        // The keys are QEMU's.
        Output("desc", .value("object"), .value("object")),
    ]

    // MARK: Output

    /// Writes a JSON Schema (2020-12): a definition for each kind of record, and `commands` with the output
    /// of each command.
    package static func write(to sink: inout some ByteSink) {
        var json = JSONWriter()
        json.beginObject()
        json.member("$schema", "https://json-schema.org/draft/2020-12/schema")
        json.member("title", "Output of migscope --json and --ndjson")
        json.member(
            "description",
            "A document of --json, or a line of --ndjson; `commands` has the schema of each command.")
        json.member("schema", version)
        json.key("anyOf")
        json.beginArray()
        for output in outputs {
            for name in ["json", "ndjson"] {
                json.beginObject()
                json.member("$ref", "#/commands/\(output.command)/\(name)")
                json.endObject()
            }
        }
        json.endArray()
        json.key("commands")
        json.beginObject()
        for output in outputs {
            json.key(output.command)
            json.beginObject()
            json.key("json")
            write(output.json, &json)
            json.key("ndjson")
            write(output.line, &json)
            json.endObject()
        }
        json.endObject()
        json.key("$defs")
        json.beginObject()
        for definition in objects + parts { write(definition, &json) }
        json.endObject()
        json.endObject()
        json.endLine()
        sink.write(json.take())
    }

    private static func write(_ shape: Shape, _ json: inout JSONWriter) {
        json.beginObject()
        members(of: shape, isNullable: false, &json)
        json.endObject()
    }

    private static func members(of shape: Shape, isNullable: Bool, _ json: inout JSONWriter) {
        switch shape {
        case .value(let type): types(type, isNullable, &json)
        case .array(let element):
            types("array", isNullable, &json)
            json.key("items")
            write(element, &json)
        case .of(let name) where !isNullable: json.member("$ref", "#/$defs/\(name)")
        case .of: members(of: .any([shape]), isNullable: true, &json)
        case .any(let shapes):
            json.key("anyOf")
            json.beginArray()
            for shape in shapes + (isNullable ? [.value("null")] : []) { write(shape, &json) }
            json.endArray()
        }
    }

    private static func types(_ type: String, _ isNullable: Bool, _ json: inout JSONWriter) {
        json.key("type")
        guard isNullable else { return json.string(type) }
        json.beginArray()
        json.string(type)
        json.string("null")
        json.endArray()
    }

    private static func write(_ definition: Definition, _ json: inout JSONWriter) {
        json.key(definition.name)
        json.beginObject()
        json.member("description", definition.title)
        json.member("type", "object")
        json.key("properties")
        json.beginObject()
        for key in definition.keys {
            json.key(key.name)
            json.beginObject()
            members(of: key.shape, isNullable: key.isNullable, &json)
            json.member("description", key.title)
            json.endObject()
        }
        json.endObject()
        json.key("required")
        json.beginArray()
        for key in definition.keys where key.isRequired { json.string(key.name) }
        json.endArray()
        json.endObject()
    }
}
