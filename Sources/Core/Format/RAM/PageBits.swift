/// Bitmaps with one bit per page, the lowest bit of a word first.
package enum PageBits {
    /// Returns the number of set bits in `range`; `word(i)` returns the bits from 64 i on. O(range / 64).
    package static func count(_ range: Range<Int>, _ word: (Int) -> UInt64) -> Int {
        guard !range.isEmpty else { return 0 }
        let first = range.lowerBound / 64
        let last = (range.upperBound - 1) / 64
        var count = 0
        for index in first...last {
            var bits = word(index)
            if index == first { bits &= .max << UInt64(range.lowerBound % 64) }
            if index == last, range.upperBound % 64 > 0 { bits &= ~(.max << UInt64(range.upperBound % 64)) }
            count += bits.nonzeroBitCount
        }
        return count
    }
}
