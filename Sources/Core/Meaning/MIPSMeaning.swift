/// A MIPS CPU (target/mips/sysemu/machine.c, version 21; MIPS architecture for programmers, volumes I and III).
package enum MIPSMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu", having: "env.CP0_Status",
            fields: names.map { .label("env.CP0_" + $0, $0) } + [
                .overlay("env.CP0_Status", "Status", status), .overlay("env.CP0_Cause", "Cause", cause),
                .overlay("env.CP0_Config0", "Config", config),
            ]),
        MeaningRules(
            "cpu/tc",
            fields: [
                .elements("gpr", general), .elements("HI", accumulators("HI")),
                .elements("LO", accumulators("LO")), .elements("ACX", accumulators("ACX")),
                .label("CP0_TCStatus", "TCStatus"), .label("CP0_TCBind", "TCBind"),
                .label("CP0_UserLocal", "UserLocal"), .label("msacsr", "MSACSR"),
            ]),
        MeaningRules(
            "cpu/fpu",
            fields: [
                .label("fcr0", "FIR"),
                .overlay(
                    "fcr31", "FCSR",
                    .word(
                        4,
                        [
                            BitField(
                                "rounding", 0...1, .names([0: "nearest", 1: "zero", 2: "up", 3: "down"])),
                            BitField("flags", 2...6, .hex), BitField("enables", 7...11, .hex),
                            BitField("cause", 12...17, .hex), BitField("FS", 24...24, .flag),
                        ])),
            ]),
    ]

    private static let general = [
        "zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7",
        "s0",
        "s1", "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "fp", "ra",
    ]

    private static func accumulators(_ name: String) -> [String] { [name] + (1..<4).map { "\(name)\($0)" } }

    // Registers of coprocessor 0 without named bits.
    private static let names = [
        "Index", "Random", "EntryLo0", "EntryLo1", "Context", "PageMask", "PageGrain", "Wired", "HWREna",
        "BadVAddr", "BadInstr", "Count", "EntryHi", "Compare", "IntCtl", "SRSCtl", "SRSMap", "EPC", "PRid",
        "Config1", "Config2", "Config3", "Config4", "Config5", "LLAddr", "XContext", "Framemask", "Debug",
        "DEPC", "TagLo", "DataLo", "TagHi", "DataHi", "ErrorEPC", "DESAVE", "SegCtl0", "SegCtl1", "SegCtl2",
        "PWBase", "PWField", "PWSize", "PWCtl", "VPEControl", "VPEConf0", "VPEConf1", "GlobalNumber",
    ]

    private static let status: Overlay = .word(
        4,
        [
            BitField("mode", 3...4, .names([0: "kernel", 1: "supervisor", 2: "user"])),
            BitField("IM", 8...15, .hex), BitField("CU", 28...31, .hex),
        ]
            + BitField.flags([
                0: "IE", 1: "EXL", 2: "ERL", 5: "UX", 6: "SX", 7: "KX", 19: "NMI", 20: "SR", 21: "TS",
                22: "BEV", 24: "MX", 25: "RE", 26: "FR", 27: "RP",
            ]))

    private static let cause: Overlay = .word(
        4,
        [
            BitField(
                "exception", 2...6,
                .names([
                    0: "Int", 1: "Mod", 2: "TLBL", 3: "TLBS", 4: "AdEL", 5: "AdES", 6: "IBE", 7: "DBE",
                    8: "Sys", 9: "Bp", 10: "RI", 11: "CpU", 12: "Ov", 13: "Tr", 15: "FPE", 18: "C2E",
                    19: "TLBRI", 20: "TLBXI", 22: "MDMX", 23: "WATCH", 24: "MCheck", 25: "Thread", 26: "DSP",
                    30: "CacheErr",
                ])),
            BitField("IP", 8...15, .hex), BitField("CE", 28...29),
        ] + BitField.flags([22: "WP", 23: "IV", 26: "PCI", 27: "DC", 30: "TI", 31: "BD"]))

    private static let config: Overlay = .word(
        4,
        [
            BitField("K0", 0...2),
            BitField(
                "MMU", 7...9,
                .names([0: "none", 1: "TLB", 2: "BAT", 3: "fixed", 4: "dual TLB"])),
            BitField("AT", 13...14, .names([0: "MIPS32", 1: "MIPS64 compatible", 2: "MIPS64"])),
        ] + BitField.flags([15: "BE", 31: "M"]))
}
