/// A 32-bit SPARC CPU (target/sparc/machine.c vmstate_sparc_cpu, version 7; SPARC architecture manual, version 8).
package enum SPARCMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu", having: "env.regbase",
            fields: [
                .elements("env.gregs", (0..<8).map { "g\($0)" }), .label("env.pc", "PC"),
                .label("env.npc", "nPC"), .label("env.y", "Y"), .overlay("psr", "PSR", status),
                .overlay("env.fsr", "FSR", floatStatus), .overlay("env.tbr", "TBR", trapBase),
                .overlay("env.wim", "WIM", .bitmap(4, "windows")),
                .elements("env.mmuregs", ["CTRL", "CTXTPR", "CTX", "SFSR", "SFAR"]),
            ])
    ]

    private static let status: Overlay = .word(
        4,
        [
            BitField("CWP", 0...4, .decimal), BitField("PIL", 8...11, .decimal),
            BitField("S", 7...7, .unless("user")), BitField("ver", 24...27), BitField("impl", 28...31),
        ]
            + BitField.flags([
                5: "ET", 6: "PS", 12: "EF", 13: "EC", 20: "C", 21: "V", 22: "Z", 23: "N",
            ]))

    private static let floatStatus: Overlay = .word(
        4,
        [
            BitField("cexc", 0...4, .hex), BitField("aexc", 5...9, .hex), BitField("fcc", 10...11),
            BitField("ftt", 14...16), BitField("TEM", 23...27, .hex),
            BitField("rounding", 30...31, .names([0: "nearest", 1: "zero", 2: "up", 3: "down"])),
        ] + BitField.flags([13: "qne", 22: "NS"]))

    private static let trapBase: Overlay = .word(
        4, [BitField("base", 12...31, .hex), BitField("trap", 4...11, .hex)])
}
