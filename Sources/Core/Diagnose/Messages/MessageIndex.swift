/// Finds the messages that a line may hold by four of their bytes, so that a log's other lines cost one pass.
package struct MessageIndex: Sendable {
    private var filter = [UInt64](repeating: 0, count: 1 << 10)
    private var entries: [UInt32: [Int]] = [:]

    /// Patterns without four bytes in a row are never found.
    package init(_ patterns: [MessagePattern]) {
        for (number, pattern) in patterns.enumerated() {
            guard let gram = pattern.gram else { continue }
            entries[gram, default: []].append(number)
            let slot = Self.slot(gram)
            filter[slot >> 6] |= 1 << UInt64(slot & 63)
        }
    }

    package static func gram(_ bytes: [UInt8], at index: Int) -> UInt32 {
        bytes[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func slot(_ gram: UInt32) -> Int { Int(truncatingIfNeeded: (gram &* 0x9e37_79b1) >> 16) }

    /// The numbers of the patterns that may be in `line`, ascending. O(line).
    package func candidates(_ line: [UInt8]) -> [Int] {
        guard line.count >= 4 else { return [] }
        let (bytes, words) = (line.span, filter.span)
        var found: [Int] = []
        var gram: UInt32 = 0
        for index in bytes.indices {
            gram = gram << 8 | UInt32(bytes[index])
            let slot = Self.slot(gram)
            if words[slot >> 6] & 1 << UInt64(slot & 63) != 0, index >= 3, let numbers = entries[gram] {
                found += numbers
            }
        }
        return found.count > 1 ? Array(Set(found)).sorted() : found
    }
}
