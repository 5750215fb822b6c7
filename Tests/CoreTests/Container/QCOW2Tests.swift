import Bytes
import Foundation
import Stream
import Testing

/// VM states in qcow2 images.
@Suite struct QCOW2Tests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func open(_ writer: QCOW2Writer, _ options: OpenOptions = OpenOptions()) throws -> Document {
        try Document.open(path: scratch.file("image.qcow2", writer.bytes), options: options)
    }

    @Test(arguments: ["savevm-7.2.qcow2", "savevm-10.0.qcow2"], ["first", "second", "1", "2"])
    func fixtures(_ name: String, _ snapshot: String) throws {
        let bytes = try Containers.unpacked(name)
        let path = try scratch.file(name, bytes)
        let document = try Document.open(path: path, options: OpenOptions(snapshot: snapshot))
        let isFirst = snapshot == "first" || snapshot == "1"
        #expect(document.store.container.name == "qcow2 snapshot \"\(isFirst ? "first" : "second")\"")
        #expect(document.store.container.snapshots.map(\.isOpen) == [isFirst, !isFirst])
        #expect(document.store.container.isInFile)
        #expect(document.store.region.count == (name.contains("10.0") ? 337_465 : 337_127))
        #expect(
            document.store.region.copy(0..<document.store.region.count) == Self.state(bytes, isFirst ? 0 : 1))
        #expect(document.tiles())
        #expect(document.findings.isEmpty)
        for offset in stride(from: 0, to: document.store.region.count, by: 4093) {
            let place = try #require(document.store.fileOffset(ofStreamOffset: offset))
            #expect(bytes[place] == document.store.region.byte(at: offset))
            #expect(document.store.streamOffset(ofFileOffset: place) == offset)
        }
    }

    /// The state of a snapshot of a fixture, byte for byte: clusters of 64 KiB, a disk of 64 MiB.
    private static func state(_ image: [UInt8], _ number: Int) -> [UInt8] {
        func integer(_ offset: Int, _ count: Int) -> Int {
            image[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
        }
        var entry = integer(64, 8)
        for _ in 0..<number {
            entry +=
                (40 + integer(entry + 36, 4) + integer(entry + 12, 2) + integer(entry + 14, 2) + 7) / 8 * 8
        }
        let l2 = integer(integer(entry, 8) + 8, 8) & 0x00ff_ffff_ffff_fe00
        return (0..<integer(entry + 40, 8)).map { offset in
            let cluster = integer(l2 + offset / 65536 * 8, 8) & 0x00ff_ffff_ffff_fe00
            return image[cluster + offset % 65536]
        }
    }

    @Test func newestWithoutAChoice() throws {
        let path = try scratch.file("image.qcow2", try Containers.unpacked("savevm-10.0.qcow2"))
        let document = try Document.open(path: path)
        #expect(document.store.container.name == "qcow2 snapshot \"second\"")
        #expect(document.findings.map(\.code) == [.snapshotChosen])
        let error = #expect(throws: OpenError.self) {
            try Document.open(path: path, options: OpenOptions(snapshot: "third"))
        }
        #expect(error?.description.contains("1 \"first\", 2 \"second\"") == true)
        #expect(document.store.container.snapshots[0].date == 1_795_470_901)
        let table = try #require(document.store.container.parts.first { $0.name == "snapshots" })
        #expect(table.range == 4_587_520..<4_587_663)
        #expect(table.parts.count == 2)
    }

    static let shapes:
        [(bits: Int, version: UInt32, extended: Bool, packing: QCOW2Writer.Packing, inFile: Bool)] = [
            (9, 3, false, .none, false), (12, 3, false, .none, true), (16, 2, false, .none, true),
            (21, 3, false, .none, true), (14, 3, true, .none, true), (17, 3, true, .none, true),
            (9, 2, false, .deflate, false), (16, 3, false, .deflate, false), (16, 3, false, .zstd, false),
            (21, 3, false, .deflate, false), (16, 3, true, .zstd, false),
        ]

    @Test(arguments: shapes, [false, true]) func everyShape(
        _ shape: (bits: Int, version: UInt32, extended: Bool, packing: QCOW2Writer.Packing, inFile: Bool),
        isReversed: Bool
    ) throws {
        let state = try Containers.bare.bytes()
        var writer = QCOW2Writer(state: state)
        writer.clusterBits = shape.bits
        writer.version = shape.version
        writer.hasExtendedL2 = shape.extended
        writer.packing = shape.packing
        writer.isReversed = isReversed
        try writer.write()
        let document = try open(writer)
        #expect(document.store.region.copy(0..<document.store.region.count) == state)
        #expect(document.findings.isEmpty)
        #expect(document.store.container.isInFile == (shape.inFile && Mapping.pageSize <= 4096))
        guard document.store.container.isInFile else { return }
        for offset in stride(from: 0, to: state.count, by: 1021) {
            let place = try #require(document.store.fileOffset(ofStreamOffset: offset))
            #expect(writer.bytes[place] == state[offset])
        }
    }

    @Test func subclusters() throws {
        var state = [UInt8](repeating: 5, count: 1 << 18)
        let stream = SmallStream().bytes
        state.replaceSubrange(0..<stream.count, with: stream)
        for bits in [14, 17] {
            var writer = QCOW2Writer(state: state)
            writer.clusterBits = bits
            writer.hasExtendedL2 = true
            try writer.write()
            // The last subcluster of the first cluster is not allocated, the one before reads as zero.
            writer.put(UInt64(1 << 62 | UInt64(UInt32.max >> 1)), at: writer.places.l2[0] + 8)
            let document = try open(writer)
            let cluster = 1 << bits
            var expected = state
            expected.replaceSubrange(
                cluster - cluster / 16..<cluster, with: [UInt8](repeating: 0, count: cluster / 16))
            #expect(document.store.region.copy(0..<state.count) == expected)
            if document.store.container.isInFile {
                #expect(document.store.fileOffset(ofStreamOffset: cluster - 1) == nil)
            }
        }
    }

    @Test func diskWasResized() throws {
        var writer = QCOW2Writer(state: try Containers.bare.bytes())
        writer.version = 2
        writer.diskSize = 3 << 30
        try writer.write()
        #expect(try open(writer).tiles())
        // In version 3 the entry's own size counts, unless nothing is there.
        writer.version = 3
        try writer.write()
        writer.put(UInt64(1 << 20), at: 24)
        #expect(try open(writer).tiles())
        writer.put(UInt64(3 << 30), at: 24)
        writer.put(UInt64(1 << 20), at: writer.places.entry + 48)
        #expect(try open(writer).tiles())
    }

    @Test func refusals() throws {
        var writer = QCOW2Writer(state: SmallStream().bytes)
        let cases: [(offset: Int, value: UInt32, words: String)] = [
            (4, 4, "version 4"), (20, 8, "2^8"), (20, 64, "2^64"), (32, 1, "AES"), (32, 2, "LUKS"),
            (76, 4, "another file"), (76, 0x80, "0x80"), (60, 0, "no internal snapshot"),
            (64, 0x7fff_ffff, "is after the end of the file"), (64, 0xffff_ffff, "too large"),
        ]
        for refused in cases {
            try writer.write()
            writer.put(refused.value, at: refused.offset)
            let error = #expect(throws: OpenError.self) { try open(writer) }
            #expect(error?.description.contains(refused.words) == true, "\(refused)")
        }
        try writer.write()
        writer.put(UInt64(0), at: writer.places.entry + 40)
        #expect(throws: OpenError.self) { try open(writer) }
        #expect(throws: OpenError.self) { try open(writer, OpenOptions(snapshot: "state")) }
    }
}
