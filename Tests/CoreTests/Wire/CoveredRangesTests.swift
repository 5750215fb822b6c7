import Bytes
import Container
import Testing

/// The ranges of a connection that arrived.
@Suite struct CoveredRangesTests {
    /// Segments in any order are what they are in order.
    @Test(arguments: 0..<8) func anyOrder(_ seed: UInt64) {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let size = 6000
        var known = [Bool](repeating: false, count: size)
        var ranges = CoveredRanges()
        for _ in 0..<2500 {
            let start = random(size - 40)
            let range = start..<start + 1 + random(seed < 4 ? 3 : 40)
            let missing = ranges.missing(in: range)
            #expect(missing == runs(range.filter { !known[$0] }))
            for part in missing { ranges.add(part) }
            for place in range { known[place] = true }
        }
        let expected = runs(known.indices.filter { known[$0] })
        #expect(ranges.ranges == expected)
        #expect(ranges.count == expected.count)
    }

    private func runs(_ places: [Int]) -> [Range<Int>] {
        places.reduce(into: []) { result, place in
            if let last = result.last, last.upperBound == place {
                result[result.count - 1] = last.lowerBound..<place + 1
            } else {
                result.append(place..<place + 1)
            }
        }
    }

    /// Descending segments with gaps move a few others each, not all of them.
    @Test func descendingSegments() {
        var moves: [Int] = []
        for count in [20_000, 40_000] {
            var ranges = CoveredRanges()
            for place in (0..<count).reversed() { ranges.add(4 * place..<4 * place + 2) }
            #expect(ranges.count == count)
            moves.append(ranges.moveCount)
        }
        #expect(moves[0] < 20_000 * 300)
        #expect(moves[1] < moves[0] * 5 / 2)
    }
}
