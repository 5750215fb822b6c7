import Bytes
import CLz4
import Container
import Foundation
import Stream
import Testing

/// Streams inside libvirt images and compressed files.
@Suite struct CompressedTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    static let wrapped: [(file: String, container: String)] = [
        ("libvirt-bzip2-10.0.save", "libvirt (bzip2)"), ("libvirt-gzip-10.0.save", "libvirt (gzip)"),
        ("libvirt-lzop-10.0.save", "libvirt (lzop)"), ("libvirt-xz-10.0.save", "libvirt (xz)"),
        ("libvirt-zstd-10.0.save", "libvirt (zstd)"), ("libvirt-raw-10.0.save", "xz (libvirt (raw))"),
        ("microvm-10.0.mig.bz2", "bzip2"), ("microvm-10.0.mig.gz", "gzip"), ("microvm-10.0.mig.zst", "zstd"),
        ("microvm-10.0.mig", "xz"),
    ]

    @Test(arguments: wrapped) func sameLeaves(_ wrapped: (file: String, container: String)) throws {
        let document = try Document.open(path: try Containers.path(wrapped.file))
        #expect(document.container.name == wrapped.container)
        #expect(document.overview.container == wrapped.container)
        #expect(document.rows(all: true) == (try Containers.bare.document().rows(all: true)))
        #expect(document.fileOffset(ofStreamOffset: 0) == nil)
        #expect(document.findings.isEmpty)
    }

    @Test func lz4() throws {
        let bytes = try Containers.bare.bytes()
        var packed = [UInt8](repeating: 0, count: LZ4F_compressFrameBound(bytes.count, nil))
        let count = LZ4F_compressFrame(&packed, packed.count, bytes, bytes.count, nil)
        let path = try scratch.file("microvm.lz4", Array(packed.prefix(count)))
        let document = try Document.open(path: path)
        #expect(document.container.name == "lz4")
        #expect(document.region.copy(0..<document.region.count) == bytes)
    }

    @Test func severalMembers() throws {
        let bytes = try Containers.bare.bytes()
        let packed =
            try Pack.gzip(Array(bytes[..<100_000])) + Pack.gzip(Array(bytes[100_000...])) + [0, 0, 0]
        let document = try Document.open(path: scratch.file("two.gz", packed))
        #expect(document.region.copy(0..<document.region.count) == bytes)
        #expect(document.findings.isEmpty)
        let trailing = try Document.open(path: scratch.file("trailing.gz", packed + Array("garbage".utf8)))
        #expect(trailing.region.count == bytes.count)
        #expect(trailing.findings.map(\.code) == [.containerTrailing])
    }

    @Test func nested() throws {
        let packed = try Pack.gzip(Containers.bytes("libvirt-xz-10.0.save"))
        let document = try Document.open(path: scratch.file("nested.gz", packed))
        #expect(document.container.name == "gzip (libvirt (xz))")
        #expect(document.tiles())
        var deep = try Pack.gzip(SmallStream().bytes)
        for _ in 0..<4 { deep = try Pack.gzip(deep) }
        let path = try scratch.file("deep.gz", deep)
        #expect(throws: OpenError.self) { try Document.open(path: path) }
    }

    @Test(arguments: wrapped.map(\.file)) func cut(_ file: String) throws {
        let bytes = try Containers.bytes(file)
        for count in stride(from: 1, to: bytes.count, by: max(bytes.count / 25, 1)) {
            let path = try scratch.file("cut", Array(bytes[..<count]))
            guard let document = try? Document.open(path: path) else { continue }
            #expect(document.tiles(), "\(count)")
            #expect(document.findings.contains { $0.severity == .error }, "\(count)")
        }
        // Enough comes out of a part to show the machine, unless the format has only whole blocks.
        guard !file.contains("bz"), !file.contains("lzop") else { return }
        let half = try Document.open(path: scratch.file("cut", Array(bytes[..<(bytes.count * 3 / 4)])))
        #expect(half.overview.machine != nil)
        #expect(half.has(.containerTruncated))
    }

    @Test(arguments: wrapped.map(\.file)) func damaged(_ file: String) throws {
        let bytes = try Containers.bytes(file)
        for place in stride(from: 0, to: bytes.count, by: max(bytes.count / 25, 1)) {
            var damaged = bytes
            damaged[place] ^= 0xff
            let path = try scratch.file("damaged", damaged)
            guard let document = try? Document.open(path: path) else { continue }
            #expect(document.tiles(), "\(place)")
        }
    }

    @Test func checksumOfLzop() throws {
        var bytes = try Containers.bytes("libvirt-lzop-10.0.save")
        // The Adler-32 of the first block's data follows header, name and the two lengths.
        let header = try #require(try LzopHeader.parse(bytes[4096...]))
        bytes[4096 + header.size + 8] ^= 0xff
        let document = try Document.open(path: scratch.file("checksum.save", bytes))
        #expect(document.findings.map(\.code) == [.containerChecksum])
        #expect(document.region.count == (try Containers.bare.region().count))
    }
}
