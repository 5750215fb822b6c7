/// Finds the messages that a line may hold by four of their bytes, so that a log's other lines cost one pass.
package struct MessageIndex: Sendable {
    /// Where four bytes of a pattern were met.
    package struct Candidate: Hashable {
        package var pattern: Int
        /// Where the four bytes begin.
        package var offset: Int
    }

    private var filter = [UInt64](repeating: 0, count: 1 << 10)
    private var entries: [UInt32: [Int]] = [:]

    /// Patterns without four bytes in a row are never found.
    package init(_ patterns: [MessagePattern]) {
        var counts: [UInt32: Int] = [:]
        for pattern in patterns { for gram in Set(Self.grams(pattern)) { counts[gram, default: 0] += 1 } }
        for (number, pattern) in patterns.enumerated() {
            // The rarest: words such as "failed" are in many messages, and in all logs.
            guard let gram = Self.grams(pattern).min(by: { counts[$0, default: 0] < counts[$1, default: 0] })
            else { continue }
            entries[gram, default: []].append(number)
            let slot = Self.slot(gram)
            filter[slot >> 6] |= 1 << UInt64(slot & 63)
        }
    }

    private static func grams(_ pattern: MessagePattern) -> [UInt32] {
        pattern.literals.flatMap { text -> [UInt32] in
            guard text.count >= 4 else { return [] }
            return (0...text.count - 4).map { gram(text, at: $0) }
        }
    }

    private static func gram(_ bytes: [UInt8], at index: Int) -> UInt32 {
        bytes[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func slot(_ gram: UInt32) -> Int { Int(truncatingIfNeeded: (gram &* 0x9e37_79b1) >> 16) }

    /// The patterns that may be in `line`, in the order of their bytes. O(line).
    package func candidates(_ line: [UInt8]) -> [Candidate] {
        guard line.count >= 4 else { return [] }
        let (bytes, words) = (line.span, filter.span)
        var found: [Candidate] = []
        var gram: UInt32 = 0
        for index in bytes.indices {
            gram = gram << 8 | UInt32(bytes[index])
            let slot = Self.slot(gram)
            if words[slot >> 6] & 1 << UInt64(slot & 63) != 0, index >= 3, let numbers = entries[gram] {
                for number in numbers { found.append(Candidate(pattern: number, offset: index - 3)) }
            }
        }
        return found
    }
}
