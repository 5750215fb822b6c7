import Bytes
import Testing

@Suite struct DisplayTextTests {
    @Test(arguments: [
        ("plain Text 12", "plain Text 12"), ("é 日本 😀", "é 日本 😀"), ("", ""), ("a\u{1b}[0m", #"a\x1b[0m"#),
        ("\0\t\n\r\u{7f}", #"\x00\x09\x0a\x0d\x7f"#), ("\u{85}\u{9b}", #"\u{85}\u{9b}"#),
        (
            "\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}",
            #"\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}"#
        ),
        ("\u{200b}\u{feff}\u{ad}", #"\u{200b}\u{feff}\u{ad}"#), ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#),
        ("\u{e000}\u{f8ff}\u{10ffff}", #"\u{e000}\u{f8ff}\u{10ffff}"#), ("\u{378}", #"\u{378}"#),
    ]) func texts(_ text: String, _ escaped: String) {
        #expect(DisplayText.escaped(text) == escaped)
        #expect(DisplayText.escaped(bytes: Array(text.utf8)) == escaped)
    }

    @Test(
        arguments: [
            ([0xff], #"\xff"#), ([0x61, 0xc3], #"a\xc3"#), ([0xc0, 0x80], #"\xc0\x80"#),
            ([0xed, 0xa0, 0x80], #"\xed\xa0\x80"#),
            ([0xf4, 0x90, 0x80, 0x80], #"\xf4\x90\x80\x80"#), ([0xe2, 0x82, 0x61], #"\xe2\x82a"#),
            ([0x80, 0x62], #"\x80b"#),
        ] as [([UInt8], String)]) func invalidUTF8(_ bytes: [UInt8], _ escaped: String)
    {
        #expect(DisplayText.escaped(bytes: bytes) == escaped)
    }

    /// All of Unicode: what comes out is safe, and goes through unchanged a second time.
    @Test func everyScalar() {
        for value in stride(from: UInt32(0), to: 0x11_0000, by: 7) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let escaped = DisplayText.escaped(String(scalar))
            guard Examination.isSafe(escaped) else {
                Issue.record("U+\(String(value, radix: 16))")
                continue
            }
        }
    }
}

@Suite struct ByteCountTests {
    @Test(arguments: [
        ("0", 0), ("496", 496), ("0x1f0", 0x1f0), ("0X1F0", 0x1f0), ("4K", 4096), ("0x10k", 16384),
        ("2M", 2 << 20),
        ("1g", 1 << 30), ("8T", 8 << 40), ("9223372036854775807", Int.max), ("0x7fffffffffffffff", Int.max),
    ]) func numbers(_ text: String, _ value: Int) {
        #expect(ByteCount.parse(text) == value)
    }

    @Test(arguments: [
        "", "K", "0x", "0xK", "-1", "+1", "1.5", "1 K", "KK", "1KK", "0x-1", "ff", "0xg",
        "9223372036854775808",
        "9007199254740992K", "8388608T", "१", "1_000", " 1", "1e3",
    ]) func others(_ text: String) {
        #expect(ByteCount.parse(text) == nil)
    }
}

@Suite struct HexTests {
    @Test func spellings() {
        #expect(
            Hex.digits(0) == "0" && Hex.digits(0xab, width: 4) == "00ab"
                && Hex.digits(.max, width: 2) == "ffffffffffffffff")
        #expect(Hex.offset(0x1f0) == "0x1f0" && Hex.offset(-1) == "0xffffffffffffffff")
        #expect(Hex.dump([]) == "" && Hex.dump([0x0a]) == "0a" && Hex.dump([0, 0xff, 0x7b]) == "00 ff 7b")
        #expect(
            Hex.dump([1, 2, 3], separator: "") == "010203" && Hex.dump([1, 2], separator: ", ") == "01, 02")
    }

    /// Each digit at each place, and more zeros than a number has digits.
    @Test(arguments: 1...20) func hexDigits(_ width: Int) {
        var values: [UInt64] = [0, .max, 0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210]
        for place in 0..<16 { values += (1...15).map { $0 << UInt64(4 * place) } }
        for value in values {
            let digits = String(value, radix: 16)
            let zeros = String(repeating: "0", count: max(width - digits.utf8.count, 0))
            #expect(Hex.digits(value, width: width) == zeros + digits)
        }
    }
}
