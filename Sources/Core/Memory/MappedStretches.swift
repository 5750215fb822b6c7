/// The stretches of virtual memory that the page tables of a CPU map.
package struct MappedStretches {
    /// Consecutive virtual addresses that map to consecutive physical ones.
    package struct Stretch: Equatable {
        package var virtual: UInt64
        package var physical: UInt64
        package var size: UInt64

        package init(virtual: UInt64, physical: UInt64, size: UInt64) {
            self.virtual = virtual
            self.physical = physical
            self.size = size
        }
    }

    /// In order of virtual addresses, without identity mappings.
    package private(set) var all: [Stretch] = []
    /// Whether the walk is complete. Page tables that refer to themselves map more than can be listed.
    package private(set) var isComplete = true

    /// The maximum numbers of translations per half and of stretches.
    package static let stepLimit = 1 << 20
    package static let stretchLimit = 1 << 14

    /// The halves of the address space. The bits above bit 55 are only copies of the sign, or pointer tags.
    private static let halves: [ClosedRange<UInt64>] = [0...1 << 56 - 1, .max << 56 ... .max]

    /// Walks the page tables. O(mapped pages), at most `stepLimit` for each half.
    package init(_ processor: any GuestProcessor, in memory: GuestMemory) {
        for half in Self.halves { walk(half, processor, memory) }
    }

    private mutating func walk(
        _ range: ClosedRange<UInt64>, _ processor: any GuestProcessor, _ memory: GuestMemory
    ) {
        var address = range.lowerBound
        for _ in 0..<Self.stepLimit {
            let count: UInt64
            do throws(PageFault) {
                let mapping = try processor.translate(address, in: memory)
                count = min(max(mapping.remaining, 1), range.upperBound - address)
                guard add(Stretch(virtual: address, physical: mapping.physical, size: count)) else { break }
            } catch {
                count = max(error.remaining, 1)
            }
            guard count < range.upperBound - address else { return }
            address += count
        }
        isComplete = false
    }

    // Returns false if there are too many.
    private mutating func add(_ stretch: Stretch) -> Bool {
        guard stretch.virtual != stretch.physical else { return true }
        if let last = all.last, last.virtual + last.size == stretch.virtual,
            last.physical + last.size == stretch.physical
        {
            all[all.count - 1].size += stretch.size
            return true
        }
        guard all.count < Self.stretchLimit else { return false }
        all.append(stretch)
        return true
    }
}
