/// Sizes as people read them; powers of 1000.
enum SizeText {
    private static let units = ["", "K", "M", "G", "T", "P", "E"]

    /// For titles and sentences: `128 bytes`, `961.9 KB`.
    static func long(_ bytes: Int) -> String {
        let (number, unit) = scaled(bytes, wholeFrom: .max)
        if unit.isEmpty { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
        return "\(number) \(unit)B"
    }

    /// For columns of at most six places: `128`, `1.2 K`, `962 K`.
    static func short(_ bytes: Int) -> String {
        let (number, unit) = scaled(bytes, wholeFrom: 1000)
        return unit.isEmpty ? number : "\(number) \(unit)"
    }

    /// One place after the point, rounded; from `wholeFrom` tenths of a unit on none.
    private static func scaled(_ bytes: Int, wholeFrom: Int) -> (number: String, unit: String) {
        guard bytes >= 1000 else { return ("\(bytes)", "") }
        var unit = 1
        var divisor = 1000
        while unit + 1 < units.count, tenths(bytes, divisor) >= 10_000 {
            unit += 1
            divisor *= 1000
        }
        let tenths = tenths(bytes, divisor)
        if tenths >= wholeFrom { return ("\((tenths + 5) / 10)", units[unit]) }
        return ("\(tenths / 10).\(tenths % 10)", units[unit])
    }

    private static func tenths(_ bytes: Int, _ divisor: Int) -> Int {
        let step = divisor / 10
        return bytes / step + (bytes % step * 2 >= step ? 1 : 0)
    }
}
