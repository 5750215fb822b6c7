/// Reads a region forwards in windows, so that a scan keeps some MiB in memory however long the file is.
///
/// The pages of a window are mapped at once, which costs a third of a fault for each; those after it are given
/// back; those after it are read ahead, so that a file that is not in the cache comes at the speed of the disk.
package struct ForwardWindow: Sendable {
    /// Bytes of a window. The first ones are smaller: many scans are short.
    private static let largest = 8 << 20
    private static let smallest = 1 << 19

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
        if offset >= range.upperBound { slide(to: offset) }
    }

    private mutating func slide(to offset: Int) {
        guard offset < limit else { return }
        region.advise(.done, range)
        let end = min(offset + size, limit)
        readAhead(end..<min(end + size, limit))
        region.advise(.now, offset..<end)
        range = offset..<end
        size = min(2 * size, Self.largest)
    }

    // Asking the kernel to read what it has costs as much as mapping it: three pages stand for the window.
    private func readAhead(_ next: Range<Int>) {
        guard let last = next.last else { return }
        let samples = [next.lowerBound, next.lowerBound + next.count / 2, last]
        if samples.allSatisfy({ region.residentPageCount(in: $0..<$0 + 1) == 1 }) { return }
        region.advise(.soon, next)
    }

    /// Gives the last window back.
    package func close() { region.advise(.done, range) }
}
