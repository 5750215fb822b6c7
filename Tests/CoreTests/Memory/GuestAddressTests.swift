import Memory
import Testing

@Suite struct GuestAddressTests {
    @Test(arguments: [
        ("p 0x1000", GuestAddress.physical(0x1000)), ("p 64K", .physical(0x10000)),
        ("v 0xffffffff81000000", .virtual(0xffff_ffff_8100_0000, cpu: nil)),
        ("v 0x10 1", .virtual(0x10, cpu: 1)),
    ]) func parsed(_ text: String, _ address: GuestAddress) { #expect(GuestAddress(text) == address) }

    @Test(arguments: ["", "p", "p x", "0x1000", "p 1 2", "v 1 x", "q 1", "p 0x1ffffffffffffffff"])
    func isNone(_ text: String) { #expect(GuestAddress(text) == nil) }

    /// A register that opens to its bits holds an address, too.
    @Test func tables() throws {
        let fields = ["env.eflags", "env.cr[2]", "env.cr[3]"].map {
            "{\"name\": \"\($0)\", \"type\": \"uint64\", \"size\": 8}"
        }
        let body =
            StreamWriter.be(UInt64(2)) + StreamWriter.be(UInt64(0x1234)) + StreamWriter.be(UInt64(0x55a_8fff))
        let stream = SmallStream([
            SmallDevice("cpu", version: 12, body, fields: fields.joined(separator: ", "))
        ])
        let document = try stream.document()
        let path = try #require(document.path(text: "cpu:0/env.cr[3]"))
        #expect(document.guestAddress(at: path) == .physical(0x55a_8000))
        let other = try #require(document.path(text: "cpu:0/env.cr[2]"))
        #expect(document.guestAddress(at: other) == .virtual(0x1234, cpu: 0))
    }

    @Test func riscvTable() throws {
        let document = try Sample.fixture("riscv64-virt-10.0").document()
        let path = try #require(document.path(text: "cpu:0/env.satp"))
        guard case .physical = document.guestAddress(at: path) else {
            Issue.record("satp holds a page number")
            return
        }
    }
}
