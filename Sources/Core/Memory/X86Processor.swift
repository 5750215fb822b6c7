import Format

/// An x86 CPU (target/i386/machine.c vmstate_x86_cpu, version 12; 5.2 to 11.1).
package struct X86Processor: GuestProcessor {
    /// A segment register with the cached fields of its descriptor.
    package struct Segment: Sendable {
        package var selector: UInt64 = 0
        package var base: UInt64 = 0
        package var limit: UInt64 = 0
        /// The second word of the descriptor.
        package var flags: UInt64 = 0
    }

    package let number: UInt32
    /// RAX RCX RDX RBX RSP RBP RSI RDI R8 … R15.
    package let registers: [UInt64]
    package let instructionPointer: UInt64
    package let flags: UInt64
    /// CR0, 0, CR2, CR3, CR4.
    package let control: [UInt64]
    package let efer: UInt64
    package let kernelGSBase: UInt64
    /// ES CS SS DS FS GS.
    package let segments: [Segment]
    package let ldt: Segment
    package let taskRegister: Segment
    package let gdt: Segment
    package let idt: Segment

    package init(_ number: UInt32, _ cpu: StateField) {
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

    /// Whether EFER.LMA is set: long mode, with 64-bit page table entries.
    package var isLongMode: Bool { efer >> 10 & 1 == 1 }

    /// RIP as a linear address; outside 64-bit code, the base of CS is added.
    package var programCounter: UInt64 {
        let isCode64 = isLongMode && segments[1].flags >> 21 & 1 == 1
        return isCode64 ? instructionPointer : (segments[1].base &+ instructionPointer) & 0xffff_ffff
    }

    package func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        let paging = X86Paging(cr0: control[0], cr3: control[3], cr4: control[4], isLongMode: isLongMode)
        return try paging.translate(virtual, in: memory)
    }
}
