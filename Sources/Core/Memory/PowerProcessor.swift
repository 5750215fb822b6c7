/// A PowerPC CPU (target/ppc/machine.c vmstate_ppc_cpu, version 5; 7.2). Its page tables are not read: addresses
/// translate only while the CPU has translation of data switched off.
struct PowerProcessor: GuestProcessor {
    let number: UInt32
    let registers: [UInt64]
    /// Special purpose registers by number.
    let special: [UInt64]
    let conditions: [UInt64]
    let programCounter: UInt64
    let state: UInt64
    let is64Bit: Bool

    init(_ number: UInt32, _ cpu: StateField) {
        self.number = number
        let saved = cpu.registers("env.gpr")
        registers = saved + [UInt64](repeating: 0, count: max(0, 32 - saved.count))
        let special = cpu.registers("env.spr")
        self.special = special + [UInt64](repeating: 0, count: max(0, 1024 - special.count))
        let conditions = cpu.registers("env.crf")
        self.conditions = conditions + [UInt64](repeating: 0, count: max(0, 8 - conditions.count))
        programCounter = cpu.register("env.nip")
        state = cpu.register("env.msr")
        is64Bit = cpu["env.nip"]?.size == 8
    }

    func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        // MSR.DR.
        guard state >> 4 & 1 == 0 else {
            throw PageFault("page tables of PowerPC can't be read", remaining: .max - virtual)
        }
        return PageMapping(physical: virtual, remaining: .max - virtual)
    }
}
