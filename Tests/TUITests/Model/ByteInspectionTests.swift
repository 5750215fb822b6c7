import Testing

@testable import TUI

@Suite struct ByteInspectionTests {
    private func line(_ label: String, _ bytes: [UInt8]) -> [String] {
        ByteInspection(bytes).lines.filter { $0.label == label }.flatMap { [$0.bigEndian, $0.littleEndian] }
    }

    @Test(
        arguments: [
            ("8 bits", [0x32], ["0x32 = 50  00110010", "BCD 32"]),
            ("8 bits", [0xff], ["0xff = 255 = -1  11111111", "BCD -"]),
            ("8 bits", [0x20, 0x26, 0x11, 0xff], ["0x20 = 32  00100000", "BCD 202611 112620"]),
            ("16 bits", [0x12, 0x34], ["0x1234 = 4660", "0x3412 = 13330"]),
            ("16 bits", [0x00, 0x80], ["0x0080 = 128", "0x8000 = 32768 = -32768"]),
            ("32 bits", [0, 0, 0, 1], ["0x00000001 = 1", "0x01000000 = 16777216"]),
            ("32 bits", [0, 0, 1], ["", ""]),
            (
                "64 bits", [0, 0, 0, 0, 0, 0, 1, 0],
                ["0x0000000000000100 = 256", "0x0001000000000000 = 281474976710656"]
            ),
            ("float", [0x3f, 0x80, 0, 0], ["1.0", "4.6006e-41"]),
            ("double", [0x3f, 0xf8, 0, 0, 0, 0, 0, 0], ["1.5", "3.13984e-319"]),
            ("s 32", [0x69, 0x23, 0x1b, 0x80], ["2025-11-23 14:34:40", "1902-01-03 10:48:09"]),
            ("text", Array("QEVM\u{1b}x".utf8) + [0, 65], ["\"QEVM\\x1bx\"", ""]),
            ("text", [0], ["", ""]),
            ("64 bits", [], ["", ""]),
        ] as [(String, [UInt8], [String])]) func readings(
            _ label: String, _ bytes: [UInt8], _ expected: [String]
        )
    {
        #expect(line(label, bytes) == expected)
    }

    @Test func everyLineIsThereForAnyBytes() {
        for count in 0...10 {
            let lines = ByteInspection([UInt8](repeating: 0xfe, count: count)).lines
            #expect(lines.count == ByteInspection.lineCount)
        }
    }

    @Test(arguments: [
        (0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59"), (951_782_400, "2000-02-29 00:00:00"),
        (951_868_800, "2000-03-01 00:00:00"), (4_107_542_400, "2100-03-01 00:00:00"),
        (2_147_483_647, "2038-01-19 03:14:07"), (-62_135_596_800, "0001-01-01 00:00:00"),
        (253_402_300_799, "9999-12-31 23:59:59"), (253_402_300_800, "-"), (.max, "-"), (.min, "-"),
    ]) func dates(_ seconds: Int, _ expected: String) {
        #expect(UnixTime.text(seconds: seconds) == expected)
    }

    @Test func nanoseconds() {
        #expect(UnixTime.text(nanoseconds: 1_500_000_000) == "1970-01-01 00:00:01.500000000")
        #expect(UnixTime.text(nanoseconds: -1) == "1969-12-31 23:59:59.999999999")
        #expect(UnixTime.text(nanoseconds: .min) == "1677-09-21 00:12:43.145224192")
    }
}
