extension Range where Bound == Int {
    /// The first number for which `isReached` is true: it is false up to some number and true from there on. The upper
    /// bound where it is true for none. O(log count) calls.
    @inlinable
    package func binarySearch(first isReached: (Int) -> Bool) -> Int {
        var (low, high) = (lowerBound, upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if isReached(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The last number for which `holds` is true: it is true for the lower bound and up to some number, and false from
    /// there on. The lower bound of an empty range. O(log count) calls.
    @inlinable
    package func binarySearch(last holds: (Int) -> Bool) -> Int {
        isEmpty ? lowerBound : (lowerBound + 1..<upperBound).binarySearch(first: { !holds($0) }) - 1
    }
}

extension RandomAccessCollection where Element == Range<Int>, Index == Int {
    /// The index of the first range that ends after `offset`, in ranges that are in order and disjoint; `endIndex`
    /// where none does. O(log count).
    @inlinable
    package func index(endingAfter offset: Int) -> Int {
        (startIndex..<endIndex).binarySearch(first: { self[$0].upperBound > offset })
    }
}
