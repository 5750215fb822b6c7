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
        ([0x16, 0x03, 0x01, 0], "TLS"),
        ([0x50, 0x4b, 0x03, 0x04], "zip"), (Array("{\"devices\"".utf8), "JSON"),
        (Array("{\"snapshots\":{},\"snapshot_data\":{}}".utf8), "cloud-hypervisor"),
        (Array("EMiL".utf8), "LiME"), (Array("AVML".utf8), "avml-convert"),
        (Array("hibr".utf8), "hibernation"),
        (padded(4086, "S1SUSPEND"), "Linux hibernation image"),
        (padded(64, [0x7f, 0x10, 0xda, 0xbe]), "VDI"),
        (Array("LUKS".utf8) + [0xba, 0xbe], "cryptsetup open --readonly"),
        (Array("WithoutFreeSpace".utf8), "Parallels"), (padded(32769, "CD001"), "ISO 9660"),
        (mbr, "MBR"),
        (padded(1080, [0x53, 0xef]), "ext4"), ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "7z"),
        ([66, 171, 56, 7, 190, 131, 112, 161], "proxmox-backup-client"),
        ([0, 0, 0x64, 0x86, 0x84, 0x19, 0x10, 0x07], "Firecracker"), (Array("%PDF-1.7".utf8), "PDF"),
        ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "PNG"),
        (Array("<domain type='kvm'>".utf8), "virsh save"),
        (Array("qemu-system-x86_64: load of migration failed: Invalid argument\n".utf8), "migscope explain"),
        (padded(99_488, "conectix") + [UInt8](repeating: 0, count: 504), "qemu-img convert -f vpc"),
        ([UInt8](repeating: 0, count: 70_000), "zeros"), (Array("nothing of the kind".utf8), "text"),
        ([1, 2, 3, 0xff], "01 02 03 ff"),
        (Array("QEVM".utf8) + [0, 0, 0, 2], "version 2"), (Array("QEVM".utf8) + [0, 0, 0, 9], "version 9"),
        (Array("Xen saved domain".utf8), "Xen"),
        // What is tried next must not write to them.
        (padded(4086, "S1SUSPEND"), "make a copy"), (padded(1080, [0x53, 0xef]), "ro,noload"),
        (Array("XFSB".utf8), "ro,norecovery"),
        ([UInt8](repeating: 0, count: 65_600) + Array("_BHRfS_M".utf8), "btrfs"),
        ([0xd1, 0xba, 0xd1, 0xba, 0, 0, 0, 0], "VMware"), (Array("0707010000".utf8), "cpio"),
        (padded(510, [0x55, 0xaa]), "boot sector"), (padded(54, "FAT16   "), "a FAT file system"),
        (padded(82, "FAT32   "), "a FAT file system"), (padded(1024, [0xe2, 0xe1, 0xf5, 0xe0]), "EROFS"),
        (padded(1024, [0x10, 0x20, 0xf5, 0xf2]), "F2FS"), (padded(3, "EXFAT   "), "exFAT"),
        ([UInt8](repeating: 0xee, count: 70_000), "found ee ee"), (printed, "try: --search"),
    ]

    // A log that is longer than what is searched by itself, and what is no text after it.
    private static var printed: [UInt8] {
        Array(repeating: Array("qemu-system-x86_64: warning: something\n".utf8), count: 30_000).flatMap { $0 }
            + [UInt8](repeating: 0, count: 100)
    }

    // One partition of Linux at sector 2048.
    private static var mbr: [UInt8] {
        var sector = [UInt8](repeating: 0, count: 1024)
        sector[0] = 0xeb
        sector.replaceSubrange(450..<462, with: [0x83, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1, 0])
        sector.replaceSubrange(510..<512, with: [0x55, 0xaa])
        return sector
    }

    private static func padded(_ offset: Int, _ text: String) -> [UInt8] { padded(offset, Array(text.utf8)) }

    // The bytes with other bytes before them.
    private static func padded(_ offset: Int, _ bytes: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 0, count: max(offset - 1, 0)) + [1].prefix(offset) + bytes
    }

    @Test func adviceKeepsWhatIsLookedFor() throws {
        for (number, refused) in Self.refused.enumerated() {
            let error = #expect(throws: OpenError.self) {
                try Document.open(path: scratch.file("file-\(number)", refused.bytes))
            }
            #expect(error?.description.contains("save again") == false)
        }
    }

    @Test func searchedToTheEnd() throws {
        let stream = SmallStream().bytes
        let bytes = [UInt8](repeating: 0, count: 5 << 20) + Array("QEVM".utf8) + stream
        let path = try scratch.file("far", bytes)
        let error = #expect(throws: OpenError.self) { try Document.open(path: path) }
        #expect(error?.description.contains("--search") == true)
        var options = OpenOptions()
        options.searchesAll = true
        let document = try Document.open(path: path, options: options)
        #expect(document.overview.streamOffset == bytes.count - stream.count)
        #expect(document.store.region.count == stream.count)
        #expect(throws: OpenError.self) {
            try Document.open(
                path: scratch.file("none", [UInt8](repeating: 0, count: 70_000)), options: options)
        }
    }

    @Test func anyOffset() throws {
        let stream = SmallStream().bytes
        let bytes = stream + [UInt8](repeating: 7, count: 999) + (try Pack.gzip(stream))
        let path = try scratch.file("two", bytes)
        var options = OpenOptions()
        options.offset = stream.count + 999
        let document = try Document.open(path: path, options: options)
        #expect(document.store.region.count == stream.count)
        #expect(document.store.container.name.hasSuffix("(gzip)"))
        options.offset = bytes.count
        #expect(throws: OpenError.self) { try Document.open(path: path, options: options) }
    }

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
            #expect(document.store.region.count == stream.count)
            #expect(document.findings.map(\.code) == [.streamBase])
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
        #expect(document.store.container.name == "Xen")
        #expect(document.store.region.count == stream.count)
    }
}
