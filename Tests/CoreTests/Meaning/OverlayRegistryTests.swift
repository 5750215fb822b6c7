import Meaning
import Stream
import Testing

/// The registry of overlays: each field that a rule is for is written into a small stream, where the rule must find
/// it and lay its rows inside it, whatever the bytes are.
@Suite struct OverlayRegistryTests {
    /// A field that rules have something to say of, in a vmstate that they are for.
    struct Example {
        var vmstate: String
        var member: String?
        var field: FieldMeaning
        /// Whether something besides the tables may change labels.
        var isInterpreted: Bool

        /// Bytes of the field, or of each of its elements.
        var size: Int { field.size ?? field.overlay?.size ?? 4 }
        /// Elements; nil for a field that is no array.
        var count: Int? {
            let numbered = field.elements?(64).keys.max() ?? field.elementOverlays.keys.max()
            return numbered.map { $0 + 2 }
        }

        func device(_ byte: UInt8) -> SmallDevice {
            let array = count.map { "\"array_len\": \($0), " } ?? ""
            let type = [1, 2, 4, 8].contains(size) ? "uint\(8 * size)" : "buffer"
            var fields = "{\"name\": \"\(field.name)\", \(array)\"type\": \"\(type)\", \"size\": \(size)}"
            var body = [UInt8](repeating: byte, count: size * (count ?? 1))
            if let member, member != field.name {
                fields += ", {\"name\": \"\(member)\", \"type\": \"uint8\", \"size\": 1}"
                body.append(byte)
            }
            return SmallDevice("example", body, fields: fields, structure: vmstate)
        }
    }

    private static let examples: [Example] = MeaningFamilies.all.flatMap { rules -> [Example] in
        // What is inside opaque fields has no vmstate of its own: DeviceMeaningTests has it.
        guard rules.opaque == nil else { return [] }
        return rules.fields.values.flatMap { $0 }.flatMap { field in
            rules.vmstates.map { name in
                Example(
                    vmstate: name.hasPrefix("*") ? "any" + name.dropFirst() : name, member: rules.member,
                    field: field, isInterpreted: rules.interpret != nil)
            }
        }
    }

    @Test(arguments: [0x00, 0x01, 0xff] as [UInt8]) func everyOverlayLies(_ byte: UInt8) throws {
        #expect(Self.examples.count > 300)
        for example in Self.examples {
            let document = try SmallStream([example.device(byte)]).document()
            let name = "\(example.vmstate) \(example.field.name)"
            #expect(Tiling.nodes(document, perNode: 8, limit: 400) == [], "\(name)")
            let device = try #require(document.path(text: "example:0"), "\(name)")
            let node = document.tree.child(1, of: document.tree.node(device))
            #expect(Examination.texts(node, document).allSatisfy(Examination.isSafe), "\(name)")
            if !example.field.label.isEmpty, !example.isInterpreted {
                #expect(document.tree.decoration(node).contains(example.field.label), "\(name)")
            }
        }
    }
}
