import Bytes

/// The radix page tables of a pseries guest (Power ISA 3.0 book III 5.7.10; QEMU target/ppc/mmu-radix64.c,
/// 7.2).
package struct PowerRadix: Sendable {
    /// The second doubleword of the guest's partition table entry, which names its process table.
    package let processTable: UInt64
    /// The process whose tables translate addresses of quadrant 0.
    package let process: UInt64

    package init(processTable: UInt64, process: UInt64) {
        self.processTable = processTable
        self.process = process
    }

    private static let addressMask: UInt64 = 0x0fff_ffff_ffff_ff00

    /// Returns whether an entry names a process table for radix.
    package static func isRadix(_ entry: UInt64) -> Bool { entry >> 63 == 1 }

    package func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        // The number of bytes to the end of the quadrant.
        let rest: UInt64 = 1 << 62 - virtual & (1 << 62 - 1)
        let number: UInt64
        switch virtual >> 62 {
        case 0: number = process
        case 3: number = 0
        default:
            throw PageFault("no process table serves this quadrant", remaining: rest)
        }
        guard number < 1 << (processTable & 0x1f + 8) else {
            throw PageFault(
                "process \(number) is past the process table", remaining: rest)
        }
        let place = processTable & 0x0fff_ffff_ffff_f000 + number * 16
        guard let entry = memory.bigEndian(UInt64.self, at: place) else {
            throw PageFault(
                "the process table entry at physical 0x\(Hex.digits(place)) is not in the stream",
                remaining: rest)
        }
        // RTS is in two pieces; the minimum is 31 bits.
        let (high, low): (UInt64, UInt64) = (entry >> 58 & 0x18, entry >> 5 & 7)
        let size = Int(high | low) + 31
        return try walk(virtual, root: entry & Self.addressMask, bits: Int(entry & 0x1f), size: size, memory)
    }

    private func walk(
        _ virtual: UInt64, root: UInt64, bits: Int, size: Int, _ memory: GuestMemory
    ) throws(PageFault) -> PageMapping {
        var (table, bits, left) = (root, bits, size)
        // Each level consumes bits, so the walk ends.
        while bits > 0, bits < left {
            let shift = left - bits
            let index: UInt64 = virtual >> UInt64(shift) & (1 << UInt64(bits) - 1)
            let place = table + index * 8
            guard let entry = memory.bigEndian(UInt64.self, at: place) else {
                throw PageFault(
                    "the page table entry at physical 0x\(Hex.digits(place)) is not in the stream",
                    remaining: 1 << UInt64(shift) - virtual & (1 << UInt64(shift) - 1))
            }
            guard entry >> 63 == 1 else {
                throw PageFault("not valid", entry: entry, at: place, address: virtual, shift: shift)
            }
            if entry >> 62 & 1 == 1 {
                return PageMapping(base: entry & 0x01ff_ffff_ffff_f000, address: virtual, shift: shift)
            }
            (table, bits, left) = (entry & Self.addressMask, Int(entry & 0x1f), shift)
        }
        throw PageFault("the radix tree has invalid levels", remaining: 4096 - virtual & 4095)
    }
}
