/// Finds the lines of a log that may contain a message, and reads few of its bytes.
///
/// Each message has a sequence of `window` literal bytes. Any such sequence in a log covers one of the
/// positions that the scanner reads, which are `step` bytes apart, with four bytes that are in a table.
package struct LogScanner: Sendable {
    package static let window = 12
    private static let step = window - 3

    /// A sequence of bytes as two numbers.
    private struct Row: Hashable {
        var start: UInt64
        var end: UInt32

        init(_ bytes: RawSpan, at offset: Int) {
            start = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            end = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)
        }
    }

    private struct Slot: Sendable {
        var row: Row
        var number: Int32
        /// The position of the table's bytes in the sequence.
        var place: Int32
        /// The next entry in the same slot; -1: none.
        var next: Int32
    }

    private static let slotBits: UInt32 = 18
    private var filter = [UInt64](repeating: 0, count: 1 << (Int(slotBits) - 6))
    private var heads: [Int32] = [Int32](repeating: -1, count: 1 << 13)
    private var entries: [Slot] = []
    /// The number of sequences.
    package private(set) var rowCount = 0

    /// Messages without such a sequence are found only beside others.
    package init(_ patterns: [MessagePattern]) {
        var counts: [UInt32: Int] = [:]
        for pattern in patterns {
            for text in pattern.literals { Self.grams(text).forEach { counts[$0, default: 0] += 1 } }
        }
        var known: Set<Row> = []
        for pattern in patterns {
            guard let row = Self.row(of: pattern, counts) else { continue }
            if known.insert(Row(row.span.bytes, at: 0)).inserted { insert(row) }
        }
    }

    private static func grams(_ text: [UInt8]) -> [UInt32] {
        let bytes = text.span.bytes
        return (0..<max(text.count - 3, 0)).map { gram(bytes, at: $0) }
    }

    private static func gram(_ bytes: RawSpan, at offset: Int) -> UInt32 {
        bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }

    // The sequence with the rarest bytes: common text such as "Failed to" is also in many other lines.
    private static func row(of pattern: MessagePattern, _ counts: [UInt32: Int]) -> [UInt8]? {
        var best: (row: [UInt8], weight: Int)?
        for text in pattern.literals where text.count >= window {
            let weights = grams(text).map { counts[$0, default: 0] }
            // Among equally rare sequences, prefer the later: messages with the same beginning differ at the
            // end.
            for start in 0...text.count - window {
                let weight = weights[start..<start + step].reduce(0, +)
                if weight <= best?.weight ?? .max { best = (Array(text[start..<start + window]), weight) }
            }
        }
        return best?.row
    }

    private mutating func insert(_ row: [UInt8]) {
        let bytes = row.span.bytes
        for place in 0..<Self.step {
            let hash = Self.hash(Self.gram(bytes, at: place))
            let slot = Int(hash >> (32 - Self.slotBits))
            filter[slot >> 6] |= 1 << UInt64(slot & 63)
            let head = Int(hash >> 19)
            entries.append(
                Slot(
                    row: Row(bytes, at: 0), number: Int32(rowCount), place: Int32(place), next: heads[head]))
            heads[head] = Int32(entries.count - 1)
        }
        rowCount += 1
    }

    private static func hash(_ gram: UInt32) -> UInt32 { gram &* 0x9e37_79b1 }

    /// Returns the first sequence from `start` on, with its number; nil when there is none. O(bytes / step).
    package func firstHit(in bytes: RawSpan, from start: Int) -> (offset: Int, row: Int)? {
        let words = filter.span
        let end = bytes.byteCount - 4
        var at = start
        while at <= end {
            let hash = Self.hash(Self.gram(bytes, at: at))
            let slot = Int(hash >> (32 - Self.slotBits))
            if words[slot >> 6] & 1 << UInt64(slot & 63) != 0, let hit = verified(hash, at, bytes),
                hit.offset >= start
            {
                return hit
            }
            at += Self.step
        }
        return nil
    }

    private func verified(_ hash: UInt32, _ at: Int, _ bytes: RawSpan) -> (offset: Int, row: Int)? {
        let entries = entries.span
        var next = Int(heads[Int(hash >> 19)])
        while next >= 0 {
            let place = Int(entries[next].place)
            let start = at - place
            if start >= 0, start + Self.window <= bytes.byteCount,
                entries[next].row == Row(bytes, at: start)
            {
                return (start, Int(entries[next].number))
            }
            next = Int(entries[next].next)
        }
        return nil
    }
}

