/// An x86 CPU (target/i386/machine.c vmstate_x86_cpu, version 12; 5.2 to 11.1).
struct X86Processor: GuestProcessor {
    /// A segment register with what the CPU keeps of its descriptor.
    struct Segment: Sendable {
        var selector: UInt64 = 0
        var base: UInt64 = 0
        var limit: UInt64 = 0
        /// The second word of the descriptor.
        var flags: UInt64 = 0
    }

    let number: UInt32
    /// RAX RCX RDX RBX RSP RBP RSI RDI R8 … R15.
    let registers: [UInt64]
    let instructionPointer: UInt64
    let flags: UInt64
    /// CR0, 0, CR2, CR3, CR4.
    let control: [UInt64]
    let efer: UInt64
    let kernelGSBase: UInt64
    /// ES CS SS DS FS GS.
    let segments: [Segment]
    let ldt: Segment
    let taskRegister: Segment
    let gdt: Segment
    let idt: Segment

    init(_ number: UInt32, _ cpu: StateField) {
        self.number = number
        let saved = cpu.registers("env.regs")
        registers = saved + [UInt64](repeating: 0, count: max(0, 16 - saved.count))
        instructionPointer = cpu.register("env.eip")
        flags = cpu.register("env.eflags")
        control = (0...4).map { $0 == 1 ? 0 : cpu.register("env.cr[\($0)]") }
        efer = cpu.register("env.efer")
        kernelGSBase = cpu.register("env.kernelgsbase")
        segments = (0..<6).map { Self.segment(cpu["env.segs"]?[$0]) }
        ldt = Self.segment(cpu["env.ldt"])
        taskRegister = Self.segment(cpu["env.tr"])
        gdt = Self.segment(cpu["env.gdt"])
        idt = Self.segment(cpu["env.idt"])
    }

    private static func segment(_ field: StateField?) -> Segment {
        guard let field else { return Segment() }
        return Segment(
            selector: field.register("selector"), base: field.register("base"),
            limit: field.register("limit"),
            flags: field.register("flags"))
    }

    /// EFER.LMA: long mode, with 64-bit page table entries.
    var isLongMode: Bool { efer >> 10 & 1 == 1 }

    /// RIP as a linear address: outside 64-bit code the base of CS is added.
    var programCounter: UInt64 {
        let isCode64 = isLongMode && segments[1].flags >> 21 & 1 == 1
        return isCode64 ? instructionPointer : (segments[1].base &+ instructionPointer) & 0xffff_ffff
    }

    func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        let paging = X86Paging(cr0: control[0], cr3: control[3], cr4: control[4], isLongMode: isLongMode)
        return try paging.translate(virtual, in: memory)
    }
}
