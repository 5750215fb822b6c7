import Format

/// An s390x CPU (target/s390x/machine.c vmstate_s390_cpu, version 4; 7.2 and 10.0).
package struct S390Processor: GuestProcessor {
    package let number: UInt32
    package let registers: [UInt64]
    package let accessRegisters: [UInt64]
    package let control: [UInt64]
    package let mask: UInt64
    package let programCounter: UInt64
    package let prefix: UInt64

    package init(_ number: UInt32, _ cpu: StateField) {
        self.number = number
        let saved = cpu.registers("env.regs")
        registers = saved + [UInt64](repeating: 0, count: max(0, 16 - saved.count))
        let access = cpu.registers("env.aregs")
        accessRegisters = access + [UInt64](repeating: 0, count: max(0, 16 - access.count))
        let control = cpu.registers("env.cregs")
        self.control = control + [UInt64](repeating: 0, count: max(0, 16 - control.count))
        mask = cpu.register("env.psw.mask")
        programCounter = cpu.register("env.psw.addr")
        prefix = cpu.register("env.psa")
    }

    package func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        let isTranslated = mask >> 58 & 1 == 1
        let real =
            isTranslated
            ? try S390Paging(root: control[[1, 1, 7, 13][Int(mask >> 46 & 3)]], prefix: prefix)
                .translate(virtual, in: memory)
            : PageMapping(untranslated: virtual)
        // Prefixing changes two pairs of pages, the last of which is the CPU's own.
        let isPlain = real.physical >= max(0x2000, prefix & ~0x1fff + 0x2000)
        return PageMapping(
            physical: Self.absolute(real.physical, prefix: prefix),
            remaining: isPlain ? real.remaining : min(real.remaining, 4096 - virtual & 4095))
    }

    /// Converts a real to an absolute address: the first 8 KiB and the CPU's own 8 KiB are swapped.
    package static func absolute(_ real: UInt64, prefix: UInt64) -> UInt64 {
        if real < 0x2000 { return real | prefix & ~0x1fff }
        return real & ~0x1fff == prefix & ~0x1fff ? real & 0x1fff : real
    }
}

/// Dynamic address translation (z/Architecture Principles of Operation, chapter 3; target/s390x/mmu_helper.c).
package struct S390Paging {
    /// The address space control element selected by the PSW: primary, secondary or home.
    package let root: UInt64
    package let prefix: UInt64

    package init(root: UInt64, prefix: UInt64) {
        self.root = root
        self.prefix = prefix
    }

    package func translate(_ address: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        // A real-space designation.
        if root >> 5 & 1 == 1 { return PageMapping(physical: address, remaining: 4096 - address & 4095) }
        let type = Int(root >> 2 & 3)
        var table = root & ~0xfff
        let width = UInt64([31, 42, 53, 64][type])
        guard width == 64 || address >> width == 0 else {
            throw PageFault("the address is outside the address space", remaining: .max - address)
        }
        // Region first, second and third, then segment: 11 bits each.
        for level in (0...type).reversed() {
            let shift = 20 + 11 * level
            let place = table + (address >> UInt64(shift) & 2047) * 8
            guard let entry = memory.bigEndian(UInt64.self, at: S390Processor.absolute(place, prefix: prefix))
            else {
                throw PageFault(entry: place, address, shift)
            }
            guard entry >> 5 & 1 == 0 else {
                throw PageFault("invalid", entry: entry, at: place, address: address, shift: shift)
            }
            let isLarge = level <= 1 && entry >> 10 & 1 == 1
            if isLarge { return PageMapping(base: entry & ~0xfff, address: address, shift: shift) }
            table = entry & (level == 0 ? ~0x7ff : ~0xfff)
        }
        let place = table + (address >> 12 & 255) * 8
        guard let entry = memory.bigEndian(UInt64.self, at: S390Processor.absolute(place, prefix: prefix))
        else {
            throw PageFault(entry: place, address, 12)
        }
        guard entry >> 10 & 1 == 0 else {
            throw PageFault("invalid", entry: entry, at: place, address: address, shift: 12)
        }
        return PageMapping(base: entry & ~0xfff, address: address, shift: 12)
    }
}
