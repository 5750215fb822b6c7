import TestSupport

/// Changes an input as somebody would who knows what is in it: numbers become extreme ones, pieces go, come twice or
/// change places, and lengths that say how long something is are often made right again.
package struct Mutator {
    package var generator: SeededGenerator

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// An input of that shape, changed; never longer than `limit` bytes.
    package mutating func mutate(_ bytes: [UInt8], as shape: InputShape, limit: Int) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            switch shape {
            case .stream: result = stream(result)
            case .pair: result = pair(result)
            case .text: result = text(result)
            case .bytes: result = raw(result)
            }
        }
        return Array(result.prefix(limit))
    }

    // MARK: Streams

    private mutating func stream(_ bytes: [UInt8]) -> [UInt8] {
        guard let text = DescriptionText(bytes), oneIn(4, times: 3) else { return raw(bytes) }
        let json = Array(bytes[text.range])
        let changed = oneIn(2) ? number(json) : self.text(json)
        let length = oneIn(8) ? extreme() : UInt64(changed.count)
        let word = (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt64($0))) }
        return Array(bytes[..<text.lengthOffset]) + word + changed + bytes[text.range.upperBound...]
    }

    private mutating func pair(_ bytes: [UInt8]) -> [UInt8] {
        let parts = InputPair(bytes)
        return oneIn(2)
            ? InputPair(first: stream(parts.first), second: parts.second).bytes
            : InputPair(first: parts.first, second: stream(parts.second)).bytes
    }

    // MARK: Text

    /// Another number in place of one in the text.
    private mutating func number(_ bytes: [UInt8]) -> [UInt8] {
        let places = Self.runs(in: bytes) { (0x30...0x39).contains($0) || $0 == 0x2d }
        guard let place = places.randomElement(using: &generator) else { return raw(bytes) }
        let old = Int(String(decoding: bytes[place], as: UTF8.self)) ?? 0
        let new: Int =
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: old &+ .random(in: -2...2, using: &generator)
            case 1: old &* .random(in: 2...300, using: &generator)
            default: Int(truncatingIfNeeded: extreme())
            }
        return Array(bytes[..<place.lowerBound]) + Array(String(new).utf8) + bytes[place.upperBound...]
    }

    /// A piece between brackets, quotes or lines is left out, comes twice, or takes another's place.
    private mutating func text(_ bytes: [UInt8]) -> [UInt8] {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return number(bytes)
        case 1: return raw(bytes)
        default: break
        }
        let pieces = Self.pieces(of: bytes, kind: .random(in: 0..<3, using: &generator))
        guard let piece = pieces.randomElement(using: &generator),
            let other = pieces.randomElement(using: &generator)
        else { return raw(bytes) }
        let content: [UInt8] =
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: []
            case 1: Array(bytes[piece]) + bytes[piece]
            case 2: Array((Self.words.randomElement(using: &generator) ?? "").utf8)
            default: Array(bytes[other])
            }
        return Array(bytes[..<piece.lowerBound]) + content + bytes[piece.upperBound...]
    }

    /// Types and keys that descriptions and settings know.
    private static let words = [
        "\"uint32\"", "\"buffer\"", "\"struct\"", "\"virtio\"", "\"qtailq\"", "\"gtree\"", "\"nullptr\"",
        "\"ptr-marker\"", "\"capability\"", "\"tmp\"", "\"vstruct\"", "\"bitmap\"", "\"timer\"", "\"bool\"",
        "\"array_len\": 9223372036854775807, ", "\"index\": 1, ", "\"size\": 4611686018427387904, ",
        "\"size\": 0, ", "\"size\": -1, ", "\"field_exists\": true, ", "\"num\": 4294967297, ", "{}", "[]",
        "null", "[keys]\n", "theme = \"x\"\n", "\n",
    ]

    // MARK: Bytes

    /// Bytes without meaning: flips, numbers of each width and order, cuts, pieces twice or elsewhere.
    private mutating func raw(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [.random(in: 0...255, using: &generator)] }
        var result = bytes
        let place = Int.random(in: bytes.indices, using: &generator)
        let length = min(bytes.count - place, 1 << Int.random(in: 0...8, using: &generator))
        let range = place..<place + length
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: result[place] = .random(in: 0...255, using: &generator)
        case 2, 3:
            let width = 1 << Int.random(in: 0...3, using: &generator)
            let value = extreme()
            let isBig = oneIn(2)
            for index in 0..<min(width, bytes.count - place) {
                let shift = 8 * UInt64(isBig ? width - 1 - index : index)
                result[place + index] = UInt8(truncatingIfNeeded: value >> shift)
            }
        case 4: result.removeSubrange(range)
        case 5:
            result.insert(contentsOf: bytes[range], at: .random(in: 0...bytes.count, using: &generator))
        case 6: result = Array(bytes[..<place])
        default: for index in range { result[index] = 0xff }
        }
        return result
    }

    // MARK: Chance

    private mutating func oneIn(_ count: Int, times: Int = 1) -> Bool {
        Int.random(in: 0..<count, using: &generator) < times
    }

    /// A number that code is often wrong about.
    private mutating func extreme() -> UInt64 {
        let base: UInt64 = 1 << UInt64.random(in: 0..<64, using: &generator)
        let step: UInt64 = [0, 1, .max].randomElement(using: &generator) ?? 0
        return base &+ step
    }

    // MARK: Places in text

    private static func runs(in bytes: [UInt8], _ isInside: (UInt8) -> Bool) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            if isInside(byte) {
                start = start ?? index
            } else if let begin = start {
                result.append(begin..<index)
                start = nil
            }
        }
        if let start { result.append(start..<bytes.count) }
        return result
    }

    /// Pieces of one kind: 0 between brackets that belong together, 1 between quotes, 2 lines.
    private static func pieces(of bytes: [UInt8], kind: Int) -> [Range<Int>] {
        switch kind {
        case 0: brackets(in: bytes)
        case 1: runs(in: bytes) { $0 != 0x22 }
        default: runs(in: bytes) { $0 != 0x0a }
        }
    }

    private static func brackets(in bytes: [UInt8]) -> [Range<Int>] {
        var open: [Int] = []
        var result: [Range<Int>] = []
        for (index, byte) in bytes.enumerated() {
            if byte == 0x7b || byte == 0x5b { open.append(index) }
            if byte == 0x7d || byte == 0x5d, let start = open.popLast() { result.append(start..<index + 1) }
        }
        return result
    }
}

