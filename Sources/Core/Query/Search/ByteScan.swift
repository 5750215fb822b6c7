import Bytes

/// A search that reads values or bytes, in steps: progress can be shown between them, and it can be left.
package protocol OffsetScan {
    /// Where matches begin, ascending, in bytes from the start of the stream.
    var offsets: [Int] { get }
    var isFinished: Bool { get }
    /// From 0 to 1.
    var progress: Double { get }
    /// Reads about this many bytes or fields more.
    mutating func step(budget: Int)
}

/// What all scans have in common.
package enum ScanLimit {
    /// A scan ends after this many matches: no one looks at more.
    package static let matches = 1 << 20
}

/// Looks for bytes in the whole stream. Overlapping matches count.
package struct ByteScan: OffsetScan, Sendable {
    package private(set) var offsets: [Int] = []
    private let pattern: BytePattern
    private let region: MappedRegion
    private var window: ForwardWindow
    private var position = 0

    package init(_ pattern: BytePattern, in region: MappedRegion) {
        self.pattern = pattern
        self.region = region
        window = ForwardWindow(region, from: 0, limit: region.count)
    }

    private var end: Int { region.count - pattern.count + 1 }

    package var isFinished: Bool { position >= end || offsets.count >= ScanLimit.matches }
    package var progress: Double { end <= 0 ? 1 : Double(min(position, end)) / Double(end) }

    /// The matches since they were taken last, which do not count any more.
    package mutating func takeOffsets() -> [Int] {
        defer { offsets = [] }
        return offsets
    }

    /// O(budget). What was read is given back: a scan of a large file stays small. Holes are passed over.
    package mutating func step(budget: Int) {
        guard !isFinished else { return }
        guard let start = pattern.place(atOrAfter: position, in: region) else { return position = end }
        guard start < end else { return position = end }
        window.move(to: start)
        let stop = min(end, window.range.upperBound, start + max(budget, 1))
        let piece = region.slice(start..<stop + pattern.count - 1)
        var next = 0
        while let found = pattern.first(in: piece, from: next), offsets.count < ScanLimit.matches {
            offsets.append(start + found)
            next = found + 1
        }
        position = stop
        if isFinished { window.close() }
    }
}
