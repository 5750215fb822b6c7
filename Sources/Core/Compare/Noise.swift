import Format

/// Fields that differ between any two streams of a running machine: clocks, timers and related counters.
package struct Noise {
    private static let words: Set<String> = [
        "clock", "clocks", "tick", "ticks", "tsc", "time", "timer", "timers", "timestamp", "expiry", "expire",
        "overflow",
    ]
    private static let names: Set<String> = [
        "last_update", "last_event", "next_event", "base_rtc", "hpet_counter", "tick_offset_vmstate",
    ]
    /// MSRs that contain the address of a clock.
    private static let addresses = "msr"

    private var known: [NameID: Bool] = [:]

    package init() {}

    /// Whether a field measures time, according to its type or a word of its name. O(1) for known names.
    package mutating func isNoise(_ name: NameID, _ type: FieldType, _ names: NameTable) -> Bool {
        if type.name == "timer" { return true }
        if let answer = known[name] { return answer }
        let text = String(decoding: names.bytes(name), as: UTF8.self)
        let words = text.split { !$0.isLetter }.map { $0.lowercased() }
        let answer =
            Self.names.contains(text)
            || (!words.contains(Self.addresses) && words.contains { Self.words.contains($0) })
        known[name] = answer
        return answer
    }

    /// Whether the runs are all in the time of day in CMOS: the bytes from seconds to year, and the century
    /// (hw/rtc/mc146818rtc.c).
    package static func isTimeOfDay(_ runs: [Range<Int>]) -> Bool {
        runs.allSatisfy { $0.upperBound <= 10 || $0 == 0x32..<0x33 }
    }
}
