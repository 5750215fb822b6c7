import Format

/// The PC's clock and CMOS memory (hw/rtc/mc146818rtc.c, version 3; register names of the MC146818A data
/// sheet, CMOS bytes as used by hw/i386/pc.c and SeaBIOS), and the clocks of other machines.
package enum RealTimeClockMeaning {
    package static let rules: [MeaningRules] = [
        MeaningRules(
            "mc146818rtc",
            fields: [
                .overlay("base_rtc", "RTC time", seconds),
                .overlay("last_update", "host time of base_rtc", nanoseconds),
                .overlay("next_alarm_time", "alarm", nanoseconds),
            ], interpret: cmos, summary: summary),
        // hw/rtc/pl031.c, hw/rtc/goldfish_rtc.c: the time is the sum of the offset and the virtual clock.
        MeaningRules(
            "pl031",
            fields: [
                .overlay("tick_offset_vmstate", "RTC time at clock 0", shortSeconds),
                .overlay("mr", "RTCMR", shortSeconds), .overlay("lr", "RTCLR", shortSeconds),
                .overlay("cr", "RTCCR", .flags(4, [0: "start"])),
                .overlay("im", "RTCIMSC", .flags(4, [0: "alarm"])),
                .overlay("is", "RTCRIS", .flags(4, [0: "alarm"])),
            ]),
        MeaningRules("pl031/tick-offset", fields: [.label("tick_offset", "seconds ahead of the host")]),
        MeaningRules(
            "goldfish_rtc",
            fields: [
                .overlay("tick_offset_vmstate", "RTC time at clock 0", nanoseconds),
                .label("tick_offset", "ns ahead of the host"), .overlay("alarm_next", "alarm", nanoseconds),
            ]),
        // hw/misc/macio/cuda.c: Macs count from 1904.
        MeaningRules(
            "cuda",
            fields: [
                .overlay(
                    "tick_offset", "RTC time at clock 0",
                    .whole(4, "time", .text { CalendarTime.text(seconds: Int64($0) - 2_082_844_800) }))
            ]),
        // hw/ppc/ppc.c, hw/ppc/spapr_rtc.c
        MeaningRules("timebase", fields: [.overlay("time_of_the_day_ns", "host time", nanoseconds)]),
        MeaningRules("spapr/rtc", fields: [.label("ns_offset", "RTC time ahead of the host, ns")]),
        // hw/rtc/ls7a_rtc.c
        MeaningRules(
            "ls7a_rtc",
            fields: [
                .elements("toymatch", ["TOYMATCH0", "TOYMATCH1", "TOYMATCH2"]),
                .elements("rtcmatch", ["RTCMATCH0", "RTCMATCH1", "RTCMATCH2"]),
                .overlay("cntrctl", "RTCCTRL", .flags(4, [8: "EO", 11: "TOYEN", 13: "RTCEN"])),
            ]),
    ]

    private static let seconds: Overlay = .whole(
        8, "time", .text { CalendarTime.text(seconds: Int64(clamping: $0)) })
    private static let shortSeconds: Overlay = .whole(
        4, "time", .text { $0 == 0 ? "" : CalendarTime.text(seconds: Int64($0)) })

    // Host clocks count from 1970; small values count from the start of the guest.
    private static let nanoseconds: Overlay = .whole(
        8, "time",
        .text { $0 < 100_000_000_000_000_000 ? "" : CalendarTime.text(nanoseconds: Int64(bitPattern: $0)) })
}

// MARK: - CMOS

extension RealTimeClockMeaning {
    /// Adds the name and bits of each CMOS byte, which remains a numbered element of the buffer.
    private static let cmos: MeaningRules.Interpretation = { context, items, offset in
        guard let index = context.position(of: "cmos_data", in: items), items[index].isLeaf,
            items[index].stride == 128
        else { return }
        let mode = context.region.byte(at: offset.addingSaturated(items[index].offset + 0x0b)) ?? 0
        items[index].inside = bytes(&context, mode: mode & 6)
    }

