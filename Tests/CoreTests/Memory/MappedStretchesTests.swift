import Memory
import Testing

/// What page tables map, as a list, and the views of an ELF core that come from it.
@Suite struct MappedStretchesTests {
    /// A CPU in long mode with tables of a test.
    private struct LongMode: GuestProcessor {
        let number: UInt32 = 0
        let programCounter: UInt64 = 0
        func coreNotes(like first: any GuestProcessor) -> [CoreNote] { [] }
        private let paging = X86Paging(cr0: 1 << 31, cr3: 0x1000, cr4: 0x20, isLongMode: true)

        func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
            try paging.translate(virtual, in: memory)
        }
    }

    @Test func neighboursAreOne() {
        var test = TestMemory()
        test.put(UInt64(0x2000 | 1), at: 0x1000 + 511 * 8)
        test.put(UInt64(0x3000 | 1), at: 0x2000 + 510 * 8)
        test.put(UInt64(0x4000 | 1), at: 0x3000)
        // Two pages that follow each other in both, then one that does not.
        test.put(UInt64(0x50_0001), at: 0x4000 + 3 * 8)
        test.put(UInt64(0x50_1001), at: 0x4000 + 4 * 8)
        test.put(UInt64(0x60_0001), at: 0x4000 + 5 * 8)
        test.put(UInt64(0x80_0081), at: 0x3000 + 8)
        let mapped = MappedStretches(LongMode(), in: test.memory)
        #expect(mapped.isComplete)
        #expect(
            mapped.all == [
                .init(virtual: 0xffff_ffff_8000_3000, physical: 0x50_0000, size: 0x2000),
                .init(virtual: 0xffff_ffff_8000_5000, physical: 0x60_0000, size: 0x1000),
                .init(virtual: 0xffff_ffff_8020_0000, physical: 0x80_0000, size: 0x20_0000),
            ])
    }

    /// 2^36 pages by tables that lead to themselves: the walk gives up, and says so.
    @Test func loops() {
        var test = TestMemory()
        for entry in 0..<512 { test.put(UInt64(0x1000 | 1), at: 0x1000 + entry * 8) }
        let mapped = MappedStretches(LongMode(), in: test.memory)
        #expect(!mapped.isComplete)
        #expect(mapped.all.count <= MappedStretches.stretchLimit)
    }

    @Test func nothingIsMapped() {
        let mapped = MappedStretches(LongMode(), in: TestMemory().memory)
        #expect(mapped.isComplete && mapped.all == [])
    }

    /// The kernel's banner at its virtual address, where the corpus is there.
    @Test(.needsShared) func kernel() throws {
        let document = try #require(Sample.corpus("linux-256m-7.2")).document()
        let memory = document.guestMemory()
        let processor = try #require(document.processors().first)
        let mapped = MappedStretches(processor, in: memory)
        #expect(mapped.isComplete)
        for stretch in mapped.all {
            #expect(try processor.translate(stretch.virtual, in: memory).physical == stretch.physical)
            let last = stretch.size - 1
            #expect(
                try processor.translate(stretch.virtual + last, in: memory).physical == stretch.physical
                    + last)
        }
        var core = try #require(ELFCore(document, memory: memory, paging: processor))
        var sink = ELFCoreTests.Sink()
        let outcome = core.write(to: &sink)
        #expect(!outcome.isPagingCut)
        let loads = ELFCoreTests.loads(sink.pieces[0].bytes)
        #expect(loads.count == outcome.loadCount)
        #expect(loads.allSatisfy { $0.offset + $0.size <= UInt64(sink.length) })
        let banner: UInt64 = 0xffff_ffff_8200_01a0
        let load = try #require(loads.first { $0.virtual <= banner && banner - $0.virtual < $0.size })
        let place = Int(load.offset + (banner - load.virtual))
        let piece = try #require(
            sink.pieces.last { $0.offset <= place && $0.offset + $0.bytes.count > place })
        let text = piece.bytes[(place - piece.offset)...].prefix(13)
        #expect(Array(text) == Array("Linux version".utf8))
    }
}
