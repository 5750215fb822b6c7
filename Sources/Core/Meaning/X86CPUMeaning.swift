/// An x86 CPU (target/i386/machine.c vmstate_x86_cpu, version 12; 5.2 to 11.1).
enum X86CPUMeaning {
    static let rules = [
        MeaningRules(
            "cpu", having: "env.eip",
            fields: [
                .elements("env.regs", registers),
                .label("env.eip", "RIP"),
                .overlay("env.eflags", "RFLAGS", rflags(8)),
                .overlay("env.cr[0]", "CR0", cr0),
                .label("env.cr[2]", "CR2"),
                .overlay("env.cr[3]", "CR3", cr3),
                .overlay("env.cr[4]", "CR4", cr4),
                .overlay("env.efer", "EFER", efer),
            ])
    ]

    private static let registers = [
        "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14",
        "R15",
    ]

    private static func rflags(_ size: Int) -> Overlay {
        .word(
            size, .big,
            BitField.flags([
                0: "CF", 2: "PF", 4: "AF", 6: "ZF", 7: "SF", 8: "TF", 9: "IF", 10: "DF", 11: "OF",
            ]) + [BitField("IOPL", 12...13)]
                + BitField.flags([
                    14: "NT", 16: "RF", 17: "VM", 18: "AC", 19: "VIF", 20: "VIP", 21: "ID",
                ]))
    }

    private static let cr0 = Overlay.word(
        8, .big,
        BitField.flags([
            0: "PE", 1: "MP", 2: "EM", 3: "TS", 4: "ET", 5: "NE", 16: "WP", 18: "AM", 29: "NW", 30: "CD",
            31: "PG",
        ]))

    private static let cr3 = Overlay.word(
        8, .big, [BitField("PCID", 0...11), BitField("page table", 12...51, .address)])

    private static let cr4 = Overlay.word(
        8, .big,
        BitField.flags([
            0: "VME", 1: "PVI", 2: "TSD", 3: "DE", 4: "PSE", 5: "PAE", 6: "MCE", 7: "PGE", 8: "PCE",
            9: "OSFXSR", 10: "OSXMMEXCPT", 11: "UMIP", 12: "LA57", 13: "VMXE", 14: "SMXE", 16: "FSGSBASE",
            17: "PCIDE", 18: "OSXSAVE", 20: "SMEP", 21: "SMAP", 22: "PKE", 23: "CET", 24: "PKS",
        ]))

    private static let efer = Overlay.word(
        8, .big,
        BitField.flags([
            0: "SCE", 8: "LME", 10: "LMA", 11: "NX", 12: "SVME", 13: "LMSLE", 14: "FFXSR", 15: "TCE",
        ]))
}
