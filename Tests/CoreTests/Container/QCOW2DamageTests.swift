import Bytes
import Foundation
import Stream
import Testing

/// qcow2 images whose tables lie.
@Suite struct QCOW2DamageTests {
    private let scratch: Scratch
    private let state: [UInt8]

    init() throws {
        scratch = try Scratch()
        let stream = SmallStream().bytes
        state = stream + [UInt8](repeating: 5, count: 100_000 - stream.count)
    }

    private func open(_ writer: QCOW2Writer) throws -> Document {
        try Document.open(path: scratch.file("image.qcow2", writer.bytes))
    }

    private func image(_ packing: QCOW2Writer.Packing = .none, bits: Int = 12) throws -> QCOW2Writer {
        var writer = QCOW2Writer(state: state)
        writer.packing = packing
        writer.clusterBits = bits
        try writer.write()
        return writer
    }

    @Test func cutBeforeItsTable() throws {
        var writer = try image()
        let place = writer.places.entry
        writer.put(UInt32(2), at: 60)
        let path = try scratch.file("cut.qcow2", Array(writer.bytes.prefix(place)))
        let error = #expect(throws: OpenError.self) { try Document.open(path: path) }
        let words = error?.description ?? ""
        #expect(words.contains("its table of 2 snapshots") && words.contains("after the end of the file"))
        #expect(!words.contains("no internal snapshot"))
    }

    @Test func overlay() throws {
        var writer = try image()
        writer.put(UInt32(0), at: 60)
        let plain = #expect(throws: OpenError.self) { try open(writer) }
        #expect(plain?.description.contains("qemu-img convert") == true)
        let name = Array("base.qcow2".utf8)
        writer.put(UInt64(200), at: 8)
        writer.put(UInt32(name.count), at: 16)
        for (index, byte) in name.enumerated() { writer.put(byte, at: 200 + index) }
        let error = #expect(throws: OpenError.self) { try open(writer) }
        #expect(error?.description.contains("its backing file \"base.qcow2\"") == true)
    }

    /// Zeros after the table are no snapshots, and not thousands of them.
    @Test func countIntoZeros() throws {
        var writer = try image()
        writer.put(UInt32.max, at: 60)
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        let document = try Document.open(path: scratch.file("zeros.qcow2", writer.bytes + zeros))
        #expect(document.has(.qcow2Snapshots))
        #expect(document.store.container.snapshots.count < 100)
        #expect(document.store.region.count == state.count)
    }

    /// A key would show no VM state where there is no snapshot.
    @Test func encrypted() throws {
        var writer = try image()
        writer.put(UInt32(2), at: 32)
        let error = #expect(throws: OpenError.self) { try open(writer) }
        #expect(error?.description.contains("it is encrypted (LUKS), including its VM states") == true)
        writer.put(UInt32(0), at: 60)
        let empty = #expect(throws: OpenError.self) { try open(writer) }
        #expect(empty?.description.contains("it has no internal snapshot") == true)
    }

    @Test func hugeCount() throws {
        var writer = try image()
        writer.put(UInt32.max, at: 60)
        let document = try open(writer)
        #expect(document.has(.qcow2Snapshots))
        #expect(document.store.container.snapshots.count < 100)
        #expect(document.store.region.count == state.count)
    }

    @Test(arguments: [1 << 40, 1 << 62, UInt64(bitPattern: -1)]) func hugeState(_ size: UInt64) throws {
        var writer = try image()
        writer.put(size, at: writer.places.entry + 40)
        let document = try open(writer)
        #expect(document.has(.qcow2Tables))
        #expect(document.store.region.count == (state.count + 4095) / 4096 * 4096)
        #expect(document.tiles())
    }

    @Test func hugeTable() throws {
        var writer = try image()
        writer.put(UInt32.max, at: writer.places.entry + 8)
        #expect(try open(writer).store.region.count == state.count)
        writer.put(UInt32(1), at: writer.places.entry + 8)
        #expect(throws: OpenError.self) { try open(writer) }
        writer.put(UInt64.max - 7, at: writer.places.entry)
        #expect(throws: OpenError.self) { try open(writer) }
    }

