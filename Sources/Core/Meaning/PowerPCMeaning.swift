import Bytes
import Format

/// A PowerPC CPU (target/ppc/machine.c, version 5), 32-bit or 64-bit, and interrupt controllers of pseries.
/// Bit numbers are QEMU's, with 0 as the lowest; the manual counts from the other end.
package enum PowerPCMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu", having: "env.nip",
            fields: [
                .elements("env.gpr", (0..<32).map { "r\($0)" }),
                .elements("env.crf", (0..<8).map { "cr\($0)" }, condition),
                .label("env.nip", "NIP"),
            ] + .words("env.msr", "MSR", machineState), interpret: specialRegisters),
        MeaningRules(
            "cpu/fpu",
            fields: [.elements("env.vsr", (0..<32).map { "f\($0)" })]
                + .words("env.fpscr", "FPSCR", floatingStatus)),
        MeaningRules(
            "cpu/altivec", fields: [.elements("env.vsr", (0..<32).map { "v\($0)" }), .label("vscr", "VSCR")]),
        MeaningRules("cpu/vsx", fields: [.elements("env.vsr", (0..<32).map { "vs\($0) low" })]),
        MeaningRules("cpu/sr", fields: [.elements("env.sr", (0..<16).map { "SR\($0)" }, segment)]),
        MeaningRules("cpu/slb", fields: [.overlay("env.slb", "", segmentEntry)]),
        MeaningRules(
            "icp/server",
            fields: [
                .overlay(
                    "xirr", "XIRR",
                    .word(
                        4,
                        [
                            BitField("CPPR", 24...31, .decimal),
                            BitField("XISR", 0...23, .text { $0 == 0 ? "" : "source 0x" + Hex.digits($0) }),
                        ])),
                .label("mfrr", "MFRR"),
            ]),
        MeaningRules(
            "ics/irq",
            fields: [
                .overlay("priority", "", .whole(1, "priority", .text { $0 == 255 ? "masked" : "" })),
                .overlay(
                    "status", "",
                    .flags(
                        1,
                        [
                            0: "asserted", 1: "sent", 2: "rejected", 3: "masked pending", 4: "presented",
                            5: "queued",
                        ])),
                .overlay("flags", "", .flags(1, [0: "level", 1: "message"])),
            ]),
        MeaningRules(
            "spapr-xive/eas",
            fields: [
                .overlay(
                    "w", "EAS",
                    .word(
                        8,
                        [
                            BitField("valid", 63...63, .unless("not valid")),
                            BitField("masked", 31...31, .flag), BitField("END block", 56...59),
                            BitField("END index", 32...55), BitField("END data", 0...30),
                        ]))
            ]),
        MeaningRules("xive-tctx", fields: [.overlay("regs", "TIMA", Overlay(size: 64, threadRegisters))]),
        MeaningRules(
            "spapr/cap/hpt_maxpagesize",
            fields: [
                .overlay(
                    "mig.caps[0x06]", "",
                    .whole(
                        1, "page size",
                        .text {
                            $0 < 10 ? "" : $0 < 20 ? "\(1 << ($0 - 10)) KiB" : "\(1 << min($0 - 20, 40)) MiB"
                        }))
            ]),
    ]

    private static let condition: Overlay = .flags(4, [3: "LT", 2: "GT", 1: "EQ", 0: "SO"])

    private static let machineState = BitField.flags([
        63: "SF", 60: "HV", 34: "TS1", 33: "TS0", 32: "TM", 25: "VEC", 23: "VSX", 22: "S", 18: "POW",
        16: "ILE", 15: "EE", 14: "PR",
        13: "FP", 12: "ME", 11: "FE0", 10: "SE", 9: "BE", 8: "FE1", 6: "IP", 5: "IR", 4: "DR", 2: "PMM",
        1: "RI", 0: "LE",
    ])

    private static let floatingStatus =
        [BitField("rounding", 0...1, .names([0: "to nearest", 1: "to zero", 2: "up", 3: "down"]))]
        + BitField.flags([
            31: "FX", 30: "FEX", 29: "VX", 28: "OX", 27: "UX", 26: "ZX", 25: "XX", 7: "VE", 6: "OE", 5: "UE",
            4: "ZE", 3: "XE", 2: "NI",
        ])

    private static let segment: Overlay = .word(
        4,
        [BitField("VSID", 0...23, .text { $0 == 0 ? "" : "VSID 0x" + Hex.digits($0) })]
            + BitField.flags([31: "T", 30: "Ks", 29: "Kp", 28: "N"]))

    // The ESID with its valid bit, then the VSID (target/ppc/machine.c put_slbe).
    private static let segmentEntry: Overlay = {
        let first = [BitField("valid", 27...27, .flag), BitField("ESID", 28...63, .address)].map {
            $0.row(in: 8, .big)
        }
        let second = [
            BitField("VSID", 12...61, .hex), BitField("Ks", 11...11, .flag), BitField("Kp", 10...10, .flag),
            BitField("N", 9...9, .flag),
            BitField("large", 8...8, .flag), BitField("C", 7...7, .flag),
        ].map { $0.row(in: 8, .big) }
        return Overlay(
            size: 16,
            first + second.map { OverlayRow($0.name, at: $0.offset + 8, size: $0.size, type: $0.type) })
    }()

    // Four rings of 16 bytes (hw/intc/xive.c; include/hw/ppc/xive_regs.h).
    private static let threadRegisters: [OverlayRow] = {
        var rows: [OverlayRow] = []
        for (number, ring) in ["user", "OS", "pool", "physical"].enumerated() {
            for (byte, name) in ["NSR", "CPPR", "IPB", "LSMFB", "ACK", "INC", "AGE", "PIPR"].enumerated() {
                rows.append(.register("\(ring) \(name)", at: number * 16 + byte))
            }
            rows.append(.register("\(ring) word 2", at: number * 16 + 8, size: 4, .big))
        }
        return rows
    }()
}

