import Format

/// An Arm CPU (target/arm/machine.c vmstate_arm_cpu, version 22; 7.2 and 10.0).
package struct ArmProcessor: GuestProcessor {
    package let number: UInt32
    /// X0 … X31; X31 is the current stack pointer.
    package let registers: [UInt64]
    package let programCounter: UInt64
    /// PSTATE, or CPSR in AArch32 state.
    package let state: UInt64
    /// System registers by KVM's register number, in ascending order.
    private let systemNumbers: [UInt64]
    private let systemValues: [UInt64]
    /// D0, D1, … D63: the low 128 bits of Z0 … Z31; empty if the stream has none.
    package let vectors: [UInt64]
    package let floatingStatus: UInt32
    package let floatingControl: UInt32

    // The bits of FPSCR that are in FPSR and FPCR (target/arm/cpu.h, 7.2 to 11.1).
    private static let statusBits: UInt64 = 0xf800_009f
    private static let controlBits: UInt64 = 0x07ff_9f00

    package init(_ number: UInt32, _ cpu: StateField) {
        self.number = number
        state = cpu.register("cpsr")
        let wide = cpu.registers("env.xregs")
        let narrow = cpu.registers("env.regs")
        let saved = state >> 4 & 1 == 1 ? narrow : wide
        registers = saved + [UInt64](repeating: 0, count: max(0, 32 - saved.count))
        programCounter = state >> 4 & 1 == 1 ? narrow.last ?? 0 : cpu.register("env.pc")
        systemNumbers = cpu.registers("cpreg_vmstate_indexes")
        systemValues = cpu.registers("cpreg_vmstate_values")
        let floating = cpu["cpu/vfp"]
        vectors = (0..<32).flatMap { floating?.registers("env.vfp.zregs[\($0)].d") ?? [] }
        // FPSCR is 0 if FPSR or FPCR has bits that FPSCR lacks.
        let both = floating?.register("fpscr") ?? 0
        let split = floating?["cpu/vfp/fpcr_fpsr"]
        floatingStatus = UInt32(truncatingIfNeeded: split?.register("fpsr") ?? both & Self.statusBits)
        floatingControl = UInt32(truncatingIfNeeded: split?.register("fpcr") ?? both & Self.controlBits)
    }

    /// Whether the CPU has AArch64 state: it is in that state, or ID_AA64DFR0_EL1 describes its debug unit.
    /// QEMU lists AArch64 registers for 32-bit CPUs too.
    package var is64Bit: Bool { !isNarrow || (system(3, 0, 0, 5, 0) ?? 0) != 0 }
    /// Whether the CPU is in AArch32 state.
    package var isNarrow: Bool { state >> 4 & 1 == 1 }
    /// The exception level, 0 to 3, in AArch64 state.
    package var level: UInt64 { state >> 2 & 3 }

    /// Returns an AArch64 system register by its encoding; nil if the stream has none
    /// (target/arm/kvm-consts.h).
    package func system(_ op0: UInt64, _ op1: UInt64, _ crn: UInt64, _ crm: UInt64, _ op2: UInt64) -> UInt64?
    {
        let number = 0x6030_0000_0013_0000 | op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2
        guard let index = systemNumbers.firstIndex(of: number), index < systemValues.count else { return nil }
        return systemValues[index]
    }

    package func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        guard !isNarrow else {
            throw PageFault("page tables of AArch32 state can't be read", remaining: .max - virtual)
        }
        return try ArmPaging(level: level, system: system).translate(virtual, in: memory)
    }
}
