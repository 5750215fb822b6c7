extension MappedRegion {
    // Bytes that are looked at, and given back, at a time.
    private static var window: Int { 16 << 20 }

    /// The end of the last byte at or above `floor` that is not zero; `floor` when all are zero. Holes of a
    /// sparse file are not read. O(trailing zeros) at memory speed.
    package func endOfContent(above floor: Int = 0) -> Int {
        var end = count
        while end > floor {
            let start = max(floor, end - Self.window)
            if let data = nextData(atOrAfter: start), data < end {
                if let last = lastNonZero(in: start..<end) { return last + 1 }
                advise(.done, start..<end)
            }
            end = start
        }
        return max(floor, 0)
    }

    private func lastNonZero(in range: Range<Int>) -> Int? {
        var end = range.upperBound
        while end > range.lowerBound {
            let start = max(range.lowerBound, end - 4096)
            let bytes = span(start..<end)
            if !bytes.isAllZero {
                return (0..<bytes.byteCount).last { bytes[byteAt: $0] != 0 }.map { start + $0 }
            }
            end = start
        }
        return nil
    }
}
