import Bytes

/// An s390x CPU (target/s390x/machine.c, version 4; z/Architecture Principles of Operation) and channel devices.
/// Bit numbers are QEMU's; the manual counts from the other end.
package enum S390Meaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu", having: "env.psw.mask",
            fields: [
                .elements("env.regs", (0..<16).map { "R\($0)" }),
                .overlay("env.psw.mask", "PSW mask", programStatus),
                .label("env.psw.addr", "PSW address"), .label("env.psa", "prefix"),
                .label("env.todpr", "TOD programmable"),
                .label("env.cputm", "CPU timer"), .label("env.ckc", "clock comparator"),
                .label("env.gbea", "breaking-event address"), .label("env.pp", "program parameter"),
                .elements("env.aregs", (0..<16).map { "AR\($0)" }),
                .elements(
                    "env.cregs", (0..<16).map { "CR\($0)" },
                    each: [
                        0: control0, 1: addressSpace, 6: classes, 7: addressSpace, 13: addressSpace,
                        14: control14,
                    ]),
                .overlay(
                    "env.cpu_state", "",
                    .whole(
                        1, "state",
                        .names([0: "uninitialized", 1: "stopped", 2: "check stop", 3: "operating", 4: "load"])
                    )),
                .overlay(
                    "env.sigp_order", "SIGP order",
                    .whole(1, "order", .names([0: "none", 5: "stop", 9: "stop and store status"]))),
            ]),
        MeaningRules(
            "cpu/fpu",
            fields: (0..<16).map { .label("env.vregs[\($0)][0]", "F\($0)") } + [
                .overlay(
                    "env.fpc", "FPC",
                    .word(
                        4,
                        [BitField("rounding", 0...2), BitField("data exception code", 8...15, .hex)]
                            + BitField.flags([
                                31: "IMi", 30: "IMz", 29: "IMo", 28: "IMu", 27: "IMx", 23: "SFi", 22: "SFz",
                                21: "SFo", 20: "SFu", 19: "SFx",
                            ])))
            ]),
        MeaningRules(
            "cpu/vregs",
            fields: (0..<32).map { .label("env.vregs[\($0)][1]", "V\($0) low") }
                + (16..<32).map { .label("env.vregs[\($0)][0]", "V\($0) high") }),
        MeaningRules(
            "qemu-s390-flic",
            fields: [
                .overlay("simm", "single interrupts", .bitmap(1, "classes")),
                .overlay("nimm", "no interrupts", .bitmap(1, "classes")),
            ]),
    ]

    private static let programStatus: Overlay = .word(
        8,
        [
            BitField("problem state", 48...48, .unless("supervisor")), BitField("wait", 49...49, .flag),
            BitField("DAT", 58...58, .unless("no DAT")),
            BitField(
                "address space", 46...47,
                .names([0: "primary", 1: "access register", 2: "secondary", 3: "home"])),
            BitField("mode", 31...32, .names([0: "24-bit", 1: "31-bit", 3: "64-bit"])),
            BitField("PER", 62...62, .flag),
            BitField("I/O", 57...57, .flag), BitField("external", 56...56, .flag),
            BitField("machine check", 50...50, .flag),
            BitField("key", 52...55), BitField("CC", 44...45, .decimal), BitField("program mask", 40...43),
            BitField("RI", 39...39, .flag),
        ])

    private static let control0: Overlay = .flags(
        8,
        [
            55: "transactional", 54: "filters interruptions", 53: "clock comparator sign",
            30: "SSM suppression",
            28: "low address protection", 27: "extraction authority", 26: "secondary space",
            25: "fetch protection override", 24: "storage protection override", 23: "enhanced DAT",
            20: "instruction execution protection", 19: "ASN and LX reuse", 18: "AFP", 17: "vector",
            15: "malfunction alert", 14: "emergency signal", 13: "external call", 11: "clock comparator",
            10: "CPU timer", 9: "service signal", 6: "interrupt key", 5: "measurement alert",
            4: "timing alert",
            2: "crypto",
        ])

    private static let addressSpace: Overlay = .word(
        8,
        [
            BitField("table", 12...63, .text { $0 == 0 ? "" : "table 0x" + Hex.digits($0 << 12) }),
            BitField(
                "type", 2...3,
                .names([0: "segment", 1: "region third", 2: "region second", 3: "region first"])),
            BitField("length", 0...1), BitField("real space", 5...5, .flag),
        ])

    // I/O interruption classes 0 to 7, from bit 31 down.
    private static let classes: Overlay = .word(
        8,
        [
            BitField(
                "classes", 24...31,
                .text { bits in
                    let set = (0..<8).filter { bits >> UInt64(7 - $0) & 1 != 0 }
                    return set.isEmpty ? "" : "classes " + set.map { String($0) }.joined(separator: " ")
                })
        ])

    private static let control14: Overlay = .flags(
        8,
        [
            31: "check stop", 28: "channel report", 27: "recovery", 26: "degradation", 25: "external damage",
            24: "warning",
        ])
}
