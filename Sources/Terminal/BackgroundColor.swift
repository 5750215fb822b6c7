/// Detection of a light background.
enum BackgroundColor {
    /// Reads the terminal's answer to OSC 11: `rgb:ffff/ffff/ffff`, `rgba:…`, `#ffffff`; nil for anything
    /// else.
    static func isLight(_ answer: String) -> Bool? {
        let channels: [Double]
        if answer.hasPrefix("#") {
            let digits = Array(answer.dropFirst())
            guard !digits.isEmpty, digits.count % 3 == 0 else { return nil }
            let width = digits.count / 3
            channels = (0..<3).compactMap { channel(String(digits[($0 * width)..<(($0 + 1) * width)])) }
        } else {
            guard answer.hasPrefix("rgb"), let colon = answer.firstIndex(of: ":") else { return nil }
            let parts = answer[answer.index(after: colon)...].split(separator: "/")
            channels = parts.prefix(3).compactMap { channel(String($0)) }
        }
        guard channels.count == 3 else { return nil }
        return 0.299 * channels[0] + 0.587 * channels[1] + 0.114 * channels[2] > 0.5
    }

    /// Reads COLORFGBG, which rxvt and similar terminals set: `0;15`, the numbers of foreground and
    /// background.
    static func isLight(colorFGBG value: String) -> Bool? {
        guard let number = value.split(separator: ";").last.flatMap({ Int($0) }), (0...15).contains(number)
        else { return nil }
        return number == 7 || number > 8
    }

    private static func channel(_ digits: String) -> Double? {
        guard (1...4).contains(digits.utf8.count), let value = UInt32(digits, radix: 16) else { return nil }
        return Double(value) / Double(UInt32(1) << UInt32(4 * digits.utf8.count) - 1)
    }
}