    @Test func tableTwice() throws {
        // Clusters of 512 bytes: 32 KiB for each L2 table.
        var writer = try image(bits: 9)
        let first = writer.places.l1 + (writer.places.l1Count - writer.places.l2.count) * 8
        for table in 1..<writer.places.l2.count {
            writer.put(UInt64(writer.places.l2[0]), at: first + table * 8)
        }
        let document = try open(writer)
        #expect(document.has(.qcow2Tables))
        #expect(document.store.region.count == 32 << 10)
        #expect(document.tiles())
    }

    @Test(arguments: [1 << 20, 1 << 50, 0x00ff_ffff_ffff_f000, 512]) func outside(_ place: UInt64) throws {
        var writer = try image()
        writer.put(place, at: writer.places.l2[0] + 8 * 8)
        let document = try open(writer)
        #expect(document.has(.qcow2Tables))
        #expect(document.store.region.count == state.count)
        #expect(document.isZero(8 * 4096..<9 * 4096))
        #expect(document.tiles())
        let last = writer.places.l1Count - 1
        writer.put(place, at: writer.places.l1 + last * 8)
        #expect(throws: OpenError.self) { try open(writer) }
    }

    @Test func oneClusterForAll() throws {
        var writer = try image(bits: 9)
        for table in writer.places.l2 {
            for entry in 0..<64 { writer.put(UInt64(writer.places.l2[0] + 4096), at: table + entry * 8) }
        }
        writer.put(UInt64(1 << 40), at: writer.places.entry + 40)
        if let document = try? open(writer) {
            #expect(document.store.region.count <= writer.bytes.count + 4096)
        }
    }

    @Test func hole() throws {
        var writer = try image()
        for entry in 4..<20 { writer.put(UInt64(entry % 2), at: writer.places.l2[0] + entry * 8) }
        let document = try open(writer)
        #expect(document.isZero(4 * 4096..<20 * 4096))
        #expect(document.store.region.count == state.count)
        #expect(document.store.fileOffset(ofStreamOffset: 5 * 4096) == nil)
        #expect(document.findings.allSatisfy { !$0.code.rawValue.hasPrefix("qcow2") })
    }

    @Test(arguments: [QCOW2Writer.Packing.deflate, .zstd]) func lyingClusters(_ packing: QCOW2Writer.Packing)
        throws
    {
        var writer = try image(packing)
        let entry = writer.places.l2[0] + 8 * 8
        let word = writer.bytes[entry..<entry + 8].reduce(0) { $0 << 8 | UInt64($1) }
        // Outside, far more sectors than there are, none, and someone else's bytes.
        let lies: [UInt64] = [word | 0xff_ffff_ffff, word | 0xf << 58, word & ~(0xf << 58), 1 << 62 | 3]
        for lie in lies {
            writer.put(lie, at: entry)
            let document = try open(writer)
            #expect(document.store.region.count == state.count)
            #expect(document.tiles())
            let cluster = document.store.region.copy(8 * 4096..<9 * 4096)
            let isWhole = cluster == Array(state[8 * 4096..<9 * 4096])
            #expect(isWhole || document.has(.qcow2Cluster) || document.has(.qcow2Tables))
        }
    }

    @Test func cut() throws {
        for packing in [QCOW2Writer.Packing.none, .deflate] {
            let writer = try image(packing)
            for count in stride(from: 1, to: writer.bytes.count, by: 4099) {
                let path = try scratch.file("cut.qcow2", Array(writer.bytes[..<count]))
                // The snapshot table is at the end.
                #expect(throws: OpenError.self) { try Document.open(path: path) }
            }
        }
    }

    @Test func damagedBytes() throws {
        for packing in [QCOW2Writer.Packing.none, .zstd] {
            let writer = try image(packing)
            let path = try scratch.file("damaged.qcow2", writer.bytes)
            let handle = try #require(FileHandle(forWritingAtPath: path))
            let places =
                [0..<112, writer.places.entry..<writer.places.entry + 62]
                + [writer.places.l1, writer.places.l2[0], writer.places.l2[0] + 24].map { $0..<$0 + 8 }
            for place in places.joined() {
                for value: UInt8 in [0x00, 0x7f, 0xff] {
                    try Self.write([value], at: place, handle)
                    if let document = try? Document.open(path: path) { #expect(document.tiles(), "\(place)") }
                }
                try Self.write([writer.bytes[place]], at: place, handle)
            }
        }
    }

    private static func write(_ bytes: [UInt8], at offset: Int, _ handle: FileHandle) throws {
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data(bytes))
    }
}
