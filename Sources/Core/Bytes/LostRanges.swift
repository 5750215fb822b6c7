/// Bytes of a stream that were sent and not captured. In order, disjoint.
package struct LostRanges: Sendable, Equatable {
    package private(set) var ranges: [Range<Int>]

    package init(_ ranges: [Range<Int>] = []) { self.ranges = ranges }

    package var isEmpty: Bool { ranges.isEmpty }
    package var byteCount: Int { ranges.reduce(0) { $0 + $1.count } }

    /// The first lost range that ends after `offset`; nil where none does. O(log ranges).
    package func first(endingAfter offset: Int) -> Range<Int>? {
        let index = ranges.index(endingAfter: offset)
        return index < ranges.count ? ranges[index] : nil
    }

    /// The lost ranges that touch `range`. O(log ranges).
    package func touching(_ range: Range<Int>) -> ArraySlice<Range<Int>> {
        guard !ranges.isEmpty, !range.isEmpty else { return [] }
        let start = ranges.index(endingAfter: range.lowerBound)
        var end = start
        while end < ranges.count, ranges[end].lowerBound < range.upperBound { end += 1 }
        return ranges[start..<end]
    }
}
