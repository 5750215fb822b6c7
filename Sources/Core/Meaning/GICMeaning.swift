/// Arm's interrupt controllers (hw/intc/arm_gic_common.c, version 12; arm_gicv3_common.c; registers of IHI 0048
/// and IHI 0069).
package enum GICMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "arm_gic",
            fields: [
                .overlay("ctlr", "GICD_CTLR", distributor),
                .elements("cpu_ctlr", perCPU("GICC_CTLR"), distributor),
                .label("irq_state", "interrupts"), .label("irq_target", "GICD_ITARGETSR"),
                .label("priority1", "GICD_IPRIORITYR of SGIs and PPIs"),
                .label("priority2", "GICD_IPRIORITYR of SPIs"),
                .label("sgi_pending", "GICD_SPENDSGIR"), .elements("priority_mask", perCPU("GICC_PMR")),
                .elements("running_priority", perCPU("GICC_RPR")),
                .elements(
                    "current_pending", perCPU("GICC_HPPIR"),
                    .whole(2, "interrupt", .text { $0 == 1023 ? "none" : "interrupt \($0)" })),
                .elements("bpr", perCPU("GICC_BPR")), .elements("abpr", perCPU("GICC_ABPR")),
            ]),
        MeaningRules(
            "arm_gic_irq_state",
            fields: ["enabled", "pending", "active", "level", "group"].map {
                .overlay($0, "", .bitmap(1, "CPUs"))
            }),
        MeaningRules(
            "arm_gicv3",
            fields: [
                .overlay(
                    "gicd_ctlr", "GICD_CTLR",
                    .flags(
                        4,
                        [
                            0: "EnableGrp0", 1: "EnableGrp1NS", 2: "EnableGrp1S", 4: "ARE_S", 5: "ARE_NS",
                            6: "DS", 31: "RWP",
                        ])),
                bitmaps("group", "GICD_IGROUPR"), bitmaps("grpmod", "GICD_IGRPMODR"),
                bitmaps("enabled", "GICD_ISENABLER"),
                bitmaps("pending", "GICD_ISPENDR"), bitmaps("active", "GICD_ISACTIVER"),
                bitmaps("level", "level"),
                bitmaps("edge_trigger", "GICD_ICFGR"), .label("gicd_ipriority", "GICD_IPRIORITYR"),
                .label("gicd_irouter", "GICD_IROUTER"), .label("gicd_nsacr", "GICD_NSACR"),
            ]),
        MeaningRules("arm_gicv3_cpu", fields: redistributor),
        MeaningRules(
            "arm_gicv3_its",
            fields: [
                .overlay("ctlr", "GITS_CTLR", .flags(4, [0: "enabled", 31: "quiescent"])),
                .label("iidr", "GITS_IIDR"), .label("cbaser", "GITS_CBASER"),
                .label("cwriter", "GITS_CWRITER"), .label("creadr", "GITS_CREADR"),
                .elements("baser", (0..<8).map { "GITS_BASER\($0)" }),
            ]),
    ]

    private static let distributor: Overlay = .flags(
        4, [0: "EnableGrp0", 1: "EnableGrp1", 2: "AckCtl", 3: "FIQEn", 4: "CBPR"])

    private static func perCPU(_ name: String) -> [String] { (0..<8).map { "\(name) of CPU \($0)" } }

    // Bitmaps of interrupts in 32-bit words.
    private static func bitmaps(_ field: String, _ name: String) -> FieldMeaning {
        .elements(
            field, (0..<32).map { "\(name)\($0)" },
            each: Dictionary(
                uniqueKeysWithValues: (0..<32).map { ($0, Overlay.bitmap(4, "interrupts", from: $0 * 32)) }))
    }

    private static let redistributor: [FieldMeaning] = [
        .overlay("gicr_ctlr", "GICR_CTLR", .flags(4, [0: "EnableLPIs", 3: "RWP", 31: "UWP"])),
        .overlay("gicr_waker", "GICR_WAKER", .flags(4, [1: "ProcessorSleep", 2: "ChildrenAsleep"])),
        .label("gicr_propbaser", "GICR_PROPBASER"),
        .label("gicr_pendbaser", "GICR_PENDBASER"),
        .overlay("gicr_igroupr0", "GICR_IGROUPR0", .bitmap(4, "interrupts")),
        .overlay("gicr_ienabler0", "GICR_ISENABLER0", .bitmap(4, "interrupts")),
        .overlay("gicr_ipendr0", "GICR_ISPENDR0", .bitmap(4, "interrupts")),
        .overlay("gicr_iactiver0", "GICR_ISACTIVER0", .bitmap(4, "interrupts")),
        .overlay("edge_trigger", "GICR_ICFGR", .bitmap(4, "edge")),
        .overlay("gicr_igrpmodr0", "GICR_IGRPMODR0", .bitmap(4, "interrupts")),
        .label("gicr_nsacr", "GICR_NSACR"),
        .label("gicr_ipriorityr", "GICR_IPRIORITYR"),
        .elements("icc_ctlr_el1", ["ICC_CTLR_EL1 (secure)", "ICC_CTLR_EL1"]),
        .label("icc_pmr_el1", "ICC_PMR_EL1"),
        .elements("icc_bpr", ["ICC_BPR0_EL1", "ICC_BPR1_EL1 (secure)", "ICC_BPR1_EL1"]),
        .elements("icc_igrpen", ["ICC_IGRPEN0_EL1", "ICC_IGRPEN1_EL1 (secure)", "ICC_IGRPEN1_EL1"]),
        .label("icc_ctlr_el3", "ICC_CTLR_EL3"),
    ]
}
