/// The ranges of a stream that were sent but not captured, ordered and disjoint.
package struct LostRanges: Sendable, Equatable {
    package private(set) var ranges: [Range<Int>]

    package init(_ ranges: [Range<Int>] = []) { self.ranges = ranges }

    package var isEmpty: Bool { ranges.isEmpty }
    package var byteCount: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Returns the first lost range that ends after `offset`; nil if there is none. O(log ranges).
    package func first(endingAfter offset: Int) -> Range<Int>? {
        let index = ranges.index(endingAfter: offset)
        return index < ranges.count ? ranges[index] : nil
    }

    /// Returns the lost ranges that overlap `range`. O(log ranges).
    package func touching(_ range: Range<Int>) -> ArraySlice<Range<Int>> {
        guard !ranges.isEmpty, !range.isEmpty else { return [] }
        let start = ranges.index(endingAfter: range.lowerBound)
        var end = start
        while end < ranges.count, ranges[end].lowerBound < range.upperBound { end += 1 }
        return ranges[start..<end]
    }
}
