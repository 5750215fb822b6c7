import Bytes

/// A CPU's local APIC, of QEMU or KVM (hw/intc/apic_common.c, `apic` version 3; registers of the Intel SDM
/// volume 3, chapter 11).
package enum LocalAPICMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "apic",
            fields: [
                .overlay("apicbase", "IA32_APIC_BASE", base),
                .label("id", "APIC_ID"), .label("arb_id", "APR"), .label("tpr", "TPR"),
                .overlay("spurious_vec", "SVR", spurious), .label("log_dest", "LDR"),
                .overlay("dest_mode", "DFR", .whole(1, "model", .names([0: "cluster", 15: "flat"]))),
                vectors("isr"), vectors("tmr"), vectors("irr"),
                .elements("lvt", localVectors, each: localVectorBits),
                .overlay("esr", "ESR", errors),
                .elements("icr", ["ICR_LOW", "ICR_HIGH"], each: [0: command, 1: destination]),
                .overlay("divide_conf", "DCR", .whole(4, "divide", .text { "divides by \(divisor($0))" })),
                .label("initial_count", "TIMER_ICR"),
                .overlay("timer_expiry", "", .whole(8, "expiry", .text { $0 == .max ? "not armed" : "" })),
            ]),
        MeaningRules("apic_sipi", fields: [.label("sipi_vector", "SIPI vector")]),
        // hw/i386/kvmvapic.c
        MeaningRules(
            "kvm-tpr-opt",
            fields: [
                .overlay("state", "", .whole(4, "state", .names([0: "inactive", 1: "standby", 2: "active"])))
            ]),
    ]

    private static let base: Overlay = .word(
        4,
        BitField.flags([8: "BSP", 10: "x2APIC", 11: "enabled"]) + [
            BitField("base address", 12...31, .address)
        ])

    private static let spurious: Overlay = .word(
        4,
        [
            BitField("vector", 0...7, .vector),
            BitField("software enable", 8...8, .unless("software disabled")),
            BitField("focus check off", 9...9, .flag), BitField("no EOI broadcast", 12...12, .flag),
        ])

    // 256 bits in 8 words: vector v is bit v % 32 of word v / 32.
    private static func vectors(_ field: String) -> FieldMeaning {
        let words = (0..<8).map { $0 * 32 }
        return .elements(
            field, words.map { "vectors \($0)-\($0 + 31)" },
            each: Dictionary(
                uniqueKeysWithValues: words.map { ($0 / 32, Overlay.bitmap(4, "vectors", from: $0)) }))
    }

    private static let localVectors = [
        "LVT_TIMER", "LVT_THERMAL", "LVT_PERF", "LVT_LINT0", "LVT_LINT1", "LVT_ERROR",
    ]

    private static let localVectorBits: [Int: Overlay] = {
        let state = [BitField("pending", 12...12, .flag), BitField("masked", 16...16, .flag)]
        let vector = BitField("vector", 0...7, .vector)
        let mode = BitField("delivery", 8...10, .names(deliveryModes))
        let timer = BitField("mode", 17...18, .names([0: "one-shot", 1: "periodic", 2: "TSC-deadline"]))
        let pin = BitField.flags([13: "active low", 14: "remote IRR", 15: "level"])
        let counter = Overlay.word(4, [vector, mode] + state)
        let line = Overlay.word(4, [vector, mode] + state + pin)
        return [
            0: .word(4, [vector] + state + [timer]), 1: counter, 2: counter, 3: line, 4: line,
            5: .word(4, [vector] + state),
        ]
    }()

    /// The delivery modes of an interrupt, in the words of the local APIC, the IOAPIC and MSI.
    package static let deliveryModes: [UInt64: String] = [
        0: "fixed", 1: "lowest priority", 2: "SMI", 3: "reserved", 4: "NMI", 5: "INIT", 6: "SIPI",
        7: "ExtINT",
    ]

    private static let errors: Overlay = .flags(
        4,
        [
            0: "send checksum", 1: "receive checksum", 2: "send accept", 3: "receive accept",
            4: "redirectable IPI", 5: "send illegal vector", 6: "receive illegal vector",
            7: "illegal register",
        ])

    private static let command: Overlay = .word(
        4,
        [
            BitField("vector", 0...7, .vector), BitField("delivery", 8...10, .names(deliveryModes)),
            BitField("logical", 11...11, .flag), BitField("send pending", 12...12, .flag),
            BitField("assert", 14...14, .flag), BitField("level", 15...15, .flag),
            BitField("shorthand", 18...19, .names([1: "to self", 2: "to all", 3: "to all others"])),
        ])

    private static let destination: Overlay = .word(4, [BitField("destination", 24...31, .decimal)])

    // Bits 0, 1 and 3 select the divisor; 7 means a divisor of 1.
    private static func divisor(_ register: UInt64) -> UInt64 {
        let select = register & 3 | (register >> 1 & 4)
        return select == 7 ? 1 : 2 << select
    }
}

extension BitField.Form {
    /// Shows an interrupt vector: `vector 0x30`; empty for 0.
    package static let vector = BitField.Form.text { $0 == 0 ? "" : "vector 0x" + Hex.digits($0, width: 2) }
}
