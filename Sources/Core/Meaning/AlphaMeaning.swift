/// An Alpha CPU (target/alpha/machine.c vmstate_env, version 3; Alpha calling standard).
package enum AlphaMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "env", having: "fir",
            fields: [
                .elements("ir", general), .elements("fir", (0..<31).map { "f\($0)" }),
                .label("fpcr", "FPCR"), .label("pc", "PC"), .label("unique", "UNIQUE"), .label("usp", "USP"),
                .label("palbr", "PAL_BASE"), .label("ptbr", "PTBR"), .label("vptptr", "VPTPTR"),
                .label("exc_addr", "EXC_ADDR"),
            ])
    ]

    private static let general: [String] =
        ["v0"] + (0..<8).map { "t\($0)" } + (0..<6).map { "s\($0)" } + ["fp"] + (0..<6).map { "a\($0)" }
        + (8..<12).map { "t\($0)" } + ["ra", "pv", "at", "gp", "sp"]
}
