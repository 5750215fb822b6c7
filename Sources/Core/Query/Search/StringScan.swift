import Bytes

/// Looks for runs of printable text in a range of bytes: ASCII, and ASCII characters as UTF-16 in little-endian order,
/// which Windows guests hold.
package struct StringScan: OffsetScan, Sendable {
    /// The fewest characters of a run, unless somebody wants other runs.
    package static let usual = 6
    /// What may be asked for: a run of one character is no text, and few texts are longer than a page of a screen.
    package static let least = 2
    package static let most = 1000

    /// A run of text.
    package struct Run: Equatable, Sendable {
        /// Of the first byte.
        package var offset: Int
        package var characters: Int
        /// Whether each character is two bytes.
        package var isWide: Bool
    }

    /// In the order of the stream.
    package private(set) var runs: [Run] = []
    /// Where the runs begin.
    package private(set) var offsets: [Int] = []
    private let region: MappedRegion
    private let range: Range<Int>
    private let least: Int
    private var window: ForwardWindow
    private var position: Int
    // The run that has not ended: how many characters, and where the first of them begins. Of a wide one also whether
    // the next byte is the upper half of a character.
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

    /// O(budget). What was read is given back: a scan of a large file stays small.
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

    // Runs end about in the order in which they begin: a wide one may end with the character that begins a narrow one.
    private mutating func add(_ run: Run) {
        var place = runs.count
        while place > 0, runs[place - 1].offset > run.offset { place -= 1 }
        runs.insert(run, at: place)
        offsets.insert(run.offset, at: place)
    }
}

extension MappedRegion {
    /// The text of a run, as `StringScan` finds it; at most `limit` characters. O(limit).
    package func text(of run: StringScan.Run, limit: Int) -> String {
        let count = min(run.characters, limit)
        let bytes = copy(run.offset..<run.offset.addingSaturated(run.isWide ? 2 * count : count))
        let characters = run.isWide ? stride(from: 0, to: bytes.count, by: 2).map { bytes[$0] } : bytes
        return String(decoding: characters, as: UTF8.self)
    }
}