// MARK: - Special-purpose registers

extension PowerPCMeaning {
    /// The processor's version determines which registers the numbers mean.
    private static let specialRegisters: MeaningRules.Interpretation = { context, items, offset in
        guard let index = context.position(of: "env.spr", in: items),
            !items[index].child.isNone, let run = context.table.items(of: items[index].child).first,
            context.table.items(of: items[index].child).count == 1, run.count == 1024, run.isLeaf,
            run.stride == 4 || run.stride == 8
        else { return }
        let place = offset + items[index].offset + versionRegister * run.stride
        let version = context.region.bigEndian(place..<place + run.stride)
        items[index].child = named(run, isEmbedded: isEmbedded(version), &context)
    }

    private static let versionRegister = 287

    // The e500 and its successors, the 440 and the 405 (target/ppc/cpu-models.h).
    private static func isEmbedded(_ version: UInt64) -> Bool {
        let family = version >> 16 & 0xffff
        return (0x8020...0x8024).contains(family) || family == 0x8040 || (0x4011...0x42ff).contains(family)
    }

    private static func named(_ run: Item, isEmbedded: Bool, _ context: inout MeaningContext) -> LayoutID {
        let key = Array("spr\(run.stride)\(isEmbedded)".utf8)
        if let known = context.made[key] { return known }
        let names = isEmbedded ? PowerPCRegisters.embedded : PowerPCRegisters.names
        var elements = run.split(at: names.keys.sorted())
        for position in elements.indices where elements[position].count == 1 {
            let number = elements[position].base
            if let name = names[number] { elements[position].label = context.table.names.intern(name) }
            if let overlay = bits[run.stride]?[number] {
                elements[position].lay(context.table.layout(of: overlay))
            }
        }
        let array = context.table.layout(.array, elements)
        context.made[key] = array
        return array
    }

    // By the size of the registers and by their number.
    private static let bits: [Int: [Int: Overlay]] = [4: bits(4), 8: bits(8)]

    private static func bits(_ size: Int) -> [Int: Overlay] {
        let state = Overlay.word(size, machineState.fitting(size))
        return [
            1: .word(
                size,
                BitField.flags([31: "SO", 30: "OV", 29: "CA", 19: "OV32", 18: "CA32"]) + [
                    BitField("bytes", 0...6)
                ]),
            27: state, 315: state, 507: state,
            versionRegister: .word(
                size,
                [
                    BitField(
                        "family", 16...31, .text { families[$0] ?? "family 0x" + Hex.digits($0, width: 4) }),
                    BitField("revision", 0...15, .text { "revision 0x" + Hex.digits($0, width: 4) }),
                ]),
            318: .word(size, partition.fitting(size)),
        ]
    }

    private static let partition =
        BitField.flags([63: "VPM0", 62: "VPM1", 61: "ISL"]) + [BitField("AIL", 23...24)]
        + BitField.flags([
            25: "ILE", 22: "UPRT", 21: "EVIRT", 20: "HR", 18: "ONL", 17: "LD", 11: "MER", 10: "GTSE",
            4: "HEIC",
            3: "LPES0", 2: "LPES1", 1: "HVICE", 0: "HDICE",
        ])

    private static let families: [UInt64: String] = [
        0x0004: "604", 0x0008: "750", 0x000c: "7400", 0x0039: "970", 0x003c: "970FX", 0x003e: "POWER6",
        0x003f: "POWER7",
        0x0044: "970MP", 0x004a: "POWER7+", 0x004b: "POWER8E", 0x004c: "POWER8NVL", 0x004d: "POWER8",
        0x004e: "POWER9",
        0x0080: "POWER10", 0x0082: "POWER11", 0x8000: "7450", 0x8002: "7447", 0x8003: "7447A", 0x8004: "7448",
        0x800c: "7410",
        0x8020: "e500v1", 0x8021: "e500v2", 0x8023: "e500mc", 0x8024: "e5500", 0x8040: "e6500",
    ]
}
