/// Reads a region forwards in windows, so that a scan keeps some MiB in memory however long the file is.
///
/// The pages of a window are mapped at once, which costs a third of a fault for each; those behind it are given
/// back; those after it are read ahead, so that a file that is not in the cache comes at the speed of the disk.
struct ForwardWindow: Sendable {
    /// Bytes of a window. The first ones are smaller: many scans are short.
    private static let largest = 8 << 20
    private static let smallest = 1 << 19

    private let region: MappedRegion
    private let limit: Int
    private var size = smallest
    /// The bytes that are mapped now.
    private(set) var range: Range<Int>

    /// Begins at `start`; nothing at or behind `limit` is wanted.
    init(_ region: MappedRegion, from start: Int, limit: Int) {
        self.region = region
        self.limit = limit
        range = start..<start
    }

    /// Makes sure that `offset` is in the window. O(1) inside it, O(pages of a window) else.
    @inline(__always)
    mutating func move(to offset: Int) {
        if offset >= range.upperBound { slide(to: offset) }
    }

    private mutating func slide(to offset: Int) {
        guard offset < limit else { return }
        region.advise(.done, range)
        let end = min(offset + size, limit)
        region.advise(.soon, end..<min(end + size, limit))
        region.advise(.now, offset..<end)
        range = offset..<end
        size = min(2 * size, Self.largest)
    }

    /// Gives the last window back.
    func close() { region.advise(.done, range) }
}
