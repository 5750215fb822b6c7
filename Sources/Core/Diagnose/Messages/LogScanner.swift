/// Finds the lines of a log that may hold a message, by looking at few of its bytes.
///
/// Each message has a row of `window` bytes that it spells out. Any such row in a log covers one of the places that
/// are looked at, `step` bytes from each other, with four bytes that a table knows.
package struct LogScanner: Sendable {
    package static let window = 12
    private static let step = window - 3

    private struct Entry: Sendable {
        package var gram: UInt32
        /// The row of bytes, and which of it the four are.
        package var row: Int
        package var place: Int
        package var next: Int32
    }

    private static let slotBits: UInt32 = 18
    private var filter = [UInt64](repeating: 0, count: 1 << (Int(slotBits) - 6))
    private var heads: [Int32] = [Int32](repeating: -1, count: 1 << 13)
    private var entries: [Entry] = []
    private var rows: [[UInt8]] = []

    /// Messages that spell out no such row are found only beside others.
    package init(_ patterns: [MessagePattern]) {
        var known: Set<[UInt8]> = []
        for pattern in patterns {
            guard let row = Self.row(of: pattern), known.insert(row).inserted else { continue }
            for place in 0..<Self.step { insert(row, rows.count, place) }
            rows.append(row)
        }
    }

    // The end of the longest text: beginnings such as "Failed to" are in many lines.
    private static func row(of pattern: MessagePattern) -> [UInt8]? {
        guard let text = pattern.literals.max(by: { $0.count < $1.count }), text.count >= window else {
            return nil
        }
        return Array(text.suffix(window))
    }

    private mutating func insert(_ row: [UInt8], _ number: Int, _ place: Int) {
        let gram = row[place..<place + 4].enumerated().reduce(UInt32(0)) {
            $0 | UInt32($1.element) << (8 * UInt32($1.offset))
        }
        let hash = Self.hash(gram)
        let slot = Int(hash >> (32 - Self.slotBits))
        filter[slot >> 6] |= 1 << UInt64(slot & 63)
        let head = Int(hash >> 19)
        entries.append(Entry(gram: gram, row: number, place: place, next: heads[head]))
        heads[head] = Int32(entries.count - 1)
    }

    private static func hash(_ gram: UInt32) -> UInt32 { gram &* 0x9e37_79b1 }

    /// So many rows there are.
    package var rowCount: Int { rows.count }

    /// The first row from `start` on, with its number; nil where there is none. O(bytes / step).
    package func firstHit(in bytes: RawSpan, from start: Int) -> (offset: Int, row: Int)? {
        let words = filter.span
        let end = bytes.byteCount - 4
        var at = start
        while at <= end {
            let gram = UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt32.self))
            let hash = Self.hash(gram)
            let slot = Int(hash >> (32 - Self.slotBits))
            if words[slot >> 6] & 1 << UInt64(slot & 63) != 0, let hit = verified(gram, hash, at, bytes),
                hit.offset >= start
            {
                return hit
            }
            at += Self.step
        }
        return nil
    }

    private func verified(_ gram: UInt32, _ hash: UInt32, _ at: Int, _ bytes: RawSpan) -> (
        offset: Int, row: Int
    )? {
        var number = heads[Int(hash >> 19)]
        while number >= 0 {
            let entry = entries[Int(number)]
            let start = at - entry.place
            if entry.gram == gram, start >= 0, start + Self.window <= bytes.byteCount {
                let row = rows[entry.row]
                var index = 0
                while index < Self.window,
                    bytes.unsafeLoadUnaligned(fromByteOffset: start + index, as: UInt8.self) == row[index]
                {
                    index += 1
                }
                if index == Self.window { return (start, entry.row) }
            }
            number = entry.next
        }
        return nil
    }
}

/// What is kept of a log: all of it while it is small, else the lines around those that may hold a message, of the
/// head and of the end. Memory does not depend on the length of the log.
package struct LogExcerpt {
    /// Smaller logs are kept whole.
    private let wholeLimit: Int
    /// Kept of the head, and of the end.
    private let partLimit: Int
    /// Longer lines are cut around what was found in them.
    private static let lineLimit = 1 << 15
    /// Bytes before a hit that are kept with it: the lines that explain it.
    private static let before = 1 << 11

    private let scanner: LogScanner
    private var whole: [UInt8] = []
    private var isWhole = true
    private var isWide: Bool?
    private var head: [UInt8] = []
    /// How often each row was met: what floods a log is not kept of its head again and again.
    private var counts: [Int]
    private static let repetitionLimit = 64
    /// Two halves that take turns.
    private var tails: [[UInt8]] = [[], []]
    /// The end of what was read, not yet scanned: a message may go on in the next part.
    private var rest: [UInt8] = []
    private var odd: [UInt8] = []
    /// Bytes of the log that hold a message and were not kept.
    private(set) var skippedCount = 0

    package init(_ scanner: LogScanner, wholeLimit: Int = 1 << 20, partLimit: Int = 1 << 21) {
        self.scanner = scanner
        counts = [Int](repeating: 0, count: scanner.rowCount)
        self.wholeLimit = wholeLimit
        self.partLimit = partLimit
    }

    /// Reads more of the log. O(bytes / step), and O(bytes) where messages are.
    package mutating func read(_ bytes: ArraySlice<UInt8>) {
        if isWide == nil, !bytes.isEmpty { isWide = LogText.isWide(Array(bytes.prefix(64))) }
        if isWide == true { return readWide(bytes) }
        readNarrow(bytes)
    }

    // Every other byte of UTF-16: all that messages are made of is ASCII.
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
        // The last piece waits for what follows it.
        let end = max(rest.count - Self.lineLimit, 0)
        var from = 0
        var kept = 0
        while let hit = scanner.firstHit(in: rest.span.bytes, from: from), hit.offset < end {
            take(hit, &from, &kept)
        }
        let cut = max(min(end - Self.before, rest.count), kept, 0)
        if cut > 0 { rest.removeFirst(cut) }
    }

    // The line of the hit and some before it: whole lines where they are not too long.
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

    /// What was kept, as one text.
    package mutating func finish() -> [UInt8] {
        if isWhole { return whole }
        var from = 0
        var kept = 0
        while let hit = scanner.firstHit(in: rest.span.bytes, from: from) { take(hit, &from, &kept) }
        rest = []
        return head + tails[0] + tails[1]
    }
}