/// Where the description of a stream is, by its frame at the end: 0x06, a length, JSON.
private struct DescriptionText {
    var range: Range<Int>
    var lengthOffset: Int { range.lowerBound - 4 }

    init?(_ bytes: [UInt8]) {
        guard let end = bytes.lastIndex(of: 0x7d), end > 8 else { return nil }
        // The JSON holds no byte below the space but newlines: going back, the frame is the first one.
        var start = end
        while start > 0, bytes[start - 1] >= 0x20 || bytes[start - 1] == 0x0a, bytes[start - 1] < 0x7f {
            start -= 1
        }
        while start < end, bytes[start] != 0x7b { start += 1 }
        guard start >= 5, start < end else { return nil }
        range = start..<end + 1
    }
}

/// Two inputs in one: the length of the first as four bytes, little-endian, and both.
package struct InputPair {
    package var first: [UInt8]
    package var second: [UInt8]

    package init(first: [UInt8], second: [UInt8]) {
        self.first = first
        self.second = second
    }

    package init(_ bytes: [UInt8]) {
        let length = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        let rest = bytes.dropFirst(4)
        first = Array(rest.prefix(length))
        second = Array(rest.dropFirst(length))
    }

    package var bytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: first.count >> (8 * $0)) } + first + second
    }
}

/// What an input consists of, as far as the mutator is concerned.
package enum InputShape: Sendable {
    case stream, pair, text, bytes
}
