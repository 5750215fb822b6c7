/// Where the RAM blocks of a stream lie in the guest's physical address space.
///
/// A stream does not tell it. It follows from the machine type, from the sizes of the blocks and from a few
/// registers; what had to be assumed is said in `assumptions`.
public struct GuestMap: Sendable {
    /// A piece of a RAM block at a guest-physical address.
    public struct Region: Sendable, Equatable {
        /// Guest-physical address of its first byte.
        public var physical: Int
        /// Bytes.
        public var size: Int
        /// The number of the block in the stream's list.
        public var block: Int
        /// Bytes from the start of the block.
        public var blockOffset: Int

        var end: Int { physical + size }
    }

    /// In order of addresses, disjoint.
    public private(set) var regions: [Region] = []
    /// What the stream does not tell and was assumed. Sentences, escaped.
    public internal(set) var assumptions: [String] = []

    /// No guest has addresses of more bits than this (Arm and x86: 52).
    static let addressLimit = 1 << 52

    /// Puts a piece of a block over what was there. O(regions).
    mutating func place(block: Int, from blockOffset: Int = 0, size: Int, at physical: Int) {
        guard size > 0, physical >= 0, physical <= Self.addressLimit, size <= Self.addressLimit - physical
        else {
            return
        }
        remove(physical..<physical + size)
        regions.append(Region(physical: physical, size: size, block: block, blockOffset: blockOffset))
        regions.sort { $0.physical < $1.physical }
    }

    /// Leaves a hole. O(regions).
    mutating func remove(_ range: Range<Int>) {
        regions = regions.flatMap { region -> [Region] in
            var rest: [Region] = []
            if region.physical < min(range.lowerBound, region.end) {
                var before = region
                before.size = min(range.lowerBound, region.end) - region.physical
                rest.append(before)
            }
            if region.end > max(range.upperBound, region.physical) {
                var after = region
                after.physical = max(range.upperBound, region.physical)
                after.size = region.end - after.physical
                after.blockOffset += after.physical - region.physical
                rest.append(after)
            }
            return rest
        }
    }

    /// The number of the region that holds an address, or of the next one above it. O(log regions).
    func index(atOrAbove physical: Int) -> Int? {
        var low = 0
        var high = regions.count
        while low < high {
            let middle = (low + high) / 2
            if regions[middle].end <= physical { low = middle + 1 } else { high = middle }
        }
        return low < regions.count ? low : nil
    }

    /// Where a byte of a block is seen first, or nil when no address leads to it. O(regions).
    public func physical(block: Int, offset: Int) -> Int? {
        for region in regions
        where region.block == block && offset >= region.blockOffset
            && offset - region.blockOffset < region.size
        {
            return region.physical + offset - region.blockOffset
        }
        return nil
    }
}
