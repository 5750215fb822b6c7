/// Sizes as people read them: powers of 1024, as QEMU, `ls -h` and `du -h` have them.
package enum SizeText {
    private static let units = ["", "K", "M", "G", "T", "P", "E"]

    /// For titles and sentences: `128 bytes`, `939.4 K`.
    package static func long(_ bytes: Int) -> String {
        let (number, unit) = scaled(bytes, wholeFrom: .max)
        if unit.isEmpty { return Quantity.text(bytes, "byte") }
        return "\(number) \(unit)"
    }

    /// For columns of at most six places: `128`, `1.2 K`, `939 K`.
    package static func short(_ bytes: Int) -> String {
        let (number, unit) = scaled(bytes, wholeFrom: 1000)
        return unit.isEmpty ? number : "\(number) \(unit)"
    }

    /// One place after the point, rounded; from `wholeFrom` tenths of a unit on none.
    private static func scaled(_ bytes: Int, wholeFrom: Int) -> (number: String, unit: String) {
        guard bytes >= 1024 else { return ("\(bytes)", "") }
        var unit = 1
        var divisor = 1024
        // What would be rounded to 1024 is 1.0 of the next unit.
        let next = wholeFrom == .max ? 10_240 : 10_235
        while unit + 1 < units.count, tenths(bytes, divisor) >= next {
            unit += 1
            divisor *= 1024
        }
        let tenths = tenths(bytes, divisor)
        if tenths >= wholeFrom { return ("\((tenths + 5) / 10)", units[unit]) }
        return ("\(tenths / 10).\(tenths % 10)", units[unit])
    }

    private static func tenths(_ bytes: Int, _ divisor: Int) -> Int {
        // In parts of 1024, so that nothing overflows.
        bytes / divisor * 10 + (bytes % divisor / (divisor / 1024) * 10 + 512) / 1024
    }
}
