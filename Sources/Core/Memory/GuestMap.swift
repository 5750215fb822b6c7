/// The places of a stream's RAM blocks in the guest's physical address space.
///
/// A stream does not contain them. They follow from the machine type, the sizes of the blocks and a few
/// registers; `assumptions` lists what had to be assumed.
package struct GuestMap: Sendable {
    /// A piece of a RAM block at a guest-physical address.
    package struct Region: Sendable, Equatable {
        /// The guest-physical address of its first byte.
        package var physical: Int
        /// In bytes.
        package var size: Int
        /// The number of the block in the stream's list.
        package var block: Int
        /// In bytes from the start of the block.
        package var blockOffset: Int
        /// Whether it is flash, which is not RAM to QEMU, so that a core leaves it out.
        package var isDevice = false

        package var end: Int { physical + size }
    }

    /// In order of addresses, disjoint.
    package private(set) var regions: [Region] = []
    /// The assumptions that the stream does not confirm. Sentences, escaped.
    package internal(set) var assumptions: [String] = []
    /// The guest memory in the stream with an unknown address, in the order of the stream's list.
    package internal(set) var unplaced: [Unplaced] = []

    /// A block of guest memory without an address.
    package struct Unplaced: Sendable, Equatable {
        /// The name from the stream, escaped.
        package var block: String
        /// In bytes.
        package var size: Int
    }

    /// The addresses from the user at which other memory is. Sentences, escaped.
    package internal(set) var conflicts: [String] = []

    package init(regions: [Region] = [], assumptions: [String] = []) {
        self.regions = regions
        self.assumptions = assumptions
    }

    /// The limit of guest addresses; no guest has more bits (Arm and x86: 52).
    package static let addressLimit = 1 << 52

    /// Places a piece of a block, which replaces what was there. O(regions).
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

    /// Makes a hole. O(regions).
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

    /// Returns the index of the region that contains an address, or of the next one above it. O(log regions).
    package func index(atOrAbove physical: Int) -> Int? {
        let index = regions.indices.binarySearch(first: { regions[$0].end > physical })
        return index < regions.count ? index : nil
    }

    /// Returns the first physical address of a block's byte; nil if it has none. O(regions).
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
