/// A search that reads values or bytes, in steps: progress can be shown between them, and it can be left.
public protocol OffsetScan {
    /// Where matches begin, ascending, in bytes from the start of the stream.
    var offsets: [Int] { get }
    var isFinished: Bool { get }
    /// From 0 to 1.
    var progress: Double { get }
    /// Reads about so many bytes or fields more.
    mutating func step(budget: Int)
}

/// What all scans have in common.
public enum ScanLimit {
    /// A scan ends after so many matches: nobody looks at more.
    public static let matches = 1 << 20
}

/// Looks for bytes in the whole stream. Overlapping matches count.
public struct ByteScan: OffsetScan, Sendable {
    public private(set) var offsets: [Int] = []
    private let pattern: BytePattern
    private let region: MappedRegion
    private var position = 0

    public init(_ pattern: BytePattern, in region: MappedRegion) {
        self.pattern = pattern
        self.region = region
    }

    private var end: Int { region.count - pattern.count + 1 }

    public var isFinished: Bool { position >= end || offsets.count >= ScanLimit.matches }
    public var progress: Double { end <= 0 ? 1 : Double(min(position, end)) / Double(end) }

    /// O(budget).
    public mutating func step(budget: Int) {
        guard !isFinished else { return }
        let stop = min(end, position.addingSaturated(max(budget, 1)))
        let window = region.slice(position..<stop + pattern.count - 1)
        var next = 0
        while let found = pattern.first(in: window, from: next), offsets.count < ScanLimit.matches {
            offsets.append(position + found)
            next = found + 1
        }
        position = stop
    }
}
