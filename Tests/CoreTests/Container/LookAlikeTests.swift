import Bytes
import Container
import Stream
import Testing

/// What is no stream, and streams that do not begin at once.
@Suite struct LookAlikeTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let refused: [(bytes: [UInt8], words: String)] = [
        ([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0], "ELF core"),
        ([0x7f, 0x45, 0x4c, 0x46, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4], "ELF core"),
        ([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0], "ELF program"),
        (Array("KDUMP   ".utf8), "kdump"), (Array("PAGEDU64".utf8), "Windows"),
        ([0x19, 0x43, 0x56, 0x54, 0, 0, 0, 0], "CRIU"), ([0xd2, 0xbe, 0xd2, 0xbe, 0, 0, 0, 0], "VMware"),
        (Array("KDMV".utf8), "disk image"), (Array("conectix".utf8), "disk image"),
        (Array("QFI".utf8) + [0xfb, 0, 0, 0, 1], "qcow"), (Array("VMA".utf8) + [0, 0, 0, 0, 1], "Proxmox"),
        ([0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1], "multifd"), ([0x16, 0x03, 0x01, 0], "TLS"),
        ([0x50, 0x4b, 0x03, 0x04], "zip"), (Array("{\"devices\"".utf8), "JSON"),
        ([UInt8](repeating: 0, count: 70_000), "zeros"), (Array("nothing of the kind".utf8), "6e 6f 74"),
        (Array("QEVM".utf8) + [0, 0, 0, 2], "version 2"), (Array("QEVM".utf8) + [0, 0, 0, 9], "version 9"),
        (Array("Xen saved domain".utf8), "Xen"),
    ]

    @Test(arguments: refused) func isRefused(_ refused: (bytes: [UInt8], words: String)) throws {
        let path = try scratch.file("file", refused.bytes)
        let error = #expect(throws: OpenError.self) { try Document.open(path: path) }
        #expect(error?.description.contains(refused.words) == true)
    }

    @Test func behindOtherBytes() throws {
        let stream = SmallStream().bytes
        for base in [1, 511, 4096, PrefixedStream.searchLimit - 8] {
            let document = try Document.open(
                path: scratch.file("prefixed", [UInt8](repeating: UInt8(ascii: "Q"), count: base) + stream))
            #expect(document.overview.streamOffset == base)
            #expect(document.region.count == stream.count)
            #expect(document.findings.map(\.code) == ["stream-base"])
            #expect(document.tiles())
        }
        let path = try scratch.file(
            "far", [UInt8](repeating: 1, count: PrefixedStream.searchLimit - 7) + stream)
        #expect(throws: OpenError.self) { try Document.open(path: path) }
    }

    @Test func insideXen() throws {
        let stream = SmallStream().bytes
        let bytes = Array("Xen saved domain, xl format".utf8) + [UInt8](repeating: 7, count: 3 << 20) + stream
        let document = try Document.open(path: scratch.file("xen", bytes))
        #expect(document.container.name == "Xen")
        #expect(document.region.count == stream.count)
    }
}
