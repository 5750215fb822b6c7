import Meaning
import Testing

/// Dates of seconds since 1970, also of those before and of leap years.
@Suite struct CalendarTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01 00:00:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_795_470_170, "2026-11-23 21:42:50 UTC"), (-2_082_844_800, "1904-01-01 00:00:00 UTC"),
            (253_402_300_799, "9999-12-31 23:59:59 UTC"), (253_402_300_800, ""), (.max, ""), (.min, ""),
        ] as [(Int64, String)]) func text(_ seconds: Int64, _ text: String)
    {
        #expect(CalendarTime.text(seconds: seconds) == text)
    }

    /// CMOS in each of its modes: BCD and binary, 24 hours and 12, and values that are no time.
    @Test(
        arguments: [
            (0x02, [0x56, 0, 0x42, 0, 0x21, 0, 2, 0x23, 0x11, 0x26], 0x20, "2026-11-23 21:42:56"),
            (0x00, [0x56, 0, 0x42, 0, 0x89, 0, 2, 0x23, 0x11, 0x26], 0x20, "2026-11-23 21:42:56"),
            (0x00, [0x00, 0, 0x00, 0, 0x12, 0, 2, 0x01, 0x01, 0x70], 0x19, "1970-01-01 00:00:00"),
            (0x06, [56, 0, 42, 0, 21, 0, 2, 23, 11, 26], 20, "2026-11-23 21:42:56"),
            (0x02, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 0xff, "no valid time"),
            (0x06, [255, 255, 255, 255, 255, 255, 255, 255, 255, 255], 255, "no valid time"),
        ] as [(UInt8, [UInt8], UInt8, String)]) func clock(
            _ mode: UInt8, _ registers: [UInt8], _ century: UInt8, _ text: String
        ) throws
    {
        var cmos = [UInt8](repeating: 0, count: 128)
        cmos.replaceSubrange(0..<10, with: registers)
        (cmos[0x0b], cmos[0x32]) = (mode, century)
        let device = SmallDevice(
            "mc146818rtc", cmos, fields: #"{"name": "cmos_data", "type": "buffer", "size": 128}"#)
        let document = try SmallStream([device]).document()
        let path = try #require(document.path(text: "mc146818rtc:0"))
        #expect(document.tree.meaning(document.tree.node(path)) == text)
    }
}
