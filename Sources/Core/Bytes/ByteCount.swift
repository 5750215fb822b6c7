/// Numbers in user input.
package enum ByteCount {
    /// Returns a decimal or 0x… number with an optional K, M, G or T (powers of 1024); nil for other text and
    /// on overflow.
    package static func parse(_ text: some StringProtocol) -> Int? {
        var digits = Substring(text)
        var shift = 0
        if let last = digits.last, let power = ["K": 10, "M": 20, "G": 30, "T": 40][last.uppercased()] {
            shift = power
            digits = digits.dropLast()
        }
        let isHex = digits.hasPrefix("0x") || digits.hasPrefix("0X")
        if isHex { digits = digits.dropFirst(2) }
        guard let first = digits.first, first.isHexDigit, let value = Int(digits, radix: isHex ? 16 : 10)
        else {
            return nil
        }
        let (result, overflow) = value.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : result
    }
}

extension Substring {
    package func trimmingSpaces() -> Substring {
        var result = drop { $0 == " " }
        while result.last == " " { result = result.dropLast() }
        return result
    }
}
