import Format

/// A RISC-V CPU (target/riscv/machine.c vmstate_riscv_cpu, versions 5 to 10; 7.2 to 10.0).
package struct RISCVProcessor: GuestProcessor {
    package let number: UInt32
    /// x0 … x31.
    package let registers: [UInt64]
    package let programCounter: UInt64
    /// Page table mode and root.
    package let satp: UInt64
    /// Whether registers have 32 bits.
    package let is32Bit: Bool
    /// Whether it runs a guest of its own hypervisor.
    package let isVirtual: Bool

    package init(_ number: UInt32, _ cpu: StateField) {
        self.number = number
        let saved = cpu.registers("env.gpr")
        registers = saved + [UInt64](repeating: 0, count: max(0, 32 - saved.count))
        programCounter = cpu.register("env.pc")
        satp = cpu.register("env.satp")
        is32Bit = cpu.register("env.misa_mxl") == 1
        isVirtual = (cpu["env.virt_enabled"] ?? cpu["env.virt"])?.unsigned ?? 0 != 0
    }

    package func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        try RISCVPaging(satp: satp, is32Bit: is32Bit, isVirtual: isVirtual).translate(virtual, in: memory)
    }
}

/// The page tables of `satp` (RISC-V privileged architecture, 10.3 to 10.6). They are also used if the CPU is
/// currently in M mode, because its firmware uses physical addresses but the guest does not.
package struct RISCVPaging {
    private let levels: Int
    /// The number of address bits per level, and the size of an entry in bytes.
    private let bits: Int
    private let entrySize: UInt64
    private let root: UInt64
    private let isVirtual: Bool
    private let isKnown: Bool

    package init(satp: UInt64, is32Bit: Bool, isVirtual: Bool = false) {
        self.isVirtual = isVirtual
        if is32Bit {
            levels = satp >> 31 & 1 == 1 ? 2 : 0
            (bits, entrySize) = (10, 4)
            root = (satp & 0x3f_ffff) << 12
            isKnown = true
        } else {
            // 8 is Sv39, 9 Sv48, 10 Sv57.
            let mode = Int(satp >> 60)
            levels = (8...10).contains(mode) ? mode - 5 : 0
            (bits, entrySize) = (9, 8)
            root = (satp & (1 << 44 - 1)) << 12
            isKnown = mode == 0 || levels > 0
        }
    }

    package func translate(_ address: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        guard !isVirtual else {
            throw PageFault(
                "the CPU runs a nested guest: its addresses have two stages", remaining: .max - address)
        }
        guard isKnown else { throw PageFault("satp has an unknown mode", remaining: .max - address) }
        guard levels > 0 else { return PageMapping(untranslated: address) }
        try requireCanonical(address)
        var table = root
        for level in (0..<levels).reversed() {
            let shift = 12 + bits * level
            let place = table + (address >> UInt64(shift) & (1 << UInt64(bits) - 1)) * entrySize
            guard let entry = read(at: place, memory) else { throw PageFault(entry: place, address, shift) }
            guard entry & 1 == 1 else {
                throw PageFault("not valid", entry: entry, at: place, address: address, shift: shift)
            }
            let base = entrySize == 8 ? (entry >> 10 & (1 << 44 - 1)) << 12 : (entry >> 10) << 12
            if entry & 0b1010 != 0 { return try leaf(entry, base, place, address, shift) }
            table = base
        }
        throw PageFault("the last level is not a page", remaining: 4096 - address & 4095)
    }

    private func leaf(
        _ entry: UInt64, _ base: UInt64, _ place: UInt64, _ address: UInt64, _ shift: Int
    ) throws(PageFault) -> PageMapping {
        // Svnapot: 16 pages as one, marked by the lowest number bits 1000.
        if shift == 12, entrySize == 8, entry >> 63 == 1 {
            return PageMapping(base: base & ~0xffff, address: address, shift: 16)
        }
        guard base & (1 << UInt64(shift) - 1) == 0 else {
            throw PageFault(
                "a misaligned large page", entry: entry, at: place, address: address, shift: shift)
        }
        return PageMapping(base: base, address: address, shift: shift)
    }

    private func read(at place: UInt64, _ memory: GuestMemory) -> UInt64? {
        entrySize == 8
            ? memory.littleEndian(UInt64.self, at: place)
            : memory.littleEndian(UInt32.self, at: place).map(UInt64.init)
    }

    private func requireCanonical(_ address: UInt64) throws(PageFault) {
        guard entrySize == 8 else {
            guard address <= 0xffff_ffff else {
                throw PageFault("addresses of this CPU have 32 bits", remaining: .max - address)
            }
            return
        }
        let width = UInt64(12 + bits * levels)
        let top = address >> (width - 1)
        guard top != 0, top != UInt64.max >> (width - 1) else { return }
        throw PageFault("the address is not canonical", remaining: (UInt64.max << (width - 1)) - address)
    }
}
