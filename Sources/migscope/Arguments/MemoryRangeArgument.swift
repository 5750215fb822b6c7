import ArgumentParser
import Bytes

/// ADDRESS+LENGTH in guest memory; addresses have 64 bits.
struct MemoryRangeArgument: ExpressibleByArgument {
    let start: UInt64
    let count: UInt64

    init?(argument: String) {
        let parts = argument.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = Self.address(parts[0]), let length = ByteCount.parse(parts[1]),
            length > 0, UInt64(length) - 1 <= .max - start
        else { return nil }
        self.start = start
        count = UInt64(length)
    }

    private static func address(_ text: Substring) -> UInt64? {
        if let small = ByteCount.parse(text) { return UInt64(small) }
        guard text.hasPrefix("0x") || text.hasPrefix("0X") else { return UInt64(text) }
        return UInt64(text.dropFirst(2), radix: 16)
    }
}
