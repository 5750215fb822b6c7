/// The stage 1 page tables of an Arm CPU in AArch64 state (Arm ARM, chapter D8).
package struct ArmPaging {
    private let control: UInt64
    private let translation: UInt64
    private let bases: [UInt64]
    /// Whether the upper half of the address space has its own tables.
    private let hasUpperHalf: Bool
    private let isNested: Bool

    /// - Parameters:
    ///   - level: The exception level.
    ///   - system: Returns a system register by op0, op1, CRn, CRm and op2.
    package init(level: UInt64, system: (UInt64, UInt64, UInt64, UInt64, UInt64) -> UInt64?) {
        let hypervisor = system(3, 4, 1, 1, 0) ?? 0
        isNested = level < 2 && hypervisor & 1 == 1
        switch level {
        case 2:
            // HCR_EL2.E2H gives EL2 two halves, like EL1.
            hasUpperHalf = hypervisor >> 34 & 1 == 1
            control = system(3, 4, 1, 0, 0) ?? 0
            translation = system(3, 4, 2, 0, 2) ?? 0
            bases = [system(3, 4, 2, 0, 0) ?? 0, system(3, 4, 2, 0, 1) ?? 0]
        case 3:
            hasUpperHalf = false
            control = system(3, 6, 1, 0, 0) ?? 0
            translation = system(3, 6, 2, 0, 2) ?? 0
            bases = [system(3, 6, 2, 0, 0) ?? 0, 0]
        default:
            hasUpperHalf = true
            control = system(3, 0, 1, 0, 0) ?? 0
            translation = system(3, 0, 2, 0, 2) ?? 0
            bases = [system(3, 0, 2, 0, 0) ?? 0, system(3, 0, 2, 0, 1) ?? 0]
        }
    }

    package func translate(_ address: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        guard control & 1 == 1 else { return PageMapping(untranslated: address) }
        guard !isNested else {
            throw PageFault(
                "the CPU runs a nested guest: its addresses have two stages", remaining: .max - address)
        }
        let upper = hasUpperHalf && address >> 55 & 1 == 1
        let size = upper ? translation >> 16 & 63 : translation & 63
        let granule = granule(upper)
        let bits = Int(64 - min(max(size, 12), 48))
        guard bits > granule else {
            throw PageFault("TCR has an invalid size", remaining: .max - address)
        }
        try requireInside(address, bits, upper)
        let isDisabled = hasUpperHalf && translation >> (upper ? 23 : 7) & 1 == 1
        guard !isDisabled else {
            throw PageFault("TCR disables these walks", remaining: Self.left(ofHalf: address))
        }
        return try walk(address, bits, granule, bases[upper ? 1 : 0], memory)
    }

    private func granule(_ upper: Bool) -> Int {
        upper ? [12, 14, 12, 16][Int(translation >> 30 & 3)] : [12, 16, 14, 12][Int(translation >> 14 & 3)]
    }

    // All bits above the table's range equal bit 55; the top byte may be ignored.
    private func requireInside(_ address: UInt64, _ bits: Int, _ upper: Bool) throws(PageFault) {
        let ignoresTop = translation >> (hasUpperHalf ? (upper ? 38 : 37) : 20) & 1 == 1
        let used: UInt64 = ignoresTop ? .max >> 8 : .max
        let top = (upper ? ~address : address) & used
        guard top >> UInt64(bits) == 0 else {
            // The upper half begins after the invalid addresses.
            let start = UInt64.max << UInt64(bits)
            let left = Self.left(ofHalf: address)
            throw PageFault(
                "the address is outside the \(bits) bits that TCR allows",
                remaining: upper && address < start ? min(start - address, left) : left)
        }
    }

    // Returns the number of bytes up to the change of bit 55, which distinguishes the halves.
    private static func left(ofHalf address: UInt64) -> UInt64 { 1 << 55 - address & (1 << 55 - 1) }

    private func walk(
        _ address: UInt64, _ bits: Int, _ granule: Int, _ base: UInt64, _ memory: GuestMemory
    ) throws(PageFault) -> PageMapping {
        let stride = granule - 3
        let levels = (bits - granule + stride - 1) / stride
        let first = bits - granule - (levels - 1) * stride
        var table = tableBase(base, entries: first)
        for level in (0..<levels).reversed() {
            let shift = granule + level * stride
            let width = level == levels - 1 ? first : stride
            let place = table + (address >> UInt64(shift) & (1 << UInt64(width) - 1)) * 8
            guard let entry = descriptor(at: place, memory) else {
                throw PageFault(entry: place, address, shift)
            }
            guard entry & 1 == 1 else {
                throw PageFault("not valid", entry: entry, at: place, address: address, shift: shift)
            }
            let isTableOrPage = entry >> 1 & 1 == 1
            if level == 0 ? isTableOrPage : !isTableOrPage {
                guard level <= 2 else {
                    throw PageFault(
                        "no block may be this large", entry: entry, at: place, address: address, shift: shift)
                }
                return PageMapping(base: output(entry, granule), address: address, shift: shift)
            }
            guard level > 0 else {
                throw PageFault("reserved", entry: entry, at: place, address: address, shift: shift)
            }
            table = output(entry, granule)
        }
        throw PageFault("the walk has no end", remaining: 1)
    }

    // SCTLR.EE: tables are big-endian.
    private func descriptor(at place: UInt64, _ memory: GuestMemory) -> UInt64? {
        control >> 25 & 1 == 1
            ? memory.bigEndian(UInt64.self, at: place) : memory.littleEndian(UInt64.self, at: place)
    }

    private var has52Bits: Bool { (hasUpperHalf ? translation >> 32 & 7 : translation >> 16 & 7) == 6 }
    // TCR.DS: 52 bits with 4 KiB and 16 KiB pages.
    private var isLPA2: Bool { translation >> (hasUpperHalf ? 59 : 32) & 1 == 1 }

    private func tableBase(_ base: UInt64, entries bits: Int) -> UInt64 {
        let low = base & 0x0000_ffff_ffff_fffe & ~(1 << UInt64(min(bits + 3, 16)) - 1)
        return has52Bits ? low & ~0x3f | (base >> 2 & 15) << 48 : low
    }

    private func output(_ entry: UInt64, _ granule: Int) -> UInt64 {
        if granule == 16 { return entry & 0xffff_ffff_0000 | (has52Bits ? (entry >> 12 & 15) << 48 : 0) }
        if isLPA2 { return entry & 0x3_ffff_ffff_f000 | (entry >> 8 & 3) << 50 }
        return entry & 0xffff_ffff_f000
    }
}