/// The kept part of a log: all of a small log; otherwise the head, the end, and the lines around possible
/// messages. Memory use does not depend on the length of the log.
package struct LogExcerpt {
    /// The maximum size of a log that is kept whole.
    private let wholeLimit: Int
    /// The sizes of the kept head and of the kept end.
    private let partLimit: Int
    /// The maximum length of a line; a longer one is cut around the hits in it.
    private static let lineLimit = 1 << 15
    /// The number of bytes that are kept before a hit: the lines that explain it.
    private static let before = 1 << 11

    private let scanner: LogScanner
    private var whole: [UInt8] = []
    /// Whether the whole log is kept.
    package private(set) var isWhole = true
    private var isWide: Bool?
    private var head: [UInt8] = []
    /// The number of hits of each sequence: a message that floods a log is kept only a limited number of
    /// times.
    private var counts: [Int]
    private static let repetitionLimit = 64
    /// Two halves, used alternately.
    private var tails: [[UInt8]] = [[], []]
    /// The unscanned end of the last piece: a message may continue in the next one.
    private var rest: [UInt8] = []
    private var odd: [UInt8] = []
    /// The number of bytes with messages that were not kept.
    private(set) var skippedCount = 0

    package init(_ scanner: LogScanner, wholeLimit: Int = 1 << 20, partLimit: Int = 1 << 21) {
        self.scanner = scanner
        counts = [Int](repeating: 0, count: scanner.rowCount)
        self.wholeLimit = wholeLimit
        self.partLimit = partLimit
    }

    /// Reads more of the log. O(bytes / step), and O(bytes) near messages.
    package mutating func read(_ bytes: ArraySlice<UInt8>) {
        if isWide == nil, !bytes.isEmpty { isWide = LogText.isWide(Array(bytes.prefix(64))) }
        if isWide == true { return readWide(bytes) }
        readNarrow(bytes)
    }

    // Keep every other byte of UTF-16: messages consist of ASCII.
    private mutating func readWide(_ bytes: ArraySlice<UInt8>) {
        odd += bytes
        let even = odd.count & ~1
        var narrow: [UInt8] = []
        narrow.reserveCapacity(even / 2)
        for at in stride(from: 0, to: even, by: 2) {
            let unit = odd[at] == 0 ? odd[at + 1] : odd[at + 1] == 0 ? odd[at] : UInt8(ascii: "?")
            if odd[at] != 0xff, odd[at] != 0xfe || odd[at + 1] != 0xff { narrow.append(unit) }
        }
        odd = Array(odd[even...])
        readNarrow(narrow[...])
    }

    private mutating func readNarrow(_ bytes: ArraySlice<UInt8>) {
        if isWhole {
            whole += bytes
            guard whole.count > wholeLimit else { return }
            isWhole = false
            let all = whole
            whole = []
            return scan(all[...])
        }
        scan(bytes)
    }

    private mutating func scan(_ bytes: ArraySlice<UInt8>) {
        rest += bytes
        // The end of the piece waits for its continuation.
        let end = max(rest.count - Self.lineLimit, 0)
        var from = 0
        var kept = 0
        while let hit = scanner.firstHit(in: rest.span.bytes, from: from), hit.offset < end {
            take(hit, &from, &kept)
        }
        let cut = max(min(end - Self.before, rest.count), kept, 0)
        if cut > 0 { rest.removeFirst(cut) }
    }

    // The line of the hit and some lines before it, whole if they are not too long.
    private func excerpt(around hit: Int, notBefore: Int) -> Range<Int> {
        var start = max(notBefore, hit - Self.before)
        if start > notBefore, let next = rest[start..<hit].firstIndex(of: 0x0a) { start = next + 1 }
        let limit = min(rest.count, hit + Self.lineLimit / 2)
        let end = rest[hit..<limit].firstIndex(of: 0x0a).map { $0 + 1 } ?? limit
        return start..<end
    }

    private mutating func take(_ hit: (offset: Int, row: Int), _ from: inout Int, _ kept: inout Int) {
        counts[hit.row] += 1
        let range = excerpt(around: hit.offset, notBefore: kept)
        keep(range, isRare: counts[hit.row] <= Self.repetitionLimit)
        kept = range.upperBound
        from = max(kept, hit.offset + 1)
    }

    private mutating func keep(_ range: Range<Int>, isRare: Bool) {
        if isRare, head.count < partLimit {
            head += rest[range]
            return
        }
        if tails[1].count > partLimit / 4 {
            skippedCount += tails[0].count
            tails[0] = tails[1]
            tails[1] = []
        }
        tails[1] += rest[range]
    }

    /// Returns the kept parts as one text.
    package mutating func finish() -> [UInt8] {
        if isWhole { return whole }
        var from = 0
        var kept = 0
        while let hit = scanner.firstHit(in: rest.span.bytes, from: from) { take(hit, &from, &kept) }
        rest = []
        return head + tails[0] + tails[1]
    }
}
