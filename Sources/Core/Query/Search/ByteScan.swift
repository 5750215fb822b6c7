import Bytes

/// A search of values or bytes in steps: it can show progress and be stopped between them.
package protocol OffsetScan {
    /// The offsets of the matches, ascending, in bytes from the start of the stream.
    var offsets: [Int] { get }
    var isFinished: Bool { get }
    /// The progress, from 0 to 1.
    var progress: Double { get }
    /// Reads about this many more bytes or fields.
    mutating func step(budget: Int)
}

/// The limit of all scans.
package enum ScanLimit {
    /// The number of matches after which a scan ends: nobody reads more.
    package static let matches = 1 << 20
}

/// Searches the whole stream for bytes. Overlapping matches count.
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

    /// Returns the matches since the previous call, and removes them.
    package mutating func takeOffsets() -> [Int] {
        defer { offsets = [] }
        return offsets
    }

    /// Reads at most `budget` bytes. O(budget). Releases the memory of what it has read, so that a scan of a
    /// large file uses little memory. Skips holes.
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
