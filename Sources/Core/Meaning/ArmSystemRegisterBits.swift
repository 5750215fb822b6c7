import Bytes

/// The bits of Arm's system registers, by the names in `ArmSystemRegisters` (DDI 0487). In a stream each
/// register has 8 bytes, whatever its size.
package enum ArmSystemRegisterBits {
    /// Returns the bits of a register; nil if none is worth a name.
    package static func overlay(_ register: String) -> Overlay? {
        let bank = ArmSystemRegisters.secure
        let name = register.hasSuffix(bank) ? String(register.dropLast(bank.count)) : register
        if let overlay = bits[name] { return overlay }
        guard let level = name.range(ofSuffix: "_EL") else { return nil }
        return families[level]
    }

    /// Returns the saved or current processor state: `cpsr` and each SPSR.
    package static func state(_ size: Int) -> Overlay {
        .word(
            size,
            [BitField("mode", 0...4, .text(mode))]
                + BitField.flags([
                    31: "N", 30: "Z", 29: "C", 28: "V", 27: "Q", 25: "TCO", 24: "DIT", 23: "UAO", 22: "PAN",
                    21: "SS",
                    20: "IL", 12: "SSBS", 9: "D", 8: "A", 7: "I", 6: "F",
                ]) + [BitField("T", 5...5, .flag)])
    }

    // Bit 4 means AArch32, which names its modes; otherwise the exception level and its stack pointer are
    // shown.
    private static func mode(_ bits: UInt64) -> String {
        guard bits & 0x10 != 0 else { return "EL\(bits >> 2 & 3)\(bits & 1 == 0 ? "t" : "h")" }
        return modes[bits & 15] ?? "AArch32 mode \(bits & 15)"
    }

    private static let modes: [UInt64: String] = [
        0: "usr", 1: "fiq", 2: "irq", 3: "svc", 6: "mon", 7: "abt", 10: "hyp", 11: "und", 15: "sys",
    ]

    // Registers that are the same at each exception level.
    private static let families: [String: Overlay] = [
        "SCTLR": control, "TTBR0": tableBase, "TTBR1": tableBase, "TCR": translation, "SPSR": state(8),
        "ESR": syndrome, "MAIR": attributes, "PAR": physicalAddress, "CPACR": coprocessors,
        "CNTP_CTL": timer, "CNTV_CTL": timer, "CNTHP_CTL": timer, "CNTHV_CTL": timer, "CNTPS_CTL": timer,
        "CNTFRQ": frequency, "MIDR": identity, "VPIDR": identity, "MPIDR": affinity, "VMPIDR": affinity,
        "HCR": hypervisor, "SCR": secure, "PMCR": monitors, "ID_AA64PFR0": features,
        "ID_AA64MMFR0": memoryModel,
        "ID_AA64DFR0": debugFeatures, "MDSCR": debug,
        "ICC_SRE": .word(8, BitField.flags([0: "SRE", 1: "DFB", 2: "DIB"])),
    ]

    private static let bits: [String: Overlay] = [
        "SCTLR": .flags(
            8,
            [
                0: "M", 1: "A", 2: "C", 5: "CP15BEN", 10: "SW", 11: "Z", 12: "I", 13: "V", 19: "WXN",
                20: "UWXN", 25: "EE",
                28: "TRE", 29: "AFE", 30: "TE",
            ]),
        "TTBCR": .word(8, [BitField("N", 0...2)] + BitField.flags([4: "PD0", 5: "PD1", 31: "EAE"])),
        "CPACR": coprocessors, "MIDR": identity, "MPIDR": affinity, "CNTP_CTL": timer, "CNTV_CTL": timer,
        "CNTFRQ": frequency, "PMCR": monitors,
        "L2CTLR_EL1": .word(8, [BitField("CPUs", 24...25, .text { "\($0 + 1) CPUs" })]),
    ]
}

// MARK: - Translation

extension ArmSystemRegisterBits {
    private static let control: Overlay = .flags(
        8,
        [
            0: "M", 1: "A", 2: "C", 3: "SA", 4: "SA0", 5: "CP15BEN", 6: "nAA", 7: "ITD", 8: "SED", 9: "UMA",
            10: "EnRCTX",
            11: "EOS", 12: "I", 13: "EnDB", 14: "DZE", 15: "UCT", 16: "nTWI", 18: "nTWE", 19: "WXN",
            20: "TSCXT", 21: "IESB",
            22: "EIS", 23: "SPAN", 24: "E0E", 25: "EE", 26: "UCI", 27: "EnDA", 28: "nTLSMD", 29: "LSMAOE",
            30: "EnIB",
            31: "EnIA", 35: "BT0", 36: "BT1", 37: "ITFSB", 42: "ATA0", 43: "ATA", 44: "DSSBS", 54: "EnASR",
            57: "EPAN",
            60: "EnTP2",
        ])

    private static let tableBase: Overlay = .word(
        8,
        [BitField("CnP", 0...0, .flag), BitField("page table", 1...47, .address), BitField("ASID", 48...63)])

