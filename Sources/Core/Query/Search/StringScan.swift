import Bytes

/// Searches a range of bytes for runs of printable text: ASCII, and ASCII characters as little-endian UTF-16,
/// as in Windows guests.
package struct StringScan: OffsetScan, Sendable {
    /// The default minimum length of a run, in characters.
    package static let usual = 6
    /// The limits for the minimum length: one character is not a text, and few texts are longer than a
    /// screen.
    package static let least = 2
    package static let most = 1000

    /// A run of text.
    package struct Run: Equatable, Sendable {
        /// The offset of the first byte.
        package var offset: Int
        package var characters: Int
        /// Whether each character takes two bytes.
        package var isWide: Bool
    }

    /// The runs, in stream order.
    package private(set) var runs: [Run] = []
    /// The offsets of the runs.
    package private(set) var offsets: [Int] = []
    private let region: MappedRegion
    private let range: Range<Int>
    private let least: Int
    private var window: ForwardWindow
    private var position: Int
    // The run that has not ended: its length in characters and its offset. For a wide run also whether the
    // next byte is the upper half of a character.
    private var narrow = 0
    private var wide = 0
    private var wideStart = 0
    private var wantsZero = false

    package init(_ region: MappedRegion, in range: Range<Int>, least: Int = usual) {
        self.region = region
        self.range = range.clamped(to: 0..<region.count)
        self.least = max(least, 2)
        window = ForwardWindow(region, from: self.range.lowerBound, limit: self.range.upperBound)
        position = self.range.lowerBound
    }

    package var isFinished: Bool { position >= range.upperBound || offsets.count >= ScanLimit.matches }
    package var progress: Double {
        range.isEmpty ? 1 : Double(position - range.lowerBound) / Double(range.count)
    }

    /// Reads at most `budget` bytes. O(budget). Releases the memory of what it has read, so that a scan of a
    /// large file uses little memory.
    package mutating func step(budget: Int) {
        guard !isFinished else { return }
        window.move(to: position)
        let stop = min(range.upperBound, window.range.upperBound, position + max(budget, 1))
        let region = region
        let bytes = region.span(position..<stop)
        var index = 0
        while index < bytes.byteCount, offsets.count < ScanLimit.matches {
            add(bytes[byteAt: index], at: position + index)
            index += 1
        }
        position += index
        if position >= range.upperBound {
            endNarrow(at: position)
            endWide()
        }
        if isFinished { window.close() }
    }

    private mutating func add(_ byte: UInt8, at offset: Int) {
        let isText = (0x20...0x7e).contains(byte) || byte == 0x09
        if isText { narrow += 1 } else { endNarrow(at: offset) }
        if wantsZero {
            wantsZero = false
            if byte == 0 {
                wide += 1
                return
            }
            endWide()
        }
        guard isText else { return endWide() }
        if wide == 0 { wideStart = offset }
        wantsZero = true
    }

    private mutating func endNarrow(at offset: Int) {
        if narrow >= least { add(Run(offset: offset - narrow, characters: narrow, isWide: false)) }
        narrow = 0
    }

    private mutating func endWide() {
        if wide >= least { add(Run(offset: wideStart, characters: wide, isWide: true)) }
        wide = 0
    }

    // Runs end almost in the order in which they begin: a wide run may end at the character that begins a
    // narrow one.
    private mutating func add(_ run: Run) {
        var place = runs.count
        while place > 0, runs[place - 1].offset > run.offset { place -= 1 }
        runs.insert(run, at: place)
        offsets.insert(run.offset, at: place)
    }
}

extension MappedRegion {
    /// Returns the text of a run that `StringScan` has found; at most `limit` characters. O(limit).
    package func text(of run: StringScan.Run, limit: Int) -> String {
        let count = min(run.characters, limit)
        let bytes = copy(run.offset..<run.offset.addingSaturated(run.isWide ? 2 * count : count))
        let characters = run.isWide ? stride(from: 0, to: bytes.count, by: 2).map { bytes[$0] } : bytes
        return String(decoding: characters, as: UTF8.self)
    }
}
