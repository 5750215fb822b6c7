import Diagnose
import Testing

/// Descriptions that name the fields which `check` looks at, with types and lengths that they do not have.
@Suite(.timeLimit(.minutes(10))) struct HostileCheckTests {
    private func check(_ structure: String, _ names: [String], type: String, _ body: [UInt8]) throws {
        let size = body.count / names.count
        let fields = names.map { #"{"name": "\#($0)", "type": "\#(type)", "size": \#(size)}"# }
        let device = SmallDevice(
            "odd", body, fields: fields.joined(separator: ", "), structure: structure)
        let document = try SmallStream([.plain("first"), device]).document()
        _ = Check(document, like: document).findings()
        _ = Check(document).findings()
    }

    private static let structures = Set(PostLoadRules.all.map(\.structure)).sorted()

    /// Each vmstate's fields, as numbers of either sign and any size.
    @Test(arguments: structures) func checksAfterLoading(_ structure: String) throws {
        let rules = PostLoadRules.all.filter { $0.structure == structure }
        let more = ["doorbell_cnt", "doorbell_reply_size", "halt", "cmd", "slot", "tag", "state"]
        let names = Array(Set(rules.map(\.field) + more)).sorted()
        for (type, size) in [("int8", 1), ("int32", 4), ("uint32", 4), ("uint64", 8), ("int64", 8), ("x", 3)]
        {
            for byte in [UInt8(0), 0x7f, 0x80, 0xff] {
                let body = [UInt8](repeating: byte, count: names.count * size)
                try check(structure, names, type: type, body)
            }
        }
    }

    @Test func counts() throws {
        for rule in CountedFields.all {
            let decider = String(rule.decidedBy.split(separator: ":")[1])
            for byte in [UInt8(0), 1, 0x7f, 0x80, 0xff] {
                for names in [[decider], [decider, rule.field], [decider, rule.after, "z"]] {
                    let body = [UInt8](repeating: byte, count: names.count * 4)
                    try check(rule.structure, names, type: "uint32", body)
                }
            }
        }
    }

    @Test(arguments: [1, 1 << 31, Int.max]) func pointersThatAreNotThere(_ count: Int) throws {
        for type in ["nullptr", "ptr-marker"] {
            let field = #"{"name": "p", "array_len": \#(count), "type": "\#(type)", "size": 1}"#
            let device = SmallDevice("odd", [0x30, 0xff, 0x30], fields: field, structure: "odd")
            let document = try SmallStream([.plain("first"), device]).document()
            _ = Check(document, like: document).findings()
        }
    }
}