    private static let translation: Overlay = .word(
        8,
        [
            BitField("T0SZ", 0...5, .decimal), BitField("EPD0", 7...7, .flag), BitField("IRGN0", 8...9, .hex),
            BitField("ORGN0", 10...11, .hex), BitField("SH0", 12...13, .hex),
            BitField("TG0", 14...15, .names([0: "4K", 1: "64K", 2: "16K"])),
            BitField("T1SZ", 16...21, .decimal),
            BitField("A1", 22...22, .flag), BitField("EPD1", 23...23, .flag),
            BitField("IRGN1", 24...25, .hex),
            BitField("ORGN1", 26...27, .hex), BitField("SH1", 28...29, .hex),
            BitField("TG1", 30...31, .names([1: "16K", 2: "4K", 3: "64K"])),
            BitField("IPS", 32...34, .text { "\(sizes[Int($0 & 7)]) bits" }), BitField("AS", 36...36, .flag),
            BitField("TBI0", 37...37, .flag), BitField("TBI1", 38...38, .flag),
            BitField("HA", 39...39, .flag),
            BitField("HD", 40...40, .flag), BitField("DS", 59...59, .flag),
        ])

    // The number of physical address bits by code.
    private static let sizes = [32, 36, 40, 42, 44, 48, 52, 56]

    private static let attributes: Overlay = .word(
        8, (0..<8).map { BitField("Attr\($0)", $0 * 8...$0 * 8 + 7, .hex) })

    private static let physicalAddress: Overlay = .word(
        8,
        [
            BitField("fault", 0...0, .flag), BitField("address", 12...47, .address),
            BitField("attributes", 56...63, .hex),
        ])

    private static let memoryModel: Overlay = .word(
        8,
        [
            BitField("PARange", 0...3, .text { $0 < 8 ? "\(sizes[Int($0)]) bits" : "" }),
            BitField("ASIDBits", 4...7, .names([0: "8-bit ASID", 2: "16-bit ASID"])),
            BitField("BigEnd", 8...11),
            BitField("SNSMem", 12...15), BitField("TGran16", 20...23, .names([1: "16K", 2: "16K LPA2"])),
            BitField("TGran64", 24...27, .names([0: "64K"])),
            BitField("TGran4", 28...31, .names([0: "4K", 1: "4K LPA2"])),
            BitField("ExS", 44...47), BitField("FGT", 56...59), BitField("ECV", 60...63),
        ])
}

// MARK: - Identification, exceptions

extension ArmSystemRegisterBits {
    private static let identity: Overlay = .word(
        8,
        [
            BitField(
                "implementer", 24...31,
                .names([
                    0x41: "Arm", 0x42: "Broadcom", 0x43: "Cavium", 0x46: "Fujitsu", 0x48: "HiSilicon",
                    0x50: "Applied Micro", 0x51: "Qualcomm", 0x61: "Apple", 0xc0: "Ampere", 0x00: "QEMU",
                ])),
            BitField("part", 4...15, .text { parts[$0] ?? "part 0x" + Hex.digits($0, width: 3) }),
            BitField("variant", 20...23, .text { "r\($0)" }), BitField("revision", 0...3, .text { "p\($0)" }),
        ])

    private static let parts: [UInt64: String] = [
        0xc07: "Cortex-A7", 0xc08: "Cortex-A8", 0xc09: "Cortex-A9", 0xc0f: "Cortex-A15", 0xd03: "Cortex-A53",
        0xd04: "Cortex-A35", 0xd05: "Cortex-A55", 0xd07: "Cortex-A57", 0xd08: "Cortex-A72",
        0xd0b: "Cortex-A76",
        0xd0c: "Neoverse-N1", 0xd40: "Neoverse-V1", 0xd47: "Cortex-A710", 0xd49: "Neoverse-N2",
    ]

    private static let affinity: Overlay = .word(
        8,
        [
            BitField("Aff0", 0...7, .decimal), BitField("Aff1", 8...15), BitField("Aff2", 16...23),
            BitField("MT", 24...24, .flag),
            BitField("U", 30...30, .flag), BitField("Aff3", 32...39),
        ])

    private static let features: Overlay = .word(
        8,
        [
            BitField("EL0", 0...3, .hex), BitField("EL1", 4...7, .hex),
            BitField("EL2", 8...11, .text { $0 == 0 ? "" : "EL2" }),
            BitField("EL3", 12...15, .text { $0 == 0 ? "" : "EL3" }),
            BitField("FP", 16...19, .text { $0 == 15 ? "" : "FP" }),
            BitField("AdvSIMD", 20...23, .text { $0 == 15 ? "" : "AdvSIMD" }),
            BitField("GIC", 24...27, .text { $0 == 0 ? "" : "GIC registers" }),
            BitField("RAS", 28...31, .text { $0 == 0 ? "" : "RAS" }),
            BitField("SVE", 32...35, .text { $0 == 0 ? "" : "SVE" }),
            BitField("SEL2", 36...39, .text { $0 == 0 ? "" : "SEL2" }),
            BitField("AMU", 44...47, .text { $0 == 0 ? "" : "AMU" }),
            BitField("DIT", 48...51, .text { $0 == 0 ? "" : "DIT" }),
            BitField("RME", 52...55, .text { $0 == 0 ? "" : "RME" }),
            BitField("CSV2", 56...59), BitField("CSV3", 60...63),
        ])

