import Bytes

/// AHCI ports (hw/ide/ahci.c; AHCI 1.3.1) and ATA drives (hw/ide/core.c; ACS-3), and the floppy controller
/// (hw/block/fdc.c; 82078).
package enum DiskControllerMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "ahci",
            fields: [
                .overlay("control_regs.cap", "CAP", capabilities),
                .overlay("control_regs.ghc", "GHC", .flags(4, [0: "HR", 1: "IE", 31: "AE"])),
                .overlay("control_regs.irqstatus", "IS", .bitmap(4, "ports")),
                .overlay("control_regs.impl", "PI", .bitmap(4, "ports")),
                .overlay(
                    "control_regs.version", "VS",
                    .whole(4, "version", .text { "\($0 >> 16).\($0 >> 8 & 255)" })),
            ]),
        MeaningRules(
            "ahci port",
            fields: [
                .label("port_regs.lst_addr", "PxCLB"), .label("port_regs.lst_addr_hi", "PxCLBU"),
                .label("port_regs.fis_addr", "PxFB"), .label("port_regs.fis_addr_hi", "PxFBU"),
                .overlay("port_regs.irq_stat", "PxIS", interrupts),
                .overlay("port_regs.irq_mask", "PxIE", interrupts),
                .overlay("port_regs.cmd", "PxCMD", command), .overlay("port_regs.tfdata", "PxTFD", taskFile),
                .overlay("port_regs.sig", "PxSIG", .whole(4, "device", .names(signatures))),
                .overlay("port_regs.scr_stat", "PxSSTS", link),
                .overlay(
                    "port_regs.scr_ctl", "PxSCTL",
                    .word(4, [BitField("DET", 0...3), BitField("SPD", 4...7), BitField("IPM", 8...11)])),
                .label("port_regs.scr_err", "PxSERR"),
                .overlay("port_regs.scr_act", "PxSACT", .bitmap(4, "slots")),
                .overlay("port_regs.cmd_issue", "PxCI", .bitmap(4, "slots")),
            ]),
        MeaningRules(
            "ide_drive",
            fields: [
                .overlay("status", "", .word(1, status)), .overlay("error", "", .word(1, error)),
                .overlay(
                    "select", "device",
                    .word(
                        1,
                        [
                            BitField("drive", 4...4, .decimal), BitField("LBA", 6...6, .flag),
                            BitField("head", 0...3),
                        ])),
                .overlay("identify_data", "IDENTIFY", identify),
                .overlay("sense_key", "", .whole(1, "sense", .names(senseKeys))),
            ]),
        MeaningRules(
            "ide_bus",
            fields: [.overlay("cmd", "device control", .flags(1, [1: "nIEN", 2: "SRST", 7: "HOB"]))]),
        MeaningRules(
            "ide bmdma",
            fields: [
                .overlay(
                    "cmd", "BMIC",
                    .word(
                        1,
                        [
                            BitField("start", 0...0, .flag),
                            BitField("direction", 3...3, .names([0: "from memory", 1: "to memory"])),
                        ])),
                .overlay(
                    "migration_compat_status", "BMIS",
                    .flags(1, [0: "active", 1: "error", 2: "interrupt", 5: "drive 0 DMA", 6: "drive 1 DMA"])),
                .label("addr", "BMIDTP"),
            ]),
        MeaningRules(
            "fdc", having: "dor_vmstate",
            fields: [
                .label("sra", "SRA"), .label("srb", "SRB"),
                .overlay(
                    "dor_vmstate", "DOR",
                    .word(
                        1,
                        [BitField("drive", 0...1, .decimal)]
                            + BitField.flags([
                                2: "not in reset", 3: "DMA and interrupt", 4: "motor A", 5: "motor B",
                            ]))),
                .label("tdr", "TDR"), .label("dsr", "DSR"),
                .overlay("msr", "MSR", .flags(1, [4: "busy", 5: "no DMA", 6: "to the host", 7: "RQM"])),
                .label("status0", "ST0"), .label("status1", "ST1"), .label("status2", "ST2"),
            ]),
    ]

    private static let capabilities: Overlay = .word(
        4,
        [
            BitField("ports", 0...4, .text { "\($0 + 1) ports" }),
            BitField("command slots", 8...12, .text { "\($0 + 1) slots" }),
            BitField("speed", 20...23, .names([1: "1.5 Gb/s", 2: "3 Gb/s", 3: "6 Gb/s"])),
            BitField("SXS", 5...5, .flag),
            BitField("EMS", 6...6, .flag), BitField("CCCS", 7...7, .flag), BitField("PSC", 13...13, .flag),
            BitField("SSC", 14...14, .flag),
            BitField("SAM", 18...18, .flag), BitField("SSS", 27...27, .flag),
            BitField("SNCQ", 30...30, .flag), BitField("S64A", 31...31, .flag),
        ])

    private static let interrupts: Overlay = .flags(
        4,
        [
            0: "DHRS", 1: "PSS", 2: "DSS", 3: "SDBS", 4: "UFS", 5: "DPS", 6: "PCS", 7: "DMPS", 22: "PRCS",
            23: "IPMS", 24: "OFS",
            26: "INFS", 27: "IFS", 28: "HBDS", 29: "HBFS", 30: "TFES", 31: "CPDS",
        ])

    private static let command: Overlay = .word(
        4,
        [BitField("ST", 0...0, .unless("stopped"))]
            + BitField.flags([1: "SUD", 2: "POD", 3: "CLO", 4: "FRE"]) + [BitField("CCS", 8...12)]
            + BitField.flags([13: "MPSS", 14: "FR", 15: "CR", 24: "ATAPI"]) + [BitField("ICC", 28...31)])

    private static let taskFile: Overlay = .word(
        4,
        status + [BitField("error", 8...15, .text { $0 == 0 ? "" : "error 0x" + Hex.digits($0, width: 2) })])

    private static let signatures: [UInt64: String] = [
        0x0000_0101: "ATA disk", 0xeb14_0101: "ATAPI", 0xc33c_0101: "enclosure",
        0x9669_0101: "port multiplier",
        0xffff_ffff: "no device",
    ]

    private static let link: Overlay = .word(
        4,
        [
            BitField("DET", 0...3, .names([0: "no device", 1: "no link", 3: "link up", 4: "off"])),
            BitField("SPD", 4...7, .names([1: "1.5 Gb/s", 2: "3 Gb/s", 3: "6 Gb/s"])),
            BitField("IPM", 8...11, .names([1: "active", 2: "partial", 6: "slumber", 8: "sleep"])),
        ])

    private static let status = BitField.flags([
        0: "ERR", 1: "IDX", 2: "CORR", 3: "DRQ", 4: "DSC", 5: "DF", 6: "DRDY", 7: "BSY",
    ])
    private static let error = BitField.flags([
        0: "AMNF", 1: "TK0NF", 2: "ABRT", 3: "MCR", 4: "IDNF", 5: "MC", 6: "UNC", 7: "BBK",
    ])

    /// The sense keys of SCSI and ATAPI.
    package static let senseKeys: [UInt64: String] = [
        0: "no sense", 1: "recovered", 2: "not ready", 3: "medium error", 4: "hardware error",
        5: "illegal request",
        6: "unit attention", 7: "data protect", 8: "blank check", 11: "aborted",
    ]

    // Words are in bus order; in text, the high byte holds the first letter.
    private static let identify = Overlay(
        size: 512,
        [
            .summary("model", at: 54, size: 40, text), .summary("firmware", at: 46, size: 8, text),
            .summary("serial number", at: 20, size: 20, text),
            .register("sectors (28-bit)", at: 120, size: 4, .little, .decimal),
            .register("sectors (48-bit)", at: 200, size: 8, .little, .decimal),
        ])

    private static func text(_ bytes: RawSpan) -> String {
        var swapped = bytes.bytes
        for index in stride(from: 0, to: swapped.count - 1, by: 2) { swapped.swapAt(index, index + 1) }
        if swapped.count % 2 != 0 { swapped.removeLast() }
        var text = ASCII.dotted(swapped)
        while text.last == 0x20 { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }
}
