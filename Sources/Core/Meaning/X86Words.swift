import Bytes

/// The words of an x86 CPU, bit by bit (Intel SDM volumes 1, 3 and 4; target/i386/cpu.h for `hflags`).
package enum X86Words {
    package static func flags(_ size: Int) -> Overlay {
        .word(
            size, .big,
            BitField.flags([
                0: "CF", 2: "PF", 4: "AF", 6: "ZF", 7: "SF", 8: "TF", 9: "IF", 10: "DF", 11: "OF",
            ]) + [BitField("IOPL", 12...13)]
                + BitField.flags([
                    14: "NT", 16: "RF", 17: "VM", 18: "AC", 19: "VIF", 20: "VIP", 21: "ID",
                ]))
    }

    package static func cr0(_ size: Int) -> Overlay {
        .word(
            size, .big,
            BitField.flags([
                0: "PE", 1: "MP", 2: "EM", 3: "TS", 4: "ET", 5: "NE", 16: "WP", 18: "AM", 29: "NW", 30: "CD",
                31: "PG",
            ]))
    }

    package static func cr3(_ size: Int) -> Overlay {
        .word(
            size, .big,
            [BitField("PCID", 0...11), BitField("page table", 12...(size == 8 ? 51 : 31), .address)])
    }

    package static func cr4(_ size: Int) -> Overlay {
        .word(
            size, .big,
            BitField.flags([
                0: "VME", 1: "PVI", 2: "TSD", 3: "DE", 4: "PSE", 5: "PAE", 6: "MCE", 7: "PGE", 8: "PCE",
                9: "OSFXSR", 10: "OSXMMEXCPT", 11: "UMIP", 12: "LA57", 13: "VMXE", 14: "SMXE",
                16: "FSGSBASE", 17: "PCIDE", 18: "OSXSAVE", 19: "KL", 20: "SMEP", 21: "SMAP", 22: "PKE",
                23: "CET", 24: "PKS", 25: "UINTR",
            ]))
    }

    package static let efer: Overlay = .word(
        8, .big,
        BitField.flags([
            0: "SCE", 8: "LME", 10: "LMA", 11: "NX", 12: "SVME", 13: "LMSLE", 14: "FFXSR", 15: "TCE",
        ]))

    /// State of several registers that QEMU caches for its translator.
    package static let hiddenFlags: Overlay = .word(
        4, .big,
        [BitField("CPL", 0...1, .decimal)]
            + BitField.flags([
                3: "INHIBIT_IRQ", 4: "CS32", 5: "SS32", 6: "ADDSEG", 7: "PE", 8: "TF", 9: "MP", 10: "EM",
                11: "TS",
            ]) + [BitField("IOPL", 12...13)]
            + BitField.flags([
                14: "LMA", 15: "CS64", 16: "RF", 17: "VM", 18: "AC", 19: "SMM", 20: "SVME", 21: "GUEST",
                22: "OSFXSR", 23: "SMAP", 24: "IOBPT", 25: "MPX_EN", 26: "MPX_IU", 27: "UMIP", 28: "AVX_EN",
            ]))

    package static let hiddenFlags2: Overlay = .word(
        4, .big,
        BitField.flags([
            0: "GIF", 1: "HIF", 2: "NMI", 3: "VINTR", 4: "SMM_INSIDE_NMI", 5: "MPX_PR", 6: "NPT",
            7: "IGNNE", 8: "VGIF",
        ]))

    // MARK: Segments

    package static let selector: Overlay = .word(
        4, .big,
        [
            BitField("RPL", 0...1), BitField("TI", 2...2, .names([0: "GDT", 1: "LDT"])),
            BitField("index", 3...15, .decimal),
        ])

    /// The second word of a descriptor.
    package static let segmentFlags: Overlay = .word(
        4, .big,
        [BitField("type", 8...12, .names(segmentTypes)), BitField("DPL", 13...14, .decimal)]
            + BitField.flags([15: "P", 20: "AVL", 21: "L", 22: "D/B", 23: "G"]))

    /// By the bit S and the four bits of the type.
    package static let segmentTypes: [UInt64: String] = {
        var names: [UInt64: String] = [
            1: "16-bit TSS", 2: "LDT", 3: "busy 16-bit TSS", 4: "16-bit call gate", 5: "task gate",
            6: "16-bit interrupt gate", 7: "16-bit trap gate", 9: "TSS", 11: "busy TSS", 12: "call gate",
            14: "interrupt gate", 15: "trap gate",
        ]
        for bits in UInt64(0)..<16 {
            let isCode = bits & 8 != 0
            var words = isCode ? "code " : "data "
            words +=
                isCode ? (bits & 2 != 0 ? "execute/read" : "execute") : bits & 2 != 0 ? "read/write" : "read"
            if bits & 4 != 0 { words += isCode ? " conforming" : " expand-down" }
            if bits & 1 != 0 { words += " accessed" }
            names[16 + bits] = words
        }
        return names
    }()

    // MARK: Floating point and vectors

    private static let rounding: BitField.Form = .names([
        0: "round to nearest", 1: "round down", 2: "round up", 3: "round to zero",
    ])

    package static let fpuControl: Overlay = .word(
        2, .big,
        BitField.flags([0: "IM", 1: "DM", 2: "ZM", 3: "OM", 4: "UM", 5: "PM"]) + [
            BitField("PC", 8...9, .names([0: "24-bit", 2: "53-bit", 3: "64-bit"])),
            BitField("RC", 10...11, rounding),
        ])

    package static let fpuStatus: Overlay = .word(
        2, .big,
        BitField.flags([
            0: "IE", 1: "DE", 2: "ZE", 3: "OE", 4: "UE", 5: "PE", 6: "SF", 7: "ES", 8: "C0", 9: "C1",
            10: "C2",
        ]) + [BitField("TOP", 11...13, .decimal)] + BitField.flags([14: "C3", 15: "B"]))

    /// In FXSAVE format: a bit for each register that is not empty.
    package static let fpuTags: Overlay = .word(
        2, .big, (0..<8).map { BitField("R\($0)", $0...$0, .flag) })

    package static let mxcsr: Overlay = .word(
        4, .big,
        BitField.flags([
            0: "IE", 1: "DE", 2: "ZE", 3: "OE", 4: "UE", 5: "PE", 6: "DAZ", 7: "IM", 8: "DM", 9: "ZM",
            10: "OM", 11: "UM", 12: "PM",
        ]) + [BitField("RC", 13...14, rounding), BitField("FZ", 15...15, .flag)])

    /// XCR0, XSTATE_BV and IA32_XSS: components of XSAVE.
    package static let components: Overlay = .word(
        8, .big,
        BitField.flags([
            0: "x87", 1: "SSE", 2: "AVX", 3: "BNDREGS", 4: "BNDCSR", 5: "opmask", 6: "ZMM_Hi256",
            7: "Hi16_ZMM", 8: "PT", 9: "PKRU", 10: "PASID", 11: "CET_U", 12: "CET_S", 13: "HDC", 14: "UINTR",
            15: "LBR", 16: "HWP", 17: "XTILECFG", 18: "XTILEDATA", 19: "APX",
        ]))

    package static let protectionKeys: Overlay = .word(
        4, .big,
        (0..<16).flatMap { (key: Int) -> [BitField] in
            let bit = 2 * key
            return [BitField("AD\(key)", bit...bit, .flag), BitField("WD\(key)", bit + 1...bit + 1, .flag)]
        })

    // MARK: MSRs

    private static let memoryTypes: BitField.Form = .names([
        0: "UC", 1: "WC", 4: "WT", 5: "WP", 6: "WB", 7: "UC-",
    ])

    package static let pageAttributes: Overlay = .word(
        8, .big, (0..<8).map { BitField("PA\($0)", 8 * $0...8 * $0 + 2, memoryTypes) })

    package static let fixedRange: Overlay = .word(
        8, .big, (0..<8).map { BitField("range \($0)", 8 * $0...8 * $0 + 7, memoryTypes) })

    package static let rangeDefault: Overlay = .word(
        8, .big, [BitField("type", 0...7, memoryTypes)] + BitField.flags([10: "FE", 11: "E"]))

    package static let rangeBase: Overlay = .word(
        8, .big, [BitField("type", 0...7, memoryTypes), BitField("base", 12...51, .address)])

    package static let rangeMask: Overlay = .word(
        8, .big, [BitField("valid", 11...11, .flag), BitField("mask", 12...51, .address)])

    package static let star: Overlay = .word(
        8, .big,
        [
            BitField("EIP", 0...31, .hex), BitField("SYSCALL CS", 32...47, .text { "SYSCALL CS " + hex($0) }),
            BitField("SYSRET CS", 48...63, .text { "SYSRET CS " + hex($0) }),
        ])

    package static let miscEnable: Overlay = .word(
        8, .big,
        BitField.flags([
            0: "FAST_STRINGS", 3: "TCC", 7: "EMON", 11: "BTS_UNAVAIL", 12: "PEBS_UNAVAIL", 16: "EIST",
            18: "MWAIT", 22: "LIMIT_CPUID", 23: "XTPR_DISABLE", 34: "XD_DISABLE",
        ]))

    package static let featureControl: Overlay = .word(
        8, .big,
        BitField.flags([
            0: "LOCK", 1: "VMX_IN_SMX", 2: "VMX", 17: "SGX_LC", 18: "SGX", 20: "LMCE",
        ]))

    package static let speculation: Overlay = .word(
        8, .big, BitField.flags([0: "IBRS", 1: "STIBP", 2: "SSBD", 7: "PSFD"]))

    package static let machineCheckCapability: Overlay = .word(
        8, .big,
        [BitField("banks", 0...7, .decimal)]
            + BitField.flags([
                8: "CTL_P", 9: "EXT_P", 10: "CMCI_P", 11: "TES_P", 24: "SER_P", 25: "EMC_P", 26: "ELOG_P",
                27: "LMCE_P",
            ]))

    package static let machineCheckStatus: Overlay = .word(
        8, .big, BitField.flags([0: "RIPV", 1: "EIPV", 2: "MCIP", 3: "LMCE"]))

    /// Returns an address whose bit 0 enables the feature (Linux Documentation/virt/kvm/x86/msr.rst).
    package static func shared(_ low: Int, _ more: [BitField] = []) -> Overlay {
        .word(
            8, .big,
            [BitField("enabled", 0...0, .unless("off"))] + more + [BitField("address", low...63, .address)])
    }

    package static let asyncFault: Overlay = shared(
        6, BitField.flags([1: "SEND_ALWAYS", 2: "DELIVERY_AS_PF_VMEXIT", 3: "DELIVERY_AS_INT"]))

    // MARK: State of QEMU and KVM

    package static let state: Overlay = .word(
        4, .big,
        [
            BitField(
                "state", 0...31,
                .names([
                    0: "running", 1: "uninitialized", 2: "INIT received", 3: "halted", 4: "SIPI received",
                ]))
        ])

    package static let vector: Overlay = .word(
        4, .big,
        [BitField("vector", 0...31, .text { $0 == 0xffff_ffff ? "none" : exceptions[$0] ?? "vector \($0)" })])

    private static let exceptions: [UInt64: String] = [
        0: "#DE divide error", 1: "#DB debug", 2: "NMI", 3: "#BP breakpoint", 4: "#OF overflow",
        5: "#BR bound range", 6: "#UD invalid opcode", 7: "#NM device not available", 8: "#DF double fault",
        10: "#TS invalid TSS", 11: "#NP segment not present", 12: "#SS stack fault",
        13: "#GP general protection", 14: "#PF page fault", 16: "#MF floating point",
        17: "#AC alignment check",
        18: "#MC machine check", 19: "#XM SIMD exception", 20: "#VE virtualization",
        21: "#CP control protection",
    ]

    private static func hex(_ value: UInt64) -> String { "0x" + Hex.digits(value) }
}