    private static let debugFeatures: Overlay = .word(
        8,
        [
            BitField("DebugVer", 0...3, .hex), BitField("PMUVer", 8...11, .hex),
            BitField("breakpoints", 12...15, .text { "\($0 + 1) breakpoints" }),
            BitField("watchpoints", 20...23, .text { "\($0 + 1) watchpoints" }),
            BitField("CTX_CMPs", 28...31, .hex),
        ])

    private static let syndrome: Overlay = .word(
        8,
        [
            BitField(
                "EC", 26...31, .text { $0 == 0 ? "" : classes[$0] ?? "class 0x" + Hex.digits($0, width: 2) }),
            BitField("IL", 25...25, .flag),
            BitField("ISS", 0...24, .text { $0 == 0 ? "" : "ISS 0x" + Hex.digits($0) }),
        ])

    private static let classes: [UInt64: String] = [
        0x01: "WFI or WFE", 0x07: "FP access", 0x0e: "illegal state", 0x11: "SVC (AArch32)", 0x15: "SVC",
        0x16: "HVC", 0x17: "SMC",
        0x18: "system register", 0x19: "SVE access", 0x20: "instruction abort from below",
        0x21: "instruction abort",
        0x22: "PC alignment", 0x24: "data abort from below", 0x25: "data abort", 0x26: "SP alignment",
        0x2c: "FP exception", 0x2f: "SError",
        0x30: "breakpoint from below", 0x31: "breakpoint", 0x32: "step from below", 0x33: "step",
        0x34: "watchpoint from below",
        0x35: "watchpoint", 0x3c: "BRK",
    ]
}

// MARK: - Control

extension ArmSystemRegisterBits {
    private static let coprocessors: Overlay = .word(
        8,
        [
            BitField("ZEN", 16...17, .hex),
            BitField(
                "FPEN", 20...21,
                .names([0: "FP trapped", 1: "FP trapped at EL0", 2: "FP trapped", 3: "FP on"])),
            BitField("TTA", 28...28, .flag),
        ])

    private static let timer: Overlay = .word(
        8, [BitField("ENABLE", 0...0, .unless("off"))] + BitField.flags([1: "IMASK", 2: "ISTATUS"]))

    private static let frequency: Overlay = .whole(8, "frequency", .text { "\($0) Hz" })

    private static let hypervisor: Overlay = .flags(
        8,
        [
            0: "VM", 1: "SWIO", 2: "PTW", 3: "FMO", 4: "IMO", 5: "AMO", 6: "VF", 7: "VI", 8: "VSE", 9: "FB",
            12: "DC", 13: "TWI",
            14: "TWE", 15: "TID0", 16: "TID1", 17: "TID2", 18: "TID3", 19: "TSC", 20: "TIDCP", 21: "TACR",
            22: "TSW", 23: "TPCP",
            24: "TPU", 25: "TTLB", 26: "TVM", 27: "TGE", 28: "TDZ", 29: "HCD", 30: "TRVM", 31: "RW", 32: "CD",
            33: "ID", 34: "E2H",
            35: "TLOR", 36: "TERR", 37: "TEA", 40: "APK", 41: "API", 42: "NV", 43: "NV1", 44: "AT", 45: "NV2",
            46: "FWB",
        ])

    private static let secure: Overlay = .flags(
        8,
        [
            0: "NS", 1: "IRQ", 2: "FIQ", 3: "EA", 7: "SMD", 8: "HCE", 9: "SIF", 10: "RW", 11: "ST", 12: "TWI",
            13: "TWE", 14: "TLOR",
            15: "TERR", 16: "APK", 17: "API", 18: "EEL2", 26: "ATA", 27: "FGTEn", 62: "NSE",
        ])

    private static let monitors: Overlay = .word(
        8,
        [BitField("counters", 11...15, .text { "\($0) counters" })]
            + BitField.flags([0: "E", 1: "P", 2: "C", 3: "D", 4: "X", 5: "DP", 6: "LC", 7: "LP"]))

    private static let debug: Overlay = .flags(
        8,
        [
            0: "SS", 6: "ERR", 12: "TDCC", 13: "KDE", 14: "HDE", 15: "MDE", 26: "TXU", 27: "RXO",
            29: "TXfull", 30: "RXfull",
        ])
}

extension String {
    // Returns the text before `suffix` and one or two final digits: `TCR` for `TCR_EL1` and `TCR_EL12`.
    fileprivate func range(ofSuffix suffix: String) -> String? {
        let letters = Array(utf8)
        guard let end = letters.lastIndex(where: { !(0x30...0x39).contains($0) }), end + 1 < letters.count,
            letters[...end].suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return nil }
        return String(decoding: letters[...end].dropLast(suffix.utf8.count), as: UTF8.self)
    }
}
