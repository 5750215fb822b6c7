import Bytes

extension MappedRegion {
    /// Whether two ranges contain the same bytes; both are clamped to their regions. O(range), at memory
    /// speed.
    package func isEqual(_ range: Range<Int>, to other: MappedRegion, _ otherRange: Range<Int>) -> Bool {
        span(range).isEqual(to: other.span(otherRange))
    }

    /// Returns the first `limit` runs of differing bytes between two ranges of the same length, the number of
    /// all runs and the number of all bytes in them. O(range).
    package func differingRuns(
        _ range: Range<Int>, to other: MappedRegion, at otherOffset: Int, limit: Int
    ) -> (runs: [Range<Int>], runCount: Int, byteCount: Int) {
        var runs: [Range<Int>] = []
        var runCount = 0
        var byteCount = 0
        var open: Int?
        for piece in stride(from: 0, to: range.count + 1, by: Self.comparePiece) {
            let length = min(Self.comparePiece, range.count - piece)
            let start = range.lowerBound + piece
            if open == nil,
                isEqual(start..<start + length, to: other, otherOffset + piece..<otherOffset + piece + length)
            {
                continue
            }
            for index in piece..<piece + length {
                let differs = byte(at: range.lowerBound + index) != other.byte(at: otherOffset + index)
                if differs, open == nil { open = index }
                guard let first = open, !differs else { continue }
                if runs.count < limit { runs.append(first..<index) }
                runCount += 1
                byteCount += index - first
                open = nil
            }
        }
        if let first = open {
            if runs.count < limit { runs.append(first..<range.count) }
            runCount += 1
            byteCount += range.count - first
        }
        return (runs, runCount, byteCount)
    }

    private static let comparePiece = 4096
}
