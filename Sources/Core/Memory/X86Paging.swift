import Bytes

/// The page tables of an x86 CPU (Intel SDM volume 3, chapter 4). Addresses are linear.
package struct X86Paging {
    private enum Mode {
        case flat
        /// 4-byte entries, 2 levels; 4 MiB pages with CR4.PSE.
        case legacy(largePages: Bool)
        /// 8-byte entries; 3 levels mean PAE.
        case long(levels: Int)
    }

    private let mode: Mode
    private let root: UInt64

    private static let addressMask: UInt64 = 0x000f_ffff_ffff_f000

    package init(cr0: UInt64, cr3: UInt64, cr4: UInt64, isLongMode: Bool) {
        if cr0 >> 31 & 1 == 0 {
            mode = .flat
        } else if isLongMode {
            mode = .long(levels: cr4 >> 12 & 1 == 1 ? 5 : 4)
        } else if cr4 >> 5 & 1 == 1 {
            mode = .long(levels: 3)
        } else {
            mode = .legacy(largePages: cr4 >> 4 & 1 == 1)
        }
        root = cr3
    }

    package func translate(_ address: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        switch mode {
        case .flat: return PageMapping(untranslated: address)
        case .legacy(let largePages):
            try requireLow(address)
            return try legacy(address, largePages, memory)
        case .long(let levels):
            if levels == 3 { try requireLow(address) } else { try requireCanonical(address, levels) }
            return try long(address, levels, memory)
        }
    }

    private func requireLow(_ address: UInt64) throws(PageFault) {
        guard address <= 0xffff_ffff else {
            throw PageFault("addresses of this CPU have 32 bits in its mode", remaining: .max - address)
        }
    }

    private func requireCanonical(_ address: UInt64, _ levels: Int) throws(PageFault) {
        let bits = UInt64(12 + 9 * levels)
        let top = address >> (bits - 1)
        guard top != 0, top != UInt64.max >> (bits - 1) else { return }
        // The range extends to the first address of the upper half.
        throw PageFault("the address is not canonical", remaining: (UInt64.max << (bits - 1)) - address)
    }

    private func long(_ address: UInt64, _ levels: Int, _ memory: GuestMemory) throws(PageFault)
        -> PageMapping
    {
        var table = levels == 3 ? root & 0xffff_ffe0 : root & Self.addressMask
        for level in stride(from: levels, through: 1, by: -1) {
            let shift = 12 + 9 * (level - 1)
            let place = table + (address >> UInt64(shift) & 511) * 8
            guard let entry = memory.littleEndian(UInt64.self, at: place) else {
                throw PageFault(entry: place, address, shift)
            }
            guard entry & 1 == 1 else {
                throw PageFault("not present", entry: entry, at: place, address: address, shift: shift)
            }
            let mayBeLarge = level == 2 || (level == 3 && levels > 3)
            if level == 1 || (mayBeLarge && entry >> 7 & 1 == 1) {
                return PageMapping(base: entry & Self.addressMask, address: address, shift: shift)
            }
            table = entry & Self.addressMask
        }
        throw PageFault("the walk has no end", remaining: 1)
    }

    private func legacy(_ address: UInt64, _ largePages: Bool, _ memory: GuestMemory) throws(PageFault)
        -> PageMapping
    {
        let directory = root & 0xffff_f000 + (address >> 22) * 4
        guard let first = memory.littleEndian(UInt32.self, at: directory).map(UInt64.init) else {
            throw PageFault(entry: directory, address, 22)
        }
        guard first & 1 == 1 else {
            throw PageFault("not present", entry: first, at: directory, address: address, shift: 22)
        }
        if largePages, first >> 7 & 1 == 1 {
            // PSE-36: bits 13 to 20 are bits 32 to 39 of the address.
            return PageMapping(
                base: first & 0xffc0_0000 | (first >> 13 & 0xff) << 32, address: address, shift: 22)
        }
        let place = first & 0xffff_f000 + (address >> 12 & 1023) * 4
        guard let second = memory.littleEndian(UInt32.self, at: place).map(UInt64.init) else {
            throw PageFault(entry: place, address, 12)
        }
        guard second & 1 == 1 else {
            throw PageFault("not present", entry: second, at: place, address: address, shift: 12)
        }
        return PageMapping(base: second & 0xffff_f000, address: address, shift: 12)
    }
}

extension PageFault {
    /// Creates a fault for an entry that is not in the stream.
    package init(entry place: UInt64, _ address: UInt64, _ shift: Int) {
        self.init(
            "the page table entry at physical 0x\(Hex.digits(place)) is not in the stream",
            remaining: 1 << UInt64(shift) - address & (1 << UInt64(shift) - 1))
    }
}
