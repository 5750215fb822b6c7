/// The state that all processors save in the same way (hw/core/cpu-common.c vmstate_cpu_common; cpu-all.h,
/// 5.2 to 11.1).
package enum ProcessorMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu_common",
            fields: [
                .overlay(
                    "halted", "",
                    .word(4, .big, [BitField("state", 0...31, .names([0: "not halted", 1: "halted"]))])),
                .overlay("interrupt_request", "", .word(4, .big, interrupts)),
            ])
    ]

    private static let interrupts = BitField.flags([
        1: "HARD", 2: "EXITTB", 3: "TGT_EXT_0", 4: "TGT_EXT_1", 5: "HALT", 6: "TGT_EXT_2", 7: "DEBUG",
        8: "TGT_INT_0", 9: "TGT_EXT_3", 10: "RESET", 11: "TGT_INT_1", 12: "TGT_EXT_4", 13: "TGT_INT_2",
    ])
}

/// An Alpha CPU (target/alpha/machine.c vmstate_env, version 3; Alpha calling standard).
package enum AlphaMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "env", having: "fir",
            fields: [
                .elements("ir", general), .elements("fir", (0..<31).map { "f\($0)" }),
                .label("fpcr", "FPCR"), .label("pc", "PC"), .label("unique", "UNIQUE"), .label("usp", "USP"),
                .label("palbr", "PAL_BASE"), .label("ptbr", "PTBR"), .label("vptptr", "VPTPTR"),
                .label("exc_addr", "EXC_ADDR"),
            ])
    ]

    private static let general: [String] =
        ["v0"] + (0..<8).map { "t\($0)" } + (0..<6).map { "s\($0)" } + ["fp"] + (0..<6).map { "a\($0)" }
        + (8..<12).map { "t\($0)" } + ["ra", "pv", "at", "gp", "sp"]
}

/// A PA-RISC CPU (target/hppa/machine.c; PA-RISC 1.1 and 2.0 architecture).
package enum HPPAMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "env", having: "iaoq_f",
            fields: [
                .elements("gr", (0..<32).map { (general[$0].map { $0 + " " } ?? "") + "r\($0)" }),
                .elements("fr", (0..<32).map { "fr\($0)" }), .elements("sr", (0..<8).map { "sr\($0)" }),
                .elements("cr", numbered: control), .label("iaoq_f", "IAOQ front"),
                .label("iaoq_b", "IAOQ back"),
                .label("iasq_f", "IASQ front"), .label("iasq_b", "IASQ back"),
            ] + .words("psw", "PSW", status))
    ]

    private static let general: [Int: String] = [
        1: "addil", 2: "rp", 23: "arg3", 24: "arg2", 25: "arg1", 26: "arg0", 27: "dp", 28: "ret0", 29: "ret1",
        30: "sp",
    ]

    private static let control: [Int: String] = [
        0: "RCTR", 8: "PIDR1", 9: "PIDR2", 10: "CCR", 11: "SAR", 12: "PIDR3", 13: "PIDR4", 14: "IVA",
        15: "EIEM",
        16: "ITMR", 17: "IIASQ", 18: "IIAOQ", 19: "IIR", 20: "ISR", 21: "IOR", 22: "IPSW", 23: "EIRR",
        24: "TR0",
        25: "TR1", 26: "TR2", 27: "TR3", 28: "TR4", 29: "TR5", 30: "TR6", 31: "TR7",
    ]

    private static let status: [BitField] =
        BitField.flags([
            0: "I", 1: "D", 2: "P", 3: "Q", 4: "R", 5: "F", 6: "G", 7: "O", 16: "M", 17: "V", 18: "C",
            19: "B", 20: "X",
            21: "N", 22: "L", 23: "H", 24: "T", 25: "S", 26: "E", 27: "W",
        ]) + [BitField("carry/borrow", 8...15, .hex)]
}

/// A 32-bit SPARC CPU (target/sparc/machine.c vmstate_sparc_cpu, version 7; SPARC architecture manual, version 8).
package enum SPARCMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu", having: "env.regbase",
            fields: [
                .elements("env.gregs", (0..<8).map { "g\($0)" }), .label("env.pc", "PC"),
                .label("env.npc", "nPC"), .label("env.y", "Y"), .overlay("psr", "PSR", status),
                .overlay("env.fsr", "FSR", floatStatus), .overlay("env.tbr", "TBR", trapBase),
                .overlay("env.wim", "WIM", .bitmap(4, "windows")),
                .elements("env.mmuregs", ["CTRL", "CTXTPR", "CTX", "SFSR", "SFAR"]),
            ])
    ]

    private static let status: Overlay = .word(
        4,
        [
            BitField("CWP", 0...4, .decimal), BitField("PIL", 8...11, .decimal),
            BitField("S", 7...7, .unless("user")), BitField("ver", 24...27), BitField("impl", 28...31),
        ]
            + BitField.flags([
                5: "ET", 6: "PS", 12: "EF", 13: "EC", 20: "C", 21: "V", 22: "Z", 23: "N",
            ]))

    private static let floatStatus: Overlay = .word(
        4,
        [
            BitField("cexc", 0...4, .hex), BitField("aexc", 5...9, .hex), BitField("fcc", 10...11),
            BitField("ftt", 14...16), BitField("TEM", 23...27, .hex),
            BitField("rounding", 30...31, .names([0: "nearest", 1: "zero", 2: "up", 3: "down"])),
        ] + BitField.flags([13: "qne", 22: "NS"]))

    private static let trapBase: Overlay = .word(
        4, [BitField("base", 12...31, .hex), BitField("trap", 4...11, .hex)])
}
