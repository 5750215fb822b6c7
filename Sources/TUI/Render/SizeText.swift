/// Sizes for display, with powers of 1024 as in QEMU, `ls -h` and `du -h`.
package enum SizeText {
    private static let units = ["", "K", "M", "G", "T", "P", "E"]

    /// Returns the form for titles and sentences: `128 bytes`, `939.4 K`.
    package static func long(_ bytes: Int) -> String {
        let (number, unit) = scaled(bytes, wholeFrom: .max)
        if unit.isEmpty { return Quantity.text(bytes, "byte") }
        return "\(number) \(unit)"
    }

    /// Returns the form for columns, with at most six characters: `128`, `1.2 K`, `939 K`.
    package static func short(_ bytes: Int) -> String {
        let (number, unit) = scaled(bytes, wholeFrom: 1000)
        return unit.isEmpty ? number : "\(number) \(unit)"
    }

    /// Rounds to one decimal place, or to a whole number when the value is at least `wholeFrom` tenths of the
    /// unit.
    private static func scaled(_ bytes: Int, wholeFrom: Int) -> (number: String, unit: String) {
        guard bytes >= 1024 else { return ("\(bytes)", "") }
        var unit = 1
        var divisor = 1024
        // A value that rounds to 1024 becomes 1.0 of the next unit.
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
        // Divides in parts of 1024, so that nothing overflows.
        bytes / divisor * 10 + (bytes % divisor / (divisor / 1024) * 10 + 512) / 1024
    }
}