    // Register B gives the format of the time: bit 2 means binary, else two decimal digits; bit 1 means 24
    // hours.
    private static func bytes(_ context: inout MeaningContext, mode: UInt8) -> LayoutID {
        let key = Array("cmos".utf8) + [mode]
        if let known = context.made[key] { return known }
        let type = context.table.type(named: "uint8")
        let buffer = Item(type: type, role: .decoded, count: 128, stride: 1)
        var elements = buffer.split(at: names.keys.sorted())
        for position in elements.indices {
            let number = elements[position].base
            guard let name = names[number] else { continue }
            elements[position].label = context.table.names.intern(name)
            if mode & 4 == 0, let type = decimalType(number, is24Hours: mode & 2 != 0) {
                elements[position].type = context.table.type(named: type)
            }
            if let bits = overlays[number] { elements[position].lay(context.table.layout(of: bits)) }
        }
        let made = context.table.layout(.array, elements)
        context.made[key] = made
        return made
    }

    private static func decimalType(_ number: Int, is24Hours: Bool) -> String? {
        switch number {
        case 0x04, 0x05: is24Hours ? "BCD" : "BCD hour of 12"
        case 0x00...0x09, 0x32, 0x37: "BCD"
        default: nil
        }
    }

    private static let names: [Int: String] = [
        0x00: "seconds", 0x01: "seconds alarm", 0x02: "minutes", 0x03: "minutes alarm", 0x04: "hours",
        0x05: "hours alarm", 0x06: "day of week", 0x07: "day of month", 0x08: "month", 0x09: "year",
        0x0a: "Register A", 0x0b: "Register B", 0x0c: "Register C", 0x0d: "Register D",
        0x0e: "diagnostic status",
        0x0f: "shutdown code", 0x10: "floppy types", 0x12: "disk types", 0x14: "equipment",
        0x15: "base memory low",
        0x16: "base memory high", 0x17: "extended memory low", 0x18: "extended memory high",
        0x19: "disk 0 extended type", 0x1a: "disk 1 extended type", 0x2d: "boot flags", 0x2e: "checksum high",
        0x2f: "checksum low", 0x30: "memory above 1 MiB low", 0x31: "memory above 1 MiB high",
        0x32: "century",
        0x34: "memory above 16 MiB low", 0x35: "memory above 16 MiB high", 0x37: "century (PS/2)",
        0x38: "boot order 3", 0x39: "disk translation", 0x3d: "boot order 1, 2",
        0x5b: "memory above 4 GiB low",
        0x5c: "memory above 4 GiB middle", 0x5d: "memory above 4 GiB high", 0x5f: "CPUs - 1",
    ]

    private static let overlays: [Int: Overlay] = bits.mapValues { .word(1, $0) }

    private static let bits: [Int: [BitField]] = [
        0x0a: [
            BitField("UIP", 7...7, .flag), BitField("DV", 4...6, .decimal),
            BitField("RS", 0...3, .text(rate)),
        ],
        0x0b: [
            BitField("SET", 7...7, .flag), BitField("PIE", 6...6, .flag), BitField("AIE", 5...5, .flag),
            BitField("UIE", 4...4, .flag), BitField("SQWE", 3...3, .flag),
            BitField("DM", 2...2, .names([0: "BCD", 1: "binary"])),
            BitField("24/12", 1...1, .names([0: "12h", 1: "24h"])), BitField("DSE", 0...0, .flag),
        ],
        0x0c: BitField.flags([7: "IRQF", 6: "PF", 5: "AF", 4: "UF"]),
        0x0d: [BitField("VRT", 7...7, .unless("time not valid"))],
        0x0f: [
            BitField(
                "shutdown code", 0...7,
                .names([
                    0x00: "normal", 0x04: "boot", 0x05: "EOI and jump via 40:67", 0x09: "block move",
                    0x0a: "jump via 40:67",
                    0xfe: "S3 resume",
                ]))
        ],
        0x10: [BitField("drive A", 4...7, .names(floppies)), BitField("drive B", 0...3, .names(floppies))],
        0x14: [
            BitField("floppy drive", 0...0, .flag), BitField("FPU", 1...1, .flag),
            BitField("PS/2 mouse", 2...2, .flag),
            BitField("display", 4...5, .names([0: "VGA", 1: "CGA 40", 2: "CGA 80", 3: "monochrome"])),
            BitField("more drives", 6...7),
        ],
        0x38: [BitField("no signature check", 0...0, .flag), BitField("third", 4...7, .names(bootDevices))],
        0x3d: [
            BitField("first", 0...3, .names(bootDevices)), BitField("second", 4...7, .names(bootDevices)),
        ],
        0x5f: [BitField("CPUs", 0...7, .text { "\($0 + 1) CPUs" })],
    ]

