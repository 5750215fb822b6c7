/// A stream whose names try everything on a terminal.
enum HostileStream {
    /// All of C0 and C1, DEL, sequences, wide and combining characters, joiners, bidi controls.
    static let names: [String] = {
        let controls = (Array(0...0x1f) + [0x7f] + Array(0x80...0x9f)).compactMap {
            Unicode.Scalar(UInt32($0))
        }
        let each = controls.map { "c\(Character($0))x" }
        return each + [
            "\u{1b}[31;1mred", "\u{1b}]0;title\u{07}", "\u{1b}P+q544e\u{1b}\\", "\u{1b}[2J\u{1b}[H",
            "\u{1b}c",
            "\u{9b}2J", "\u{9d}0;t\u{9c}", "\r\n\u{08}\u{08}over", "漢字かな", "e\u{301}a\u{308}o\u{20dd}",
            "\u{202e}rtl\u{202c}\u{2066}i\u{2069}\u{200f}", "\u{200b}\u{2060}\u{feff}zero",
            "\u{2028}\u{2029}line",
            "\u{e000}\u{10ffff}private", "\u{0}",
        ]
    }()

    /// idstrs that are no UTF-8.
    private static let raw: [[UInt8]] = [
        [0xff, 0xfe, 0x9b, 0x33, 0x31, 0x6d], [0xc0, 0x80, 0xed, 0xa0, 0x80], [0x1b, 0x5b, 0x41, 0xe2, 0x80],
    ]

    static let bytes: [UInt8] = {
        var stream = Array("QEVM".utf8) + be(3)
        stream += [7] + be(UInt32(machine.utf8.count)) + Array(machine.utf8)
        var devices: [String] = []
        for (number, name) in names.enumerated() {
            stream += section(
                UInt32(number), Array(name.utf8), body: Array(name.utf8.prefix(4)) + [0, 0, 0, 0])
            let size = min(name.utf8.count, 4)
            let text = json(name)
            let fields = [("buffer", size), (text, 4)].map { type, size in
                "{\"name\": \"\(text)\", \"type\": \"\(type)\", \"size\": \(size)}"
            }
            devices.append(
                "{\"name\": \"\(text)\", \"instance_id\": 0, \"vmsd_name\": \"\(text)\", \"version\": 1, "
                    + "\"fields\": [\(fields.joined(separator: ", "))]}")
        }
        for (number, name) in raw.enumerated() {
            stream += section(UInt32(1000 + number), name, body: [1, 2])
        }
        let description = Array(
            "{\"page_size\": 4096, \"devices\": [\(devices.joined(separator: ", "))]}".utf8)
        return stream + [0, 6] + be(UInt32(description.count)) + description
    }()

    private static let machine = "pc\u{1b}]0;x\u{07}\u{202e}\u{85}"

    private static func section(_ id: UInt32, _ name: [UInt8], body: [UInt8]) -> [UInt8] {
        [4] + be(id) + [UInt8(name.count)] + name + be(0) + be(1) + body + [0x7e] + be(id)
    }

    private static func be(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// As QEMU writes strings: `\uXXXX` for all that is not ASCII.
    private static func json(_ text: String) -> String {
        text.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }.joined()
    }
}
