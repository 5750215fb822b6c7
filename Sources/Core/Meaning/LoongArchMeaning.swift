import Bytes

/// A LoongArch CPU (target/loongarch/machine.c; LoongArch reference manual volume 1, chapter 7).
package enum LoongArchMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu", having: "env.CSR_CRMD",
            fields: [
                .elements("env.gpr", zip(registers, 0...).map { "\($0) r\($1)" }), .label("env.pc", "PC"),
                .overlay("env.CSR_CRMD", "CRMD", currentMode),
                .overlay(
                    "env.CSR_PRMD", "PRMD",
                    .word(
                        8,
                        [
                            BitField("PPLV", 0...1, .decimal), BitField("PIE", 2...2, .flag),
                            BitField("PWE", 3...3, .flag),
                        ])),
                .overlay("env.CSR_EUEN", "EUEN", .flags(8, [0: "FPE", 1: "SXE", 2: "ASXE", 3: "BTE"])),
                .overlay(
                    "env.CSR_ECFG", "ECFG",
                    .word(8, [BitField("enabled", 0...12, .text(lines)), BitField("VS", 16...18)])),
                .overlay(
                    "env.CSR_ESTAT", "ESTAT",
                    .word(
                        8,
                        [
                            BitField("pending", 0...12, .text(lines)),
                            BitField(
                                "Ecode", 16...21, .text { $0 == 0 ? "" : exceptions[$0] ?? "Ecode \($0)" }),
                            BitField("EsubCode", 22...30),
                        ])),
                .overlay(
                    "env.CSR_ASID", "ASID",
                    .word(8, [BitField("ASID", 0...9, .decimal), BitField("ASIDBITS", 16...23)])),
                .overlay(
                    "env.CSR_TCFG", "TCFG",
                    .word(
                        8,
                        [
                            BitField("enabled", 0...0, .unless("off")), BitField("periodic", 1...1, .flag),
                            BitField("initial value", 2...47, .hex),
                        ])),
                .elements("env.CSR_DMW", (0..<4).map { "DMW\($0)" }, window),
                .elements("env.CSR_SAVE", (0..<16).map { "SAVE\($0)" }),
                .overlay(
                    "env.CSR_PWCL", "PWCL",
                    .word(
                        8,
                        [
                            BitField("PTbase", 0...4), BitField("PTwidth", 5...9),
                            BitField("Dir1 base", 10...14), BitField("Dir1 width", 15...19),
                            BitField("Dir2 base", 20...24), BitField("Dir2 width", 25...29),
                            BitField("PTE width", 30...31),
                        ])),
            ]
                + [
                    "MISC", "ERA", "BADV", "BADI", "EENTRY", "TLBIDX", "TLBEHI", "TLBELO0", "TLBELO1", "PGDL",
                    "PGDH", "PGD", "PWCH", "STLBPS", "TID", "TVAL", "CNTC", "TLBRENTRY", "TLBRBADV",
                    "TLBRERA",
                ].map {
                    .label("env.CSR_\($0)", $0)
                }),
        MeaningRules(
            "cpu/fpu",
            fields: [.elements("env.fpr", (0..<32).map { "f\($0)" }), .label("env.fcsr0", "FCSR0")]),
        MeaningRules(
            "loongarch_pch_pic",
            fields: [
                .overlay("int_mask", "INT_MASK", .bitmap(8, "masked")),
                .overlay("intedge", "INT_EDGE", .bitmap(8, "edge")),
                .overlay("intirr", "INTIRR", .bitmap(8, "requested")),
                .overlay("intisr", "INTISR", .bitmap(8, "in service")),
                .overlay("int_polarity", "INT_POLARITY", .bitmap(8, "active low")),
            ]),
    ]

    private static let registers =
        ["zero", "ra", "tp", "sp"] + (0..<8).map { "a\($0)" } + (0..<9).map { "t\($0)" } + ["u0", "fp"]
        + (0..<9).map { "s\($0)" }

    private static let currentMode: Overlay = .word(
        8,
        [
            BitField("PLV", 0...1, .decimal), BitField("IE", 2...2, .flag), BitField("DA", 3...3, .flag),
            BitField("PG", 4...4, .flag),
            BitField("DATF", 5...6, .hex), BitField("DATM", 7...8, .hex), BitField("WE", 9...9, .flag),
        ])

    private static func lines(_ bits: UInt64) -> String {
        let names = ["SWI0", "SWI1"] + (0..<8).map { "HWI\($0)" } + ["PMI", "TI", "IPI"]
        return names.enumerated().filter { bits >> UInt64($0.offset) & 1 != 0 }.map(\.element).joined(
            separator: " ")
    }

    private static let exceptions: [UInt64: String] = [
        1: "load page invalid", 2: "store page invalid", 3: "fetch page invalid", 4: "page modified",
        5: "page not readable",
        6: "page not executable", 7: "page privilege", 8: "address error", 9: "address not aligned",
        10: "bound check",
        11: "syscall", 12: "break", 13: "instruction does not exist", 14: "instruction privilege",
        15: "FP disabled",
        16: "LSX disabled", 17: "LASX disabled", 18: "FP exception", 19: "watchpoint",
    ]

    private static let window: Overlay = .word(
        8,
        [
            BitField("PLV0", 0...0, .flag), BitField("PLV1", 1...1, .flag), BitField("PLV2", 2...2, .flag),
            BitField("PLV3", 3...3, .flag),
            BitField("MAT", 4...5, .names([0: "uncached", 1: "cached", 2: "weakly uncached"])),
            BitField("PSEG", 25...27), BitField("VSEG", 60...63, .text { "segment 0x" + Hex.digits($0) }),
        ])
}
