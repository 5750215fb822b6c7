import Bytes
import Format
import Meaning
import Query
import Testing

/// Rows say what bits stand for, and belong to no byte.
@Suite struct OverlayTests {
    /// `name = value` of the rows of a word.
    private func rows(_ order: ByteOrder, _ bytes: [UInt8], _ bits: [BitField]) -> [String] {
        bits.map { bit in
            let row = bit.row(in: bytes.count, order)
            let region = MappedRegion(copying: Array(bytes[row.offset..<row.offset + row.size]))
            let span = region.span
            return "\(row.offset)+\(row.size) \(row.name)=\(row.type.value(span).short)"
        }
    }

    @Test func bitsOfBothByteOrders() {
        let bits = [
            BitField("A", 0...0, .flag), BitField("B", 12...13), BitField("C", 4...11, .hex),
            BitField("D", 12...15, .address),
        ]
        #expect(rows(.big, [0x2a, 0xb1], bits) == ["1+1 A=set", "0+1 B=2", "0+2 C=0xab", "0+1 D=0x2000"])
        #expect(rows(.little, [0xb1, 0x2a], bits) == ["0+1 A=set", "1+1 B=2", "0+2 C=0xab", "1+1 D=0x2000"])
    }

    /// A register of a real stream by its name, folded away; its rows; and who owns its bytes.
    @Test func flags() throws {
        let document = try Sample.fixture("sample-q35-7.2").document()
        let search = Search("RFLAGS", document)
        #expect(search.count == 2)
        let path = try #require(search.path(ofOrdinal: 1, document))
        let node = document.tree.node(path)
        #expect(
            document.tree.pathText(path) == "cpu:0/env.eflags" && document.tree.decoration(node) == "RFLAGS")
        #expect(document.tree.meaning(node) == "SF")
        #expect(document.details(node).contains { $0 == ("RFLAGS", "SF") })
        let rows = (0..<node.childCount).map { document.tree.child($0, of: node) }
        #expect(rows.map { document.tree.name($0) }.prefix(4) == ["CF", "PF", "AF", "ZF"])
        #expect(rows.allSatisfy { $0.role == .meaning && node.range.contains($0.offset) })
        #expect(document.tree.value(rows[1]).full == "0 = clear")
        #expect(document.path(text: "cpu:0/env.eflags/PF") == rows[1].path)
        for offset in node.range { #expect(document.path(atOffset: offset) == path) }
    }

    /// Elements keep their numbers and paths when they get names.
    @Test func elements() throws {
        let document = try Sample.fixture("microvm-10.0").document()
        let path = try #require(Search("RSP", document).path(ofOrdinal: 1, document))
        #expect(document.tree.pathText(path) == "cpu:0/env.regs[4]")
        #expect(document.tree.decoration(document.tree.node(path)) == "RSP")
        #expect(document.tree.decoration(document.tree.node(path.parent ?? .root)) == "[16]")
    }

    /// All rows of all families stand in their leaves, and show text that is safe.
    @Test(arguments: Sample.fixtures) func rowsLieInLeaves(_ sample: Sample) throws {
        let document = try sample.document()
        let table = document.store.table
        for number in 0..<table.layoutCount {
            let id = LayoutID(index: Int32(number))
            guard table[id].kind == .overlay else { continue }
            for item in table.items(of: id) {
                #expect(item.role == .meaning && item.count == 1 && item.inside.isNone)
                #expect(item.offset >= 0 && item.stride > 0 && item.offset + item.stride <= table[id].size)
            }
        }
    }
}
