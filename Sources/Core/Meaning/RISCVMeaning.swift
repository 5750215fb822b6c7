import Bytes

/// A RISC-V hart (target/riscv/machine.c, version 2 of 5.2 to 10 of 10.0; privileged architecture 1.13) and the
/// interrupt controllers of the virt machine.
package enum RISCVMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules("cpu", having: "env.misa_ext", fields: cpu),
        MeaningRules("cpu/hyper", fields: hypervisor),
        MeaningRules(
            "cpu/pmp/entry",
            fields: [
                .label("addr_reg", "pmpaddr"), .overlay("cfg_reg", "pmpcfg", protection),
            ]),
        MeaningRules(
            "cpu/envcfg",
            fields: ["menvcfg", "senvcfg", "henvcfg"].map { .overlay("env.\($0)", $0, environment) }),
        MeaningRules(
            "cpu/vector",
            fields: [
                .label("env.vl", "vl"), .label("env.vtype", "vtype"), .label("env.vstart", "vstart"),
                .label("env.vxsat", "vxsat"),
            ]),
        MeaningRules(
            "cpu/debug",
            fields: [
                .elements("env.tdata1", (0..<2).map { "tdata1 of trigger \($0)" })
            ]),
        MeaningRules(
            "riscv_sifive_plic",
            fields: [
                bitmaps("pending", "pending"), bitmaps("claimed", "claimed"),
                .label("source_priority", "priority"),
                .label("target_priority", "threshold"), .label("enable", "enable, by context"),
            ]),
        MeaningRules("riscv_mtimer", fields: [.label("timecmp", "mtimecmp")]),
        MeaningRules(
            "riscv_aplic",
            fields: [
                .label("mmsicfgaddr", "mmsiaddrcfg"),
                .label("smsicfgaddr", "smsiaddrcfg"),
            ]),
    ]

    // Bitmaps of sources in 32-bit words.
    private static func bitmaps(_ field: String, _ name: String) -> FieldMeaning {
        let words = (0..<32).map { $0 * 32 }
        return .elements(
            field, words.map { "\(name) \($0)-\($0 + 31)" },
            each: Dictionary(
                uniqueKeysWithValues: words.map { ($0 / 32, Overlay.bitmap(4, "sources", from: $0)) }))
    }

    /// The integer registers by their names in the calling convention.
    private static let integers: [String] =
        ["zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1"] + (0..<8).map { "a\($0)" }
        + (2..<12).map { "s\($0)" } + (3..<7).map { "t\($0)" }
    private static let floats: [String] =
        (0..<8).map { "ft\($0)" } + ["fs0", "fs1"] + (0..<8).map { "fa\($0)" } + (2..<12).map { "fs\($0)" }
        + (8..<12).map { "ft\($0)" }

    private static let cpu: [FieldMeaning] = Array(
        [registers, interruptWords, causeWords, vectorWords, named, counters].joined())

    private static let registers: [FieldMeaning] = [
        .elements("env.gpr", zip(integers, 0...).map { "\($0) x\($1)" }),
        .elements("env.gprh", zip(integers, 0...).map { "\($0) x\($1) high" }),
        .elements("env.fpr", zip(floats, 0...).map { "\($0) f\($1)" }),
        .overlay("env.priv", "privilege", privilege(8)), .overlay("env.priv", "privilege", privilege(4)),
        .overlay("env.misa_mxl", "MXL", .whole(4, "length", .names([1: "RV32", 2: "RV64", 3: "RV128"]))),
        .overlay("env.misa_ext", "misa", extensions),
        .overlay("env.misa_ext_mask", "misa mask", extensions),
        .overlay(
            "env.priv_ver", "",
            .whole(8, "specification", .names([0: "1.10", 1: "1.11", 2: "1.12", 3: "1.13"]))),
        .overlay("env.mstatus", "mstatus", machineStatus),
        .overlay("env.satp", "satp", translation),
        .overlay("env.satp", "satp", shortTranslation),
        .overlay("env.medeleg", "medeleg", .bitmap(8, "exceptions")),
        .overlay("env.frm", "frm", .whole(8, "rounding", .names(roundingModes))),
        .overlay("env.virt_enabled", "V", .flags(1, [0: "virtual"])),
        .overlay("env.virt", "V", .flags(8, [0: "virtual"])),
    ]

    private static let roundingModes: [UInt64: String] = [
        0: "to nearest", 1: "to zero", 2: "down", 3: "up", 4: "to nearest, away",
    ]

    private static let interruptWords: [FieldMeaning] = [
        "mip", "mie", "mideleg", "sie", "miclaim", "mvien", "mvip",
    ].flatMap { [FieldMeaning].words("env.\($0)", $0, interruptBits) }

    private static let causeWords: [FieldMeaning] = ["scause", "mcause"].flatMap { name -> [FieldMeaning] in
        [8, 4].map { .overlay("env.\(name)", name, .whole($0, "cause", .text(causeText))) }
    }

    private static let vectorWords: [FieldMeaning] = ["stvec", "mtvec"].flatMap {
        [FieldMeaning].words("env.\($0)", $0, vectorBaseBits)
    }

    private static let named: [FieldMeaning] = [
        "pc", "sepc", "mepc", "stval", "mtval", "sscratch", "mscratch", "mhartid", "resetvec",
        "scounteren", "mcounteren", "mcountinhibit", "scountinhibit", "stimecmp", "miselect", "siselect",
    ].map { .label("env.\($0)", $0) }

    private static let counters: [FieldMeaning] = [
        .label("env.pmu_ctrs", "counters"),
        .elements("env.mhpmevent_val", (0..<32).map { "mhpmevent\($0)" }),
        .elements("env.mhpmeventh_val", (0..<32).map { "mhpmeventh\($0)" }),
    ]

    private static func privilege(_ size: Int) -> Overlay {
        .whole(size, "mode", .names([0: "user", 1: "supervisor", 3: "machine"]))
    }

    private static let extensions: Overlay = .word(
        4,
        [
            BitField(
                "letters", 0...25,
                .text { bits in
                    String(
                        decoding: (0..<26).filter { bits >> UInt64($0) & 1 != 0 }.map { 0x41 + UInt8($0) },
                        as: UTF8.self)
                })
        ])

    private static let extensionStates: [UInt64: String] = [0: "off", 1: "initial", 2: "clean", 3: "dirty"]

    private static let machineStatus: Overlay = .word(
        8,
        BitField.flags([1: "SIE", 3: "MIE", 5: "SPIE", 6: "UBE", 7: "MPIE"])
            + [
                BitField("SPP", 8...8, .names([0: "SPP U", 1: "SPP S"])),
                BitField("VS", 9...10, .text { "VS \(extensionStates[$0] ?? "")" }),
                BitField("MPP", 11...12, .names([0: "MPP U", 1: "MPP S", 3: "MPP M"])),
                BitField("FS", 13...14, .text { "FS \(extensionStates[$0] ?? "")" }), BitField("XS", 15...16),
            ]
            + BitField.flags([
                17: "MPRV", 18: "SUM", 19: "MXR", 20: "TVM", 21: "TW", 22: "TSR", 23: "SPELP", 24: "SDT",
                36: "SBE", 37: "MBE",
                38: "GVA", 39: "MPV", 63: "SD",
            ])
            + [
                BitField("UXL", 32...33, .names([1: "UXL 32", 2: "UXL 64", 3: "UXL 128"])),
                BitField("SXL", 34...35, .names([1: "SXL 32", 2: "SXL 64", 3: "SXL 128"])),
            ])

    private static let interruptBits = BitField.flags([
        1: "SSI", 2: "VSSI", 3: "MSI", 5: "STI", 6: "VSTI", 7: "MTI", 9: "SEI", 10: "VSEI", 11: "MEI",
        12: "SGEI", 13: "LCOFI",
    ])
    private static let interrupts: Overlay = .word(8, interruptBits)

    private static let cause: Overlay = .whole(8, "cause", .text(causeText))

    // The top bit, of 64 or 32 bits, means an interrupt.
    private static func causeText(_ value: UInt64) -> String {
        let isInterrupt = value >> 63 != 0 || value >> 31 == 1
        let code = value & 0x7fff_ffff
        if isInterrupt { return interruptCauses[code] ?? "interrupt \(code)" }
        return exceptions[code] ?? "exception \(value)"
    }

    private static let interruptCauses: [UInt64: String] = [
        1: "supervisor software interrupt", 2: "virtual supervisor software interrupt",
        3: "machine software interrupt",
        5: "supervisor timer interrupt", 6: "virtual supervisor timer interrupt",
        7: "machine timer interrupt",
        9: "supervisor external interrupt", 10: "virtual supervisor external interrupt",
        11: "machine external interrupt",
        12: "guest external interrupt", 13: "counter overflow interrupt",
    ]

    private static let exceptions: [UInt64: String] = [
        0: "instruction address misaligned", 1: "instruction access fault", 2: "illegal instruction",
        3: "breakpoint",
        4: "load address misaligned", 5: "load access fault", 6: "store address misaligned",
        7: "store access fault",
        8: "call from U", 9: "call from S", 10: "call from VS", 11: "call from M",
        12: "instruction page fault",
        13: "load page fault", 15: "store page fault", 20: "guest instruction page fault",
        21: "guest load page fault",
        22: "virtual instruction", 23: "guest store page fault",
    ]

    private static let translation: Overlay = .word(
        8,
        [
            BitField("mode", 60...63, .names([0: "bare", 8: "Sv39", 9: "Sv48", 10: "Sv57", 11: "Sv64"])),
            BitField("ASID", 44...59),
            BitField("page table", 0...43, .text { $0 == 0 ? "" : "page table 0x" + Hex.digits($0 << 12) }),
        ])

    private static let shortTranslation: Overlay = .word(
        4,
        [
            BitField("mode", 31...31, .names([0: "bare", 1: "Sv32"])), BitField("ASID", 22...30),
            BitField("page table", 0...21, .text { $0 == 0 ? "" : "page table 0x" + Hex.digits($0 << 12) }),
        ])

    private static let vectorBaseBits: [BitField] = [
        BitField("mode", 0...1, .names([0: "direct", 1: "vectored"]))
    ]
    private static let vectorBase: Overlay = .word(8, vectorBaseBits)

    private static let environment: Overlay = .word(
        8,
        [BitField("FIOM", 0...0, .flag), BitField("CBIE", 4...5)]
            + BitField.flags([
                6: "CBCFE", 7: "CBZE", 59: "DTE", 60: "CDE", 61: "ADUE", 62: "PBMTE", 63: "STCE",
            ]))

    private static let protection: Overlay = .word(
        1,
        [
            BitField(
                "access", 0...2,
                .text { bits in
                    (bits & 1 != 0 ? "r" : "-") + (bits & 2 != 0 ? "w" : "-") + (bits & 4 != 0 ? "x" : "-")
                }),
            BitField("A", 3...4, .names([0: "off", 1: "TOR", 2: "NA4", 3: "NAPOT"])),
            BitField("locked", 7...7, .flag),
        ])

    private static let hypervisor: [FieldMeaning] =
        [
            .overlay(
                "env.hgatp", "hgatp",
                .word(
                    8,
                    [
                        BitField(
                            "mode", 60...63, .names([0: "bare", 8: "Sv39x4", 9: "Sv48x4", 10: "Sv57x4"])),
                        BitField("VMID", 44...57),
                        BitField(
                            "page table", 0...43,
                            .text { $0 == 0 ? "" : "page table 0x" + Hex.digits($0 << 12) }),
                    ])),
            .overlay("env.vsatp", "vsatp", translation), .overlay("env.satp_hs", "satp of HS", translation),
            .overlay("env.vscause", "vscause", cause), .overlay("env.scause_hs", "scause of HS", cause),
            .overlay("env.vsstatus", "vsstatus", machineStatus),
            .overlay("env.mstatus_hs", "mstatus of HS", machineStatus),
            .overlay("env.vstvec", "vstvec", vectorBase), .overlay("env.stvec_hs", "stvec of HS", vectorBase),
            .overlay("env.hedeleg", "hedeleg", .bitmap(8, "exceptions")),
            .overlay("env.hideleg", "hideleg", interrupts), .overlay("env.hvip", "hvip", interrupts),
            .overlay("env.vsie", "vsie", interrupts),
        ]
        + [
            "hstatus", "hcounteren", "htval", "htinst", "hgeie", "hgeip", "htimedelta", "vstimecmp",
            "vsscratch", "vsepc", "vstval",
        ]
        .map { .label("env.\($0)", $0) }
}
