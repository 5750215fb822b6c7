/// Where the RAM blocks of a stream lie in the guest's physical address space.
///
/// A stream does not say it. It follows from the machine type, from the sizes of the blocks and from a few
/// registers; what had to be assumed is said in `assumptions`.
package struct GuestMap: Sendable {
    /// A piece of a RAM block at a guest-physical address.
    package struct Region: Sendable, Equatable {
        /// Guest-physical address of its first byte.
        package var physical: Int
        /// Bytes.
        package var size: Int
        /// The number of the block in the stream's list.
        package var block: Int
        /// Bytes from the start of the block.
        package var blockOffset: Int
        /// Flash, which QEMU does not take for RAM: a core leaves it out.
        package var isDevice = false

        package var end: Int { physical + size }
    }

    /// In order of addresses, disjoint.
    package private(set) var regions: [Region] = []
    /// What the stream does not say and was assumed. Sentences, escaped.
    package internal(set) var assumptions: [String] = []
    /// Guest memory that the stream has and whose address is not known. In the order of the stream's list.
    package internal(set) var unplaced: [Unplaced] = []

    /// A block of guest memory without an address.
    package struct Unplaced: Sendable, Equatable {
        /// As the stream has it, escaped.
        package var block: String
        /// Bytes.
        package var size: Int
    }

    package init(regions: [Region] = [], assumptions: [String] = []) {
        self.regions = regions
        self.assumptions = assumptions
    }

    /// No guest has addresses of more bits than this (Arm and x86: 52).
    package static let addressLimit = 1 << 52

    /// Puts a piece of a block over what was there. O(regions).
    package mutating func place(
        block: Int, from blockOffset: Int = 0, size: Int, at physical: Int, isDevice: Bool = false
    ) {
        guard size > 0, physical >= 0, physical <= Self.addressLimit, size <= Self.addressLimit - physical
        else {
            return
        }
        remove(physical..<physical + size)
        regions.append(
            Region(
                physical: physical, size: size, block: block, blockOffset: blockOffset, isDevice: isDevice))
        regions.sort { $0.physical < $1.physical }
    }

    /// Leaves a hole. O(regions).
    package mutating func remove(_ range: Range<Int>) {
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
    package func index(atOrAbove physical: Int) -> Int? {
        let index = regions.indices.binarySearch(first: { regions[$0].end > physical })
        return index < regions.count ? index : nil
    }

    /// Where a byte of a block is seen first, or nil when no address leads to it. O(regions).
    package func physical(block: Int, offset: Int) -> Int? {
        for region in regions
        where region.block == block && offset >= region.blockOffset
            && offset - region.blockOffset < region.size
        {
            return region.physical + offset - region.blockOffset
        }
        return nil
    }
}
