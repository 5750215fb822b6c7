extension Range where Bound == Int {
    /// Returns the first number for which `isReached` is true; the upper bound if there is none. `isReached`
    /// must be false up to some number and true after it. O(log count) calls.
    @inlinable
    package func binarySearch(first isReached: (Int) -> Bool) -> Int {
        var (low, high) = (lowerBound, upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if isReached(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Returns the last number for which `holds` is true; the lower bound of an empty range. `holds` must be
    /// true for the lower bound and up to some number, and false after it. O(log count) calls.
    @inlinable
    package func binarySearch(last holds: (Int) -> Bool) -> Int {
        isEmpty ? lowerBound : (lowerBound + 1..<upperBound).binarySearch(first: { !holds($0) }) - 1
    }
}

extension RandomAccessCollection where Element == Range<Int>, Index == Int {
    /// Returns the index of the first range that ends after `offset`, in ordered and disjoint ranges;
    /// `endIndex` if there is none. O(log count).
    @inlinable
    package func index(endingAfter offset: Int) -> Int {
        (startIndex..<endIndex).binarySearch(first: { self[$0].upperBound > offset })
    }
}
