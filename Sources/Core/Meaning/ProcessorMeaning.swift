/// What all processors save alike (hw/core/cpu-common.c vmstate_cpu_common; cpu-all.h, 5.2 to 11.1).
package enum ProcessorMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "cpu_common",
            fields: [
                .overlay(
                    "halted", "",
                    .word(4, .big, [BitField("state", 0...31, .names([0: "not halted", 1: "halted"]))])),
                .overlay("interrupt_request", "", .word(4, .big, interrupts)),
            ])
    ]

    private static let interrupts = BitField.flags([
        1: "HARD", 2: "EXITTB", 3: "TGT_EXT_0", 4: "TGT_EXT_1", 5: "HALT", 6: "TGT_EXT_2", 7: "DEBUG",
        8: "TGT_INT_0", 9: "TGT_EXT_3", 10: "RESET", 11: "TGT_INT_1", 12: "TGT_EXT_4", 13: "TGT_INT_2",
    ])
}
