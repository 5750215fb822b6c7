/// A PA-RISC CPU (target/hppa/machine.c; PA-RISC 1.1 and 2.0 architecture).
package enum HPPAMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "env", having: "iaoq_f",
            fields: [
                .elements("gr", (0..<32).map { (general[$0].map { $0 + " " } ?? "") + "r\($0)" }),
                .elements("fr", (0..<32).map { "fr\($0)" }), .elements("sr", (0..<8).map { "sr\($0)" }),
                .elements("cr", numbered: control), .label("iaoq_f", "IAOQ front"),
                .label("iaoq_b", "IAOQ back"),
                .label("iasq_f", "IASQ front"), .label("iasq_b", "IASQ back"),
            ] + .words("psw", "PSW", status))
    ]

    private static let general: [Int: String] = [
        1: "addil", 2: "rp", 23: "arg3", 24: "arg2", 25: "arg1", 26: "arg0", 27: "dp", 28: "ret0", 29: "ret1",
        30: "sp",
    ]

    private static let control: [Int: String] = [
        0: "RCTR", 8: "PIDR1", 9: "PIDR2", 10: "CCR", 11: "SAR", 12: "PIDR3", 13: "PIDR4", 14: "IVA",
        15: "EIEM",
        16: "ITMR", 17: "IIASQ", 18: "IIAOQ", 19: "IIR", 20: "ISR", 21: "IOR", 22: "IPSW", 23: "EIRR",
        24: "TR0",
        25: "TR1", 26: "TR2", 27: "TR3", 28: "TR4", 29: "TR5", 30: "TR6", 31: "TR7",
    ]

    private static let status: [BitField] =
        BitField.flags([
            0: "I", 1: "D", 2: "P", 3: "Q", 4: "R", 5: "F", 6: "G", 7: "O", 16: "M", 17: "V", 18: "C",
            19: "B", 20: "X",
            21: "N", 22: "L", 23: "H", 24: "T", 25: "S", 26: "E", 27: "W",
        ]) + [BitField("carry/borrow", 8...15, .hex)]
}
