import Synchronization

/// Reads a region in windows, so that a scan keeps only some MiB in memory however long the file is.
///
/// The pages of a window are mapped at once, at a third of the cost of separate faults; the previous window
/// is released. During forward reading, windows grow and the next bytes are read ahead, so that an uncached
/// file is read at the speed of the disk. After a jump, windows are small again.
package struct ForwardWindow: Sendable {
    /// The sizes of a window in bytes. The first ones are smaller, because many scans are short.
    private static let largest = 8 << 20
    private static let smallest = 1 << 19
    /// The size of the first window after a jump, in bytes.
    private static let afterJump = 1 << 16

    private let region: MappedRegion
    private let limit: Int
    private var size = smallest
    /// The range that is mapped now.
    package private(set) var range: Range<Int>

    /// Starts at `start`; nothing at or after `limit` is read.
    package init(_ region: MappedRegion, from start: Int, limit: Int) {
        self.region = region
        self.limit = limit
        range = start..<start
    }

    /// Moves the window to `offset` unless it is inside. O(1) inside it, O(pages of a window) otherwise.
    @inline(__always)
    package mutating func move(to offset: Int) {
        if offset >= range.upperBound || offset < range.lowerBound { slide(to: offset) }
    }

    private mutating func slide(to offset: Int) {
        guard offset >= 0, offset < limit else { return }
        region.advise(.done, range)
        let isForward = offset >= range.upperBound && offset - range.upperBound <= size
        if !isForward { size = Self.afterJump }
        let end = min(offset + size, limit)
        // This includes the first window, because mapping alone would read it page by page.
        readAhead(offset..<end)
        if isForward { readAhead(end..<min(end + size, limit)) }
        region.advise(.now, offset..<end)
        range = offset..<end
        size = min(2 * size, Self.largest)
    }

    // A request to read cached pages costs as much as mapping them, so three pages are sampled instead of the
    // whole window.
    private func readAhead(_ next: Range<Int>) {
        guard let last = next.last else { return }
        let samples = [next.lowerBound, next.lowerBound + next.count / 2, last]
        if samples.allSatisfy({ region.residentPageCount(in: $0..<$0 + 1) == 1 }) { return }
        region.advise(.soon, next)
    }

    /// Releases the last window.
    package mutating func close() {
        region.advise(.done, range)
        range = range.lowerBound..<range.lowerBound
    }
}

extension ForwardWindow {
    // The size in bytes below which releasing is not worthwhile.
    private static let smallestGivenBack = 1 << 16

    /// Returns the first result of `find` for consecutive parts of `range`. A part is released when the next
    /// one is searched. `find` may read past the end of its part. O(range) time, O(1) memory.
    package static func first<Found>(
        in region: MappedRegion, _ range: Range<Int>, _ find: (Range<Int>) -> Found?
    ) -> Found? {
        guard range.count >= smallestGivenBack else { return range.isEmpty ? nil : find(range) }
        var window = ForwardWindow(region, from: range.lowerBound, limit: range.upperBound)
        defer { window.close() }
        var from = range.lowerBound
        while from < range.upperBound {
            window.move(to: from)
            if let found = find(from..<window.range.upperBound) { return found }
            from = window.range.upperBound
        }
        return nil
    }
}

/// A window that several readers share, possibly on different threads.
package final class SharedWindow: Sendable {
    private let window: Mutex<ForwardWindow>

    package init(_ region: MappedRegion) {
        window = Mutex(ForwardWindow(region, from: 0, limit: region.count))
    }

    /// Moves the window to `offset` unless it is inside.
    package func move(to offset: Int) { window.withLock { $0.move(to: offset) } }

    /// Releases the last window; its bytes remain readable.
    package func close() { window.withLock { $0.close() } }
}
