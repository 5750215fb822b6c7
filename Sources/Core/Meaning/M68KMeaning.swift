/// An m68k CPU (target/m68k/cpu.c vmstate_m68k_cpu, version 1; M68000 family reference) and the Goldfish
/// devices of the virt machine.
package enum M68KMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu", having: "env.dregs",
            fields: [
                .elements("env.dregs", (0..<8).map { "D\($0)" }),
                .elements("env.aregs", (0..<8).map { "A\($0)" }),
                .label("env.pc", "PC"), .overlay("env.sr", "SR", status),
                .elements("env.sp", ["SSP", "USP", "ISP"]),
                .overlay("env.current_sp", "", .whole(4, "pointer", .names([0: "SSP", 1: "USP", 2: "ISP"]))),
            ]),
        MeaningRules(
            "cpu/fpu",
            fields: [
                .label("env.fpcr", "FPCR"),
                .overlay(
                    "env.fpsr", "FPSR",
                    .flags(
                        4,
                        [
                            27: "N", 26: "Z", 25: "I", 24: "NAN", 15: "BSUN", 14: "SNAN", 13: "OPERR",
                            12: "OVFL", 11: "UNFL", 10: "DZ",
                        ])),
                .elements("env.fregs", (0..<8).map { "FP\($0)" }),
            ]),
        MeaningRules(
            "cpu/68040_mmu",
            fields: [
                .overlay(
                    "env.mmu.tcr", "TCR",
                    .word(
                        2,
                        [
                            BitField("E", 15...15, .unless("off")),
                            BitField("page size", 14...14, .names([0: "4K", 1: "8K"])),
                        ])),
                .label("env.mmu.urp", "URP"), .label("env.mmu.srp", "SRP"), .label("env.mmu.mmusr", "MMUSR"),
                .elements("env.mmu.ttr", ["ITT0", "ITT1", "DTT0", "DTT1"], transparent),
                .label("env.mmu.ssw", "SSW"),
            ]),
        MeaningRules(
            "cpu/68040_spregs",
            fields: [
                .label("env.vbr", "VBR"), .overlay("env.cacr", "CACR", .flags(4, [31: "DE", 15: "IE"])),
                .label("env.sfc", "SFC"),
                .label("env.dfc", "DFC"),
            ]),
        MeaningRules(
            "goldfish_pic",
            fields: [
                .overlay("pending", "", .bitmap(4, "lines")), .overlay("enabled", "", .bitmap(4, "lines")),
            ]),
    ]

    // QEMU stores the condition codes separately, in env.cc_x to cc_z.
    private static let status: Overlay = .word(
        4,
        [
            BitField("S", 13...13, .unless("user")), BitField("M", 12...12, .flag),
            BitField("interrupt mask", 8...10, .decimal),
            BitField("T", 14...15),
        ])

    private static let transparent: Overlay = .word(
        4,
        [
            BitField("E", 15...15, .unless("off")), BitField("base", 24...31, .hex),
            BitField("mask", 16...23, .hex),
            BitField("S", 13...14), BitField("CM", 5...6), BitField("W", 2...2, .flag),
        ])
}
