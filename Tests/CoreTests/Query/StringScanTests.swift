import Bytes
import Query
import Testing

@Suite struct StringScanTests {
    private func runs(_ bytes: [UInt8], least: Int = 4, budget: Int = 1 << 20) -> [(Int, String)] {
        let region = MappedRegion(copying: bytes)
        var scan = StringScan(region, in: 0..<bytes.count, least: least)
        var steps = 0
        while !scan.isFinished {
            scan.step(budget: budget)
            steps += 1
            #expect(steps <= bytes.count + 1)
            if steps > bytes.count { break }
        }
        #expect(scan.offsets == scan.offsets.sorted() && scan.offsets == scan.runs.map(\.offset))
        return scan.runs.map { ($0.offset, region.text(of: $0, limit: 100)) }
    }

    private let wide: [UInt8] = "Windows".utf8.flatMap { [$0, 0] }

    @Test(arguments: [1, 2, 3, 7, 1 << 20]) func findsNarrowAndWide(_ budget: Int) {
        let bytes: [UInt8] =
            [0, 1] + Array("abc".utf8) + [0] + Array("kernel".utf8) + [0xff] + wide + [0xff, 0xfe]
        let found = runs(bytes, budget: budget)
        #expect(found.map(\.0) == [6, 13])
        #expect(found.map(\.1) == ["kernel", "Windows"])
    }

    @Test func anEndAndAStartAreRuns() {
        #expect(runs(Array("tail".utf8)).map(\.1) == ["tail"])
        #expect(runs(wide).map(\.1) == ["Windows"])
        #expect(runs([]).isEmpty)
        #expect(runs([0x41, 0, 0x42]).isEmpty)
        #expect(runs(Array("four".utf8), least: 5).isEmpty)
    }

    @Test func onlyTheRangeIsLookedAt() {
        let region = MappedRegion(copying: Array("before inside after".utf8))
        var scan = StringScan(region, in: 7..<13, least: 4)
        scan.step(budget: 100)
        #expect(scan.isFinished && scan.runs.map { region.text(of: $0, limit: 99) } == ["inside"])
    }
}
