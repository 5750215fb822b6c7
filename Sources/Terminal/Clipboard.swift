/// Puts text on the clipboard of the terminal, also through ssh (OSC 52).
enum Clipboard {
    /// Terminals refuse longer sequences.
    static let largestText = 74_000

    /// The sequence, or nil when the text is too long.
    static func sequence(_ text: String) -> String? {
        guard text.utf8.count <= largestText else { return nil }
        return "\u{1b}]52;c;\(base64(Array(text.utf8)))\u{07}"
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                let sextet = bits >> (18 - 6 * place) & 63
                result.append(place <= group.count ? alphabet[sextet] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
