import Bytes

/// The interrupt controllers of a PC: IOAPIC (hw/intc/ioapic_common.c, version 3) and the two 8259 (hw/intc/
/// i8259_common.c, version 1; instance 0 is the master).
package enum InterruptControllerMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "ioapic",
            fields: [
                .label("id", "IOAPICID"), .label("ioregsel", "IOREGSEL"),
                .overlay("irr", "IRR", .bitmap(4, "pins")),
                .overlay("ioredtbl", "", redirection),
            ]),
        MeaningRules(
            "i8259",
            fields: [
                .overlay("last_irr", "", .bitmap(1, "inputs")),
                .overlay("irr", "IRR", .bitmap(1, "requested")),
                .overlay("imr", "IMR", .whole(1, "masked", .text(masked))),
                .overlay("isr", "ISR", .bitmap(1, "in service")), .label("priority_add", "highest priority"),
                .overlay("irq_base", "ICW2", .whole(1, "vectors", .text(vectors))),
                .overlay("read_reg_select", "OCW3.RIS", .whole(1, "reads", .names([0: "IRR", 1: "ISR"]))),
                .label("poll", "OCW3.P"), .label("special_mask", "OCW3.SMM"),
                .overlay(
                    "init_state", "",
                    .whole(
                        1, "waits for",
                        .names([0: "initialized", 1: "awaits ICW2", 2: "awaits ICW3", 3: "awaits ICW4"]))),
                .label("auto_eoi", "ICW4.AEOI"), .label("special_fully_nested_mode", "ICW4.SFNM"),
                .label("init4", "ICW1.IC4"), .label("single_mode", "ICW1.SNGL"),
                .overlay("elcr", "ELCR", .bitmap(1, "level")),
            ]),
    ]

    private static let redirection: Overlay = .word(
        8,
        [
            BitField("vector", 0...7, .vector),
            BitField("delivery", 8...10, .names(LocalAPICMeaning.deliveryModes)),
            BitField("logical", 11...11, .flag), BitField("pending", 12...12, .flag),
            BitField("active low", 13...13, .flag), BitField("remote IRR", 14...14, .flag),
            BitField("level", 15...15, .flag), BitField("masked", 16...16, .flag),
            BitField("destination", 56...63, .decimal),
        ])

    private static func masked(_ mask: UInt64) -> String {
        mask == 0 ? "none masked" : mask == 255 ? "all masked" : "masked " + Overlay.bits(of: mask)
    }

    private static func vectors(_ base: UInt64) -> String {
        "vectors 0x\(Hex.digits(base, width: 2))-0x\(Hex.digits(base + 7, width: 2))"
    }
}
