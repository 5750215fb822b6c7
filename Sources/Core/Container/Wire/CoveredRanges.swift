import Bytes

/// Ordered ranges, disjoint and not adjacent, in blocks: segments that arrive in any order move few others.
package struct CoveredRanges {
    // None is empty.
    private var blocks: [[Range<Int>]] = []
    /// The number of ranges.
    package private(set) var count = 0
    /// The number of ranges and blocks that were moved to make or close room.
    package private(set) var moveCount = 0

    private static let blockSize = 256

    private struct Place {
        var block: Int
        var index: Int
    }

    package init() {}

    /// All ranges, in order. O(count).
    package var ranges: [Range<Int>] { Array(blocks.joined()) }

    /// Returns the parts of `range` that are not covered, in order. O(log count + parts).
    package func missing(in range: Range<Int>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = range.lowerBound
        var place = self.place(endingAfter: start)
        while start < range.upperBound, let known = self[place], known.lowerBound < range.upperBound {
            if known.lowerBound > start { result.append(start..<known.lowerBound) }
            start = max(start, known.upperBound)
            place = next(place)
        }
        if start < range.upperBound { result.append(start..<range.upperBound) }
        return result
    }

    /// Adds a range that no other overlaps. O(log count), and the ranges of a block.
    package mutating func add(_ range: Range<Int>) {
        let place = place(endingAfter: range.lowerBound)
        let before = previous(place)
        let earlier = before.flatMap { self[$0] }.flatMap { $0.upperBound == range.lowerBound ? $0 : nil }
        let later = self[place].flatMap { $0.lowerBound == range.upperBound ? $0 : nil }
        if let before, let earlier {
            blocks[before.block][before.index] = earlier.lowerBound..<(later ?? range).upperBound
            if later != nil { remove(at: place) }
        } else if let later {
            blocks[place.block][place.index] = range.lowerBound..<later.upperBound
        } else {
            insert(range, at: place)
        }
    }

    private subscript(place: Place) -> Range<Int>? {
        place.block < blocks.count ? blocks[place.block][place.index] : nil
    }

    private func place(endingAfter offset: Int) -> Place {
        // Most segments arrive in order.
        if let last = blocks.last?.last, last.upperBound <= offset {
            return Place(block: blocks.count, index: 0)
        }
        let block = blocks.indices.binarySearch(first: {
            blocks[$0][blocks[$0].count - 1].upperBound > offset
        })
        return block < blocks.count
            ? Place(block: block, index: blocks[block].index(endingAfter: offset))
            : Place(block: block, index: 0)
    }

    private func next(_ place: Place) -> Place {
        place.index + 1 < blocks[place.block].count
            ? Place(block: place.block, index: place.index + 1) : Place(block: place.block + 1, index: 0)
    }

    private func previous(_ place: Place) -> Place? {
        if place.index > 0 { return Place(block: place.block, index: place.index - 1) }
        return place.block > 0
            ? Place(block: place.block - 1, index: blocks[place.block - 1].count - 1) : nil
    }

    private mutating func insert(_ range: Range<Int>, at place: Place) {
        count += 1
        guard place.block < blocks.count else {
            // Full blocks stay full where ranges arrive in order.
            if let last = blocks.indices.last, blocks[last].count < Self.blockSize {
                blocks[last].append(range)
            } else {
                blocks.append([range])
            }
            return
        }
        moveCount += blocks[place.block].count - place.index
        blocks[place.block].insert(range, at: place.index)
        guard blocks[place.block].count > Self.blockSize else { return }
        let half = Array(blocks[place.block][(Self.blockSize / 2)...])
        blocks[place.block].removeLast(half.count)
        moveCount += half.count + blocks.count - place.block
        blocks.insert(half, at: place.block + 1)
    }

    private mutating func remove(at place: Place) {
        count -= 1
        moveCount += blocks[place.block].count - place.index
        blocks[place.block].remove(at: place.index)
        guard blocks[place.block].isEmpty else { return }
        moveCount += blocks.count - place.block
        blocks.remove(at: place.block)
    }
}
