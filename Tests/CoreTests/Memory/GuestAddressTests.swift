import Testing

@testable import Core

@Suite struct GuestAddressTests {
    @Test(arguments: [
        ("p 0x1000", GuestAddress.physical(0x1000)), ("p 64K", .physical(0x10000)),
        ("v 0xffffffff81000000", .virtual(0xffff_ffff_8100_0000, cpu: nil)),
        ("v 0x10 1", .virtual(0x10, cpu: 1)),
    ]) func parsed(_ text: String, _ address: GuestAddress) { #expect(GuestAddress(text) == address) }

    @Test(arguments: ["", "p", "p x", "0x1000", "p 1 2", "v 1 x", "q 1", "p 0x1ffffffffffffffff"])
    func isNone(_ text: String) { #expect(GuestAddress(text) == nil) }
}
