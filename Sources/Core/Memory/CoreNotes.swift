extension X86Processor {
    /// Returns NT_PRSTATUS and QEMU's own note (target/i386/arch_dump.c, 7.2 and 10.0).
    package func coreNotes(like first: any GuestProcessor) -> [CoreNote] {
        let isWide = (first as? X86Processor)?.isLongMode ?? isLongMode
        return [(isWide ? status64 : status32).note(number), state]
    }

    private var status64: ProcessStatus {
        let r = registers
        let (es, cs, ss, ds, fs, gs) = (
            segments[0], segments[1], segments[2], segments[3], segments[4], segments[5]
        )
        return .wide(
            size: 336,
            [
                r[15], r[14], r[13], r[12], r[5], r[3], r[11], r[10], r[9], r[8], r[0], r[1], r[2], r[6],
                r[7], 0,
                instructionPointer, cs.selector, flags, r[4], ss.selector, fs.base, gs.base, ds.selector,
                es.selector, fs.selector, gs.selector,
            ])
    }

    private var status32: ProcessStatus {
        let r = registers
        let (es, cs, ss, ds, fs, gs) = (
            segments[0], segments[1], segments[2], segments[3], segments[4], segments[5]
        )
        return .narrow(
            size: 144,
            [
                r[3], r[1], r[2], r[6], r[7], r[5], r[0], ds.selector, es.selector, fs.selector, gs.selector,
                0,
                instructionPointer, cs.selector, flags, r[4], ss.selector,
            ])
    }

    // QEMUCPUState.
    private var state: CoreNote {
        var writer = ELFWriter(isBigEndian: false)
        writer.append(UInt32(1))
        writer.append(UInt32(440))
        let order = [0, 3, 1, 2, 6, 7, 4, 5] + Array(8..<16)
        for register in order { writer.append(registers[register]) }
        writer.append(instructionPointer)
        writer.append(flags)
        let list = [1, 3, 0, 4, 5, 2].map { segments[$0] } + [ldt, taskRegister, gdt, idt]
        for segment in list {
            for word in [segment.selector, segment.limit, segment.flags, 0] {
                writer.append(UInt32(truncatingIfNeeded: word))
            }
            writer.append(segment.base)
        }
        for register in control { writer.append(register) }
        writer.append(kernelGSBase)
        return CoreNote(name: "QEMU", type: 0, content: writer.bytes)
    }
}

extension ArmProcessor {
    package func coreNotes(like first: any GuestProcessor) -> [CoreNote] {
        let isWide = (first as? ArmProcessor)?.is64Bit ?? is64Bit
        return [isWide ? status64 : status32] + (vectors.count < 64 ? [] : [isWide ? vectors64 : vectors32])
    }

    private var status64: CoreNote {
        ProcessStatus.wide(size: 392, Array(registers.prefix(32)) + [programCounter, state, 1]).note(number)
    }

    // R0 … R15 and CPSR, then a zero word, and whether there are floating-point registers.
    private var status32: CoreNote {
        let values = Array(registers.prefix(16)) + [state, 0, vectors.isEmpty ? 0 : 1]
        return ProcessStatus.narrow(size: 148, values).note(number)
    }

    // NT_PRFPREG, struct user_fpsimd_state.
    private var vectors64: CoreNote {
        var writer = ELFWriter(isBigEndian: false)
        for vector in vectors.prefix(64) { writer.append(vector) }
        writer.append(floatingStatus)
        writer.append(floatingControl)
        writer.pad(to: 528)
        return CoreNote(name: "CORE", type: 2, content: writer.bytes)
    }

    // NT_ARM_VFP, struct user_vfp: D0 … D31.
    private var vectors32: CoreNote {
        var writer = ELFWriter(isBigEndian: false)
        for vector in vectors.prefix(32) { writer.append(vector) }
        writer.append(floatingStatus | floatingControl)
        return CoreNote(name: "LINUX", type: 0x400, content: writer.bytes)
    }
}

extension RISCVProcessor {
    package func coreNotes(like first: any GuestProcessor) -> [CoreNote] {
        let values = [programCounter] + registers[1..<32]
        return [(is32Bit ? ProcessStatus.narrow(size: 204, values) : .wide(size: 376, values)).note(number)]
    }
}

extension S390Processor {
    package func coreNotes(like first: any GuestProcessor) -> [CoreNote] {
        var access = ELFWriter(isBigEndian: true)
        for register in accessRegisters.prefix(16) { access.append(UInt32(truncatingIfNeeded: register)) }
        let status = ProcessStatus.wide(size: 336, [mask, programCounter] + registers.prefix(16))
        return [status.note(number, isBigEndian: true, tail: access.bytes)]
    }
}

extension PowerProcessor {
    package func coreNotes(like first: any GuestProcessor) -> [CoreNote] {
        // LR is SPR 8, CTR 9, XER 1, DAR 19, DSISR 18.
        let condition = conditions.prefix(8).reduce(0) { $0 << 4 | $1 & 15 }
        let values =
            Array(registers.prefix(32)) + [
                programCounter, state, 0, special[9], special[8], special[1], condition, 0, 0, special[19],
                special[18],
                0,
            ]
        return [
            (is64Bit ? ProcessStatus.wide(size: 504, values) : .narrow(size: 268, values)).note(
                number, isBigEndian: isBigEndian)
        ]
    }

    /// Whether MSR.LE is clear.
    package var isBigEndian: Bool { state & 1 == 0 }
}
