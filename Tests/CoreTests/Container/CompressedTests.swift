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
        #expect(document.store.container.name == wrapped.container)
        #expect(document.overview.container == wrapped.container)
        #expect(document.rows(all: true) == (try Containers.bare.document().rows(all: true)))
        #expect(document.store.fileOffset(ofStreamOffset: 0) == nil)
        #expect(document.findings.isEmpty)
    }

    @Test func lz4() throws {
        let bytes = try Containers.bare.bytes()
        var packed = [UInt8](repeating: 0, count: LZ4F_compressFrameBound(bytes.count, nil))
        let count = LZ4F_compressFrame(&packed, packed.count, bytes, bytes.count, nil)
        let path = try scratch.file("microvm.lz4", Array(packed.prefix(count)))
        let document = try Document.open(path: path)
        #expect(document.store.container.name == "lz4")
        #expect(document.store.region.copy(0..<document.store.region.count) == bytes)
    }

    /// What is packed unpacks to the same bytes, whatever the size of the pieces and of the whole.
    @Test(arguments: Encoders.all.map { $0.name }, [0, 1, 255, (256 << 10) - 1, 256 << 10, 600_000])
    func encoders(_ name: String, _ size: Int) throws {
        // Half of it does not get smaller.
        let bytes: [UInt8] = (0..<size).map { index in
            let mixed = UInt64(index) &* 0x9e37_79b9_7f4a_7c15
            return index & 0x8000 == 0 ? UInt8(truncatingIfNeeded: (mixed ^ mixed >> 29) &* mixed >> 40) : 7
        }
        var packed = try Pack.encoded(bytes, with: name, piece: 65537, room: 1000)
        #expect(Codecs.recognized(packed.prefix(16))?.name == name)
        packed += try Pack.encoded([1, 2, 3], with: name, piece: 1, room: 1)
        let codec = try #require(Codecs.all.first { $0.name == name })
        let path = try scratch.file("packed", packed)
        let producer = CodecProducer(try codec.init(), InputWindow(try MappedRegion.open(path: path)))
        var unpacked: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 10_000)
        while case let count = try piece.withUnsafeMutableBytes({ try producer.produce(into: $0) }), count > 0
        {
            unpacked += piece[..<count]
        }
        #expect(unpacked == bytes + [1, 2, 3])
        #expect(producer.remarks.isEmpty)
    }

    /// A wrong checksum at the end takes nothing of what came before it, as for the programs that write the formats.
    @Test(arguments: Encoders.all.map { $0.name }.filter { $0 != "lzop" } + ["lz4"]) func wrongChecksum(
        _ name: String
    ) throws {
        let bytes = SmallStream().bytes + [UInt8](repeating: 7, count: 600_000)
        var packed: [UInt8]
        if name == "lz4" {
            var preferences = LZ4F_preferences_t()
            preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
            packed = [UInt8](repeating: 0, count: LZ4F_compressFrameBound(bytes.count, &preferences))
            let count = LZ4F_compressFrame(&packed, packed.count, bytes, bytes.count, &preferences)
            packed.removeLast(packed.count - count)
        } else {
            packed = try Pack.encoded(bytes, with: name, piece: 65537, room: 1000)
        }
        // gzip ends in the checksum and the size; xz in an index and a footer, bzip2 in bits that no byte begins with.
        let place = packed.count - (name == "gzip" ? 6 : name == "xz" ? 40 : 2)
        packed[place] ^= 0x40
        let document = try Document.open(path: scratch.file("checksum", packed))
        #expect(document.has(.containerCorrupt))
        #expect(document.store.source.region.count == bytes.count)
    }

    @Test func severalMembers() throws {
        let bytes = try Containers.bare.bytes()
        let packed =
            try Pack.gzip(Array(bytes[..<100_000])) + Pack.gzip(Array(bytes[100_000...])) + [0, 0, 0]
        let document = try Document.open(path: scratch.file("two.gz", packed))
        #expect(document.store.region.copy(0..<document.store.region.count) == bytes)
        #expect(document.findings.isEmpty)
        let trailing = try Document.open(path: scratch.file("trailing.gz", packed + Array("garbage".utf8)))
        #expect(trailing.store.region.count == bytes.count)
        #expect(trailing.findings.map(\.code) == [.containerTrailing])
    }

    @Test func nested() throws {
        let packed = try Pack.gzip(Containers.bytes("libvirt-xz-10.0.save"))
        let document = try Document.open(path: scratch.file("nested.gz", packed))
        #expect(document.store.container.name == "gzip (libvirt (xz))")
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
        #expect(document.store.region.count == (try Containers.bare.region().count))
    }
}
