import Synchronization

/// Reads a region in windows, so that a scan keeps some MiB in memory however long the file is.
///
/// The pages of a window are mapped at once, which costs a third of a fault for each; those of the window before are given
/// back. While reading goes forwards windows grow, and what follows is read ahead, so that a file that is not in the
/// cache comes at the speed of the disk; after a jump they are small again.
package struct ForwardWindow: Sendable {
    /// Bytes of a window. The first ones are smaller: many scans are short.
    private static let largest = 8 << 20
    private static let smallest = 1 << 19
    /// Bytes of the first window after a jump.
    private static let afterJump = 1 << 16

    private let region: MappedRegion
    private let limit: Int
    private var size = smallest
    /// The bytes that are mapped now.
    package private(set) var range: Range<Int>

    /// Begins at `start`; nothing at or after `limit` is wanted.
    package init(_ region: MappedRegion, from start: Int, limit: Int) {
        self.region = region
        self.limit = limit
        range = start..<start
    }

    /// Makes sure that `offset` is in the window. O(1) inside it, O(pages of a window) else.
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
        // Of the first window, too: mapping alone would read it page by page.
        readAhead(offset..<end)
        if isForward { readAhead(end..<min(end + size, limit)) }
        region.advise(.now, offset..<end)
        range = offset..<end
        size = min(2 * size, Self.largest)
    }

    // Asking the kernel to read what it has costs as much as mapping it: three pages are asked about in place of the window.
    private func readAhead(_ next: Range<Int>) {
        guard let last = next.last else { return }
        let samples = [next.lowerBound, next.lowerBound + next.count / 2, last]
        if samples.allSatisfy({ region.residentPageCount(in: $0..<$0 + 1) == 1 }) { return }
        region.advise(.soon, next)
    }

    /// Gives the last window back.
    package mutating func close() {
        region.advise(.done, range)
        range = range.lowerBound..<range.lowerBound
    }
}

extension ForwardWindow {
    // Less is not worth giving back.
    private static let smallestGivenBack = 1 << 16

    /// What `find` gives for the first part of `range` for which it gives something; parts follow each other, and a part
    /// is given back when the next is looked through. `find` may look past the end of its part. O(range), in memory of
    /// O(1).
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

/// A window that several readers share, who may be on different threads.
package final class SharedWindow: Sendable {
    private let window: Mutex<ForwardWindow>

    package init(_ region: MappedRegion) {
        window = Mutex(ForwardWindow(region, from: 0, limit: region.count))
    }

    /// Makes sure that `offset` is in the window.
    package func move(to offset: Int) { window.withLock { $0.move(to: offset) } }

    /// Gives the last window back; what is in it stays readable.
    package func close() { window.withLock { $0.close() } }
}
