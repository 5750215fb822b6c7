/// Power management (hw/acpi/ich9.c, piix4.c, core.c; ACPI 6.5 chapter 4.8), with related registers of the
/// south bridges.
package enum ACPIMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "ich9_pm",
            fields: registers("acpi_regs") + [
                .elements("acpi_regs.gpe.sts", ["GPE0_STS"], each: [0: generalEvents]),
                .elements("acpi_regs.gpe.en", ["GPE0_EN"], each: [0: generalEvents]),
                .overlay("smi_en", "SMI_EN", systemManagement),
                .overlay("smi_sts", "SMI_STS", systemManagement),
            ]),
        MeaningRules("piix4_pm", fields: registers("ar")),
        MeaningRules(
            "gpe",
            fields: [
                .overlay("sts", "GPE0_STS", .word(2, generalEventBits)),
                .overlay("en", "GPE0_EN", .word(2, generalEventBits)),
            ]),
        MeaningRules("APM State", fields: [.label("apmc", "APM_CNT"), .label("apms", "APM_STS")]),
        MeaningRules("vt82c686b_pm", fields: registers("ar")),
        MeaningRules(
            "tco io device status",
            fields: [
                .label("tco.rld", "TCO_RLD"), .label("tco.din", "TCO_DAT_IN"),
                .label("tco.dout", "TCO_DAT_OUT"),
                .overlay(
                    "tco.sts1", "TCO1_STS",
                    .flags(
                        2,
                        [
                            0: "NMI2SMI", 1: "SW_TCO_SMI", 2: "TCO_INT", 3: "TIMEOUT", 7: "NEWCENTURY",
                            8: "BIOSWR",
                        ])),
                .overlay("tco.sts2", "TCO2_STS", .flags(2, [0: "INTRD_DET", 1: "SECOND_TO", 2: "BOOT"])),
                .overlay(
                    "tco.cnt1", "TCO1_CNT",
                    .flags(2, [8: "NMI_NOW", 9: "NMI2SMI_EN", 11: "TMR_HLT", 12: "LOCK"])),
                .label("tco.cnt2", "TCO2_CNT"), .label("tco.msg1", "TCO_MESSAGE1"),
                .label("tco.msg2", "TCO_MESSAGE2"),
                .label("tco.wdcnt", "TCO_WDCNT"), .label("tco.tmr", "TCO_TMR"),
                .label("sw_irq_gen", "SW_IRQ_GEN"),
            ]),
        MeaningRules(
            "pmsmb",
            fields: [
                .overlay(
                    "smb_stat", "HST_STS",
                    .flags(
                        1,
                        [
                            0: "busy", 1: "interrupt", 2: "device error", 3: "bus error", 4: "failed",
                            7: "byte done",
                        ])),
                .label("smb_ctl", "HST_CNT"), .label("smb_cmd", "HST_CMD"), .label("smb_addr", "XMIT_SLVA"),
                .label("smb_data0", "HST_D0"), .label("smb_data1", "HST_D1"), .label("smb_auxctl", "AUX_CTL"),
            ]),
        MeaningRules(
            "port92", fields: [.overlay("outport", "port 0x92", .flags(1, [0: "fast reset", 1: "A20"]))]),
    ]

    private static func registers(_ prefix: String) -> [FieldMeaning] {
        [
            .overlay(
                "\(prefix).pm1.evt.sts", "PM1_STS",
                .flags(
                    2,
                    [
                        0: "TMR", 4: "BM", 5: "GBL", 8: "PWRBTN", 9: "SLPBTN", 10: "alarm", 14: "PCIEXP_WAKE",
                        15: "WAK",
                    ])),
            .overlay(
                "\(prefix).pm1.evt.en", "PM1_EN",
                .flags(2, [0: "TMR", 5: "GBL", 8: "PWRBTN", 9: "SLPBTN", 10: "alarm", 14: "PCIEXP_WAKE_DIS"])),
            .overlay(
                "\(prefix).pm1.cnt.cnt", "PM1_CNT",
                .word(
                    2,
                    [
                        BitField("SCI_EN", 0...0, .unless("SCI off")), BitField("BM_RLD", 1...1, .flag),
                        BitField("GBL_RLS", 2...2, .flag),
                        BitField("SLP_TYP", 10...12), BitField("SLP_EN", 13...13, .flag),
                    ])),
            .label("\(prefix).tmr.timer", "PM_TMR overflow"),
        ]
    }

    // The events that QEMU signals with them (include/hw/acpi/acpi_dev_interface.h).
    private static let generalEventBits = BitField.flags([
        1: "PCI hot plug", 2: "CPU hot plug", 3: "memory hot plug", 4: "NVDIMM", 5: "generation ID",
        6: "power down", 7: "error",
    ])
    private static let generalEvents: Overlay = .word(1, generalEventBits)

    private static let systemManagement: Overlay = .flags(
        4,
        [
            0: "GBL_SMI", 1: "EOS", 2: "BIOS", 3: "LEGACY_USB", 4: "SLP_SMI", 5: "APM", 6: "SWSMI_TMR",
            7: "BIOS_RLS", 8: "PM1",
            11: "MCSMI", 13: "TCO", 14: "PERIODIC", 17: "LEGACY_USB2", 18: "INTEL_USB2", 25: "EL_SMI",
        ])
}
