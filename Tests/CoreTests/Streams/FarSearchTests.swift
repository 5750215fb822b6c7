import Bytes
import Stream
import Testing

/// Damage long before the next place that can be read: the search for it goes in steps.
@Suite struct FarSearchTests {
    private static let garbage = (0..<100_000).map { UInt8(truncatingIfNeeded: 77 &+ $0 &* 131 &+ $0 >> 7) }

    private static func stream(_ damage: (inout StreamWriter) -> Void) -> [UInt8] {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x4000)]))
        damage(&stream)
        stream.part(2, StreamWriter.page(0x1000, fill: 3, block: "pc.ram") + StreamWriter.endOfRAM)
        stream.end(2, StreamWriter.endOfRAM)
        stream.full(10, Array("first".utf8), [1, 2, 3, 4])
        stream.endOfFile()
        stream.description(SmallStream([.plain("first")]).description)
        return stream.bytes
    }

    /// In a section of RAM, between sections, in a device that nothing describes, after an end mark, after
    /// what looks like one.
    private static let streams = [
        stream { $0.part(2, StreamWriter.page(0, fill: 1, block: "pc.ram") + garbage) },
        stream { $0.append(garbage) },
        stream { $0.full(40, Array("unknown".utf8), garbage) },
        SmallStream().bytes + garbage + SmallStream().bytes,
        stream { $0.append([0] + garbage) },
    ]

    @Test(arguments: streams.indices, [1, 100]) func steps(_ number: Int, _ budget: Int) throws {
        let region = MappedRegion(copying: Self.streams[number])
        let whole = try Document.open(region: region, name: "far.mig")
        whole.openLivePart()
        let stepped = try Document.open(region: region, name: "far.mig")
        var steps = 0
        var progress = 0.0
        while stepped.openLivePart(budget: budget) {
            steps += 1
            #expect(stepped.livePartProgress >= progress)
            progress = stepped.livePartProgress
        }
        #expect(steps > Self.garbage.count / 256 / max(budget, 16) / 2)
        #expect(Self.shape(stepped) == Self.shape(whole))
        #expect(stepped.findings.map(\.code) == whole.findings.map(\.code))
        #expect(Tiling.rows(stepped).problems == [])
    }

    private static func shape(_ document: Document) -> [String] {
        document.store.records.filter { $0.kind != .live }.sorted {
            ($0.offset, $0.size) < ($1.offset, $1.size)
        }
        .map { "\($0.kind) \($0.offset) \($0.size) \(document.store.table.names.text($0.name))" }
    }

    /// What one step looks at is bounded, so that the browser stays usable.
    @Test func aStepIsShort() throws {
        let document = try Document.open(
            region: MappedRegion(copying: Self.streams[1]), name: "far.mig")
        #expect(document.openLivePart(budget: 16))
        let reached: Int = try #require(document.pause.search.reached)
        let bound: Int = 200 + 2 * 16 * 256
        #expect(reached <= bound)
        #expect(document.pause.mismatch != nil)
    }
}