    private static let floppies: [UInt64: String] = [
        0: "none", 1: "360 KiB", 2: "1.2 MiB", 3: "720 KiB", 4: "1.44 MiB", 5: "2.88 MiB",
    ]
    private static let bootDevices: [UInt64: String] = [
        0: "none", 1: "floppy", 2: "disk", 3: "CD-ROM", 4: "network",
    ]

    private static func rate(_ select: UInt64) -> String {
        guard select > 0 else { return "no periodic rate" }
        // Rates 1 and 2 are the same as 8 and 9.
        let shift = select < 3 ? select + 6 : select - 1
        return "\(32_768 >> shift) Hz"
    }
}

// MARK: - The time in CMOS

extension RealTimeClockMeaning {
    /// The time, the alarm, and the memory sizes for the firmware.
    private static let summary: MeaningRules.Summary = { clock in
        guard let cmos = clock["cmos_data"], cmos.size == 128 else { return [] }
        let registers = Registers(bytes: (0..<128).map { cmos.byte($0) ?? 0 })
        let time = time(registers)
        let lines = [("", time.isEmpty ? "no valid time" : time), ("alarm", alarm(registers))]
        return lines.filter { !$0.1.isEmpty } + memory(registers)
    }

    /// Returns the time in registers 0 to 9 and the century, in the format that register B gives. QEMU
    /// updates them before it saves them.
    private static func time(_ registers: Registers) -> String {
        guard let year = registers.number(0x09), let century = registers.number(0x32),
            let month = registers.number(0x08), let day = registers.number(0x07),
            let hour = registers.hour(0x04),
            let minute = registers.number(0x02), let second = registers.number(0x00),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return "" }
        return CalendarTime.text(year: century * 100 + year, month: month, day: day) + " "
            + CalendarTime.text(hour: hour, minute: minute, second: second)
    }

    // Returns the alarm time if the alarm is on; parts of 0xc0 and above match any value.
    private static func alarm(_ registers: Registers) -> String {
        guard registers[0x0b] & 0x20 != 0 else { return "" }
        let parts = [(0x05, true), (0x03, false), (0x01, false)].map { index, isHour -> String in
            if registers[index] >= 0xc0 { return "*" }
            guard let part = isHour ? registers.hour(index) : registers.number(index) else { return "?" }
            return part < 10 ? "0\(part)" : "\(part)"
        }
        return parts.joined(separator: ":")
    }

    // Sizes take several bytes, low byte first.
    private static func memory(_ registers: Registers) -> [(String, String)] {
        func size(_ indices: [Int], unit: Int) -> String {
            "\(indices.reversed().reduce(0) { $0 << 8 | Int(registers[$1]) } * unit) KiB"
        }
        return [
            ("base memory", size([0x15, 0x16], unit: 1)),
            ("memory above 1 MiB", size([0x30, 0x31], unit: 1)),
            ("memory above 16 MiB", size([0x34, 0x35], unit: 64)),
            ("memory above 4 GiB", size([0x5b, 0x5c, 0x5d], unit: 64)),
        ]
    }

    private struct Registers {
        package let bytes: [UInt8]

        package subscript(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

        private var isBinary: Bool { self[0x0b] & 0x04 != 0 }
        private var is24Hours: Bool { self[0x0b] & 0x02 != 0 }

        package func number(_ index: Int) -> Int? { number(self[index]) }

        private func number(_ byte: UInt8) -> Int? {
            if isBinary { return Int(byte) }
            guard byte >> 4 < 10, byte & 15 < 10 else { return nil }
            return Int(byte >> 4) * 10 + Int(byte & 15)
        }

        // In 12-hour mode, bit 7 means PM, and 12 means 0.
        package func hour(_ index: Int) -> Int? {
            if is24Hours { return number(index) }
            return number(self[index] & 0x7f).map { $0 % 12 + (self[index] & 0x80 != 0 ? 12 : 0) }
        }
    }
}
