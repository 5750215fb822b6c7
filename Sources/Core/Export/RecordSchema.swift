/// The schema of what `--json` and `--ndjson` print.
package enum RecordSchema {
    /// Counted up by a change that is more than another key.
    package static let version = 1

    /// A key of a record: its name, the JSON type of its value where it has one, and what it is.
    private struct Key {
        let name: String
        let type: String
        let isNullable: Bool
        let title: String

        init(_ name: String, _ type: String, _ title: String, isNullable: Bool = true) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
            self.title = title
        }
    }

    private static let node: [Key] = [
        Key("offset", "integer", "bytes from the start of the stream; null for parts of a container"),
        Key("size", "integer", "bytes", isNullable: false),
        Key("path", "string", "path of the node, as every command takes it; null for the whole stream"),
        Key("section", "string", "idstr of its section"),
        Key("instance", "integer", "instance id of its section"),
        Key("field", "string", "path below its section"),
        Key("type", "string", "QEMU's name of the type; for what is no field, what it is"),
        Key(
            "raw", "string",
            "all bytes of a leaf as pairs of hexadecimal digits; null for what consists of other nodes"),
        Key(
            "number", "number",
            "value as a number, up to 64 bits; null for what is none, and for a timer that does not run"),
        Key(
            "text", "string", "value as the tree shows it, text without quotation marks; null for plain bytes"
        ),
        Key("meaning", "string", "what its bits mean"),
        Key("label", "string", "what manuals call it"),
    ]

    private static let report: [Key] = [
        Key("mark", "string", "letter of its mark"), Key("note", "string", "note on it"),
    ]

    private static let memory: [Key] = [
        Key("address", "integer", "guest address of the first byte", isNullable: false),
        Key("size", "integer", "bytes", isNullable: false),
        Key(
            "state", "string",
            "bytes, zero, absent (RAM that the stream does not have) or nothing (no memory there)",
            isNullable: false),
        Key(
            "raw", "string",
            "the bytes as pairs of hexadecimal digits; null for what is not there, and for zeros"),
        Key("reason", "string", "why there are none"),
    ]

    private static let key: [Key] = [
        Key("action", "string", "name of the action, as : takes it", isNullable: false),
        Key("group", "string", "heading of the help", isNullable: false),
        Key("title", "string", "what it does", isNullable: false),
    ]

    /// The names of the keys of a node's record, in their order.
    package static var nodeKeys: [String] { node.map(\.name) }

    /// Writes a JSON Schema (2020-12), with a definition for each kind of record.
    package static func write(to sink: inout some ByteSink) {
        var json = JSONWriter()
        json.beginObject()
        json.member("$schema", "https://json-schema.org/draft/2020-12/schema")
        json.member("title", "Records of migscope --json and --ndjson")
        json.member(
            "description",
            "tree, find, at and dump print nodes, --ndjson one a line and --json all in an array.")
        json.member("schema", version)
        json.key("$ref")
        json.string("#/$defs/node")
        json.key("$defs")
        json.beginObject()
        define("node", "A node: what tree, find, at and dump print.", node, &json)
        define("report", "What report prints: a node, its mark and its note.", node + report, &json)
        define("memory", "What memory prints: a stretch of guest memory.", memory, &json)
        define(
            "key", "What keys prints: an action of the browser.", key,
            arrays: [("keys", "keys that are bound to it")], &json)
        json.endObject()
        json.endObject()
        json.endLine()
        sink.write(json.take())
    }

    private static func define(
        _ name: String, _ title: String, _ keys: [Key], arrays: [(name: String, title: String)] = [],
        _ json: inout JSONWriter
    ) {
        json.key(name)
        json.beginObject()
        json.member("description", title)
        json.member("type", "object")
        json.key("properties")
        json.beginObject()
        for key in keys {
            json.key(key.name)
            json.beginObject()
            json.key("type")
            if key.isNullable {
                json.beginArray()
                json.string(key.type)
                json.string("null")
                json.endArray()
            } else {
                json.string(key.type)
            }
            json.member("description", key.title)
            json.endObject()
        }
        for array in arrays {
            json.key(array.name)
            json.beginObject()
            json.member("type", "array")
            json.member("description", array.title)
            json.endObject()
        }
        json.endObject()
        json.key("required")
        json.beginArray()
        for name in keys.map(\.name) + arrays.map(\.name) { json.string(name) }
        json.endArray()
        json.endObject()
    }
}
