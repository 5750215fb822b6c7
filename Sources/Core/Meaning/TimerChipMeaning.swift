import Format

/// The timers of a PC: 8254 and speaker (hw/timer/i8254_common.c, version 3; hw/audio/pcspk.c), HPET (hw/timer/
/// hpet.c, version 2; IA-PC HPET 1.0a), and QEMU's own clocks (system/cpu-timers.c).
package enum TimerChipMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "i8254", fields: [.elements("channels", ["tick", "refresh", "speaker"])]),
        MeaningRules(
            "pit channel",
            fields: [
                .overlay("count", "", .whole(4, "rate", .text(rate))),
                .overlay("read_state", "", .whole(1, "next", .names(access))),
                .overlay("write_state", "", .whole(1, "next", .names(access))),
                .overlay("rw_mode", "RW", .whole(1, "access", .names(access))),
                .overlay("mode", "M", .whole(1, "mode", .names(modes))),
                .overlay("bcd", "BCD", .whole(1, "counts in", .names([0: "binary", 1: "BCD"]))),
                .overlay(
                    "next_transition_time", "", .whole(8, "expiry", .text { $0 == .max ? "none" : "" })),
            ]),
        MeaningRules(
            "pcspk", fields: [.overlay("data_on", "port 0x61", .flags(1, [0: "speaker on"]))]),
        MeaningRules(
            "hpet",
            fields: [
                .overlay("config", "GENERAL_CONFIG", .flags(8, [0: "enabled", 1: "legacy replacement"])),
                .overlay("isr", "GENERAL_INT_STATUS", .bitmap(8, "timers")),
                .overlay("hpet_counter", "MAIN_COUNTER", .whole(8, "at 100 MHz", .text(counter))),
                .elements("timer", ["T0", "T1", "T2"]),
            ]),
        MeaningRules(
            "hpet_timer",
            fields: [
                .overlay("config", "TN_CONFIG", timerConfig), .label("cmp", "TN_COMPARATOR"),
                .overlay(
                    "fsb", "TN_FSB_ROUTE",
                    .word(8, [BitField("value", 0...31, .hex), BitField("address", 32...63, .hex)])),
            ]),
        MeaningRules(
            "timer",
            fields: [.label("cpu_ticks_offset", "guest TSC"), .label("cpu_clock_offset", "guest clock, ns")]),
    ]

    private static let access: [UInt64: String] = [
        1: "low byte", 2: "high byte", 3: "low, then high byte", 4: "high byte of two",
    ]

    private static let modes: [UInt64: String] = [
        0: "interrupt on terminal count", 1: "one-shot", 2: "rate generator", 3: "square wave",
        4: "software strobe",
        5: "hardware strobe",
    ]

    // Shows 1193182 Hz divided by the count, where 0 means 65536.
    private static func rate(_ count: UInt64) -> String {
        let count = count == 0 ? 65_536 : count
        guard count <= 65_536 else { return "" }
        let tenths = (11_931_820 + count / 2) / count
        return "\(tenths / 10).\(tenths % 10) Hz"
    }

    // Shows ticks with a period of 10 ns.
    private static func counter(_ ticks: UInt64) -> String {
        let (nanoseconds, overflow) = ticks.multipliedReportingOverflow(by: 10)
        return overflow || ticks == 0 ? "" : TimeFields.seconds(nanoseconds)
    }

    private static let timerConfig: Overlay = .word(
        8,
        [
            BitField("level", 1...1, .flag), BitField("interrupt enabled", 2...2, .unless("interrupt off")),
            BitField("periodic", 3...3, .flag), BitField("periodic capable", 4...4, .flag),
            BitField("64-bit capable", 5...5, .flag), BitField("sets value", 6...6, .flag),
            BitField("forced 32-bit", 8...8, .flag), BitField("route", 9...13, .text { "IRQ \($0)" }),
            BitField("FSB", 14...14, .flag), BitField("FSB capable", 15...15, .flag),
            BitField("routes allowed", 32...63, .text { _ in "" }),
        ])
}
