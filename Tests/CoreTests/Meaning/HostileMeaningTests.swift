import Query
import Stream
import Testing

/// Fields that have the names of the families and none of their sizes: shown as they are.
@Suite struct HostileMeaningTests {
    private func field(_ name: String, _ type: String, size: Int, count: Int? = nil) -> String {
        let array = count.map { #", "array_len": \#($0)"# } ?? ""
        return #"{"name": "\#(name)", "type": "\#(type)", "size": \#(size)\#(array)}"#
    }

    private func nodes(_ device: SmallDevice) throws -> (Document, [Node]) {
        let document = try SmallStream([device]).document()
        let path = try #require(document.path(text: "\(String(decoding: device.name, as: UTF8.self)):0"))
        let section = document.tree.node(path)
        return (document, (0..<section.childCount).map { document.tree.child($0, of: section) })
    }

    /// A shorter CMOS, a time in two bytes, VBE registers that end at once, an Arm CPU whose arrays differ in
    /// length, registers of PowerPC that are too few.
    @Test(
        arguments: [
            ("mc146818rtc", [("cmos_data", "buffer", 3, nil), ("base_rtc", "uint16", 2, nil)]),
            (
                "vga",
                [("sr_index", "uint8", 1, nil), ("vbe_regs", "uint16", 2, 2), ("palette", "buffer", 0, nil)]
            ),
            ("cpu", [("cpreg_vmstate_indexes", "uint64", 8, 3), ("cpreg_vmstate_values", "uint64", 8, 1)]),
            ("cpu", [("cpreg_vmstate_indexes", "uint32", 4, 2), ("cpreg_vmstate_values", "uint32", 4, 2)]),
            ("cpu", [("env.nip", "uint64", 8, nil), ("env.spr", "uint64", 8, 3)]),
            ("e1000", [("mac_reg[0]", "uint32", 4, 1), ("phy_reg", "uint8", 1, 40)]),
            ("ioapic", [("ioredtbl", "uint16", 2, 24)]),
            ("apic", [("lvt", "uint32", 4, 90), ("isr", "buffer", 32, nil)]),
            ("globalstate", [("runstate", "buffer", 7, nil)]),
        ] as [(String, [(String, String, Int, Int?)])]) func otherSizes(
            _ name: String, _ fields: [(String, String, Int, Int?)]
        ) throws
    {
        let size = fields.reduce(0) { $0 + $1.2 * ($1.3 ?? 1) }
        for byte in [0, 0x5a, 0xff] as [UInt8] {
            let json = fields.map { field($0.0, $0.1, size: $0.2, count: $0.3) }.joined(separator: ", ")
            let (document, nodes) = try nodes(
                SmallDevice(name, [UInt8](repeating: byte, count: size), fields: json))
            #expect(nodes.count >= fields.count)
            for node in nodes { walk(node, document) }
            #expect(Search("e", document).count >= 0)
        }
    }

    private func walk(_ node: Node, _ document: Document) {
        #expect(!document.tree.name(node).isEmpty || node.size >= 0)
        _ = (
            document.tree.label(node), document.tree.meaning(node), document.tree.value(node),
            document.details(node)
        )
        for number in 0..<min(node.childCount, 300) {
            let child = document.tree.child(number, of: node)
            #expect(child.offset >= node.offset && child.range.upperBound <= node.range.upperBound)
            walk(child, document)
        }
    }

    /// Counts that no stream holds: the section is not read by them, and nothing is built for them.
    @Test(arguments: [1 << 31, 1 << 40, 9_223_372_036_854_775_807]) func absurdCounts(_ count: Int) throws {
        let fields = [
            field("cpreg_vmstate_indexes", "uint64", size: 8, count: count),
            field("cpreg_vmstate_values", "uint64", size: 8, count: count),
        ].joined(separator: ", ")
        let document = try SmallStream([SmallDevice("cpu", [1, 2, 3, 4], fields: fields)]).document()
        #expect(document.store.table.itemCount < 100_000)
        #expect(Search("SCTLR_EL1", document).count == 0)
    }
}
