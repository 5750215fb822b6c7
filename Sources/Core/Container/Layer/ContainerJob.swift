import Bytes

/// Work on a container whose content is not sequential, in steps that can be shown and canceled.
package protocol ContainerJob: AnyObject {
    /// The name of the work, such as `search`.
    var name: String { get }
    /// The progress of the work.
    var progress: Unpacker.Progress { get }

    /// Does a part of the work, about `budget` bytes.
    ///
    /// - Returns: Whether there is more to do.
    /// - Throws: `OpenError` if there can be no result.
    func step(budget: Int) throws(OpenError) -> Bool

    /// Ends the work here; the result so far remains usable.
    func cancel()

    /// Returns the result.
    func result() throws(OpenError) -> Peeled
}

/// The start of a stream.
package enum StreamStart {
    /// Returns the offset of the first stream in `range`: the magic number, version 3, and the type of a
    /// first section. O(range).
    package static func first(in region: MappedRegion, _ range: Range<Int>) -> Int? {
        var from = range.lowerBound
        while from < range.upperBound,
            let offset = region.firstIndex(of: UInt8(ascii: "Q"), in: from..<range.upperBound)
        {
            if region.bigEndian(UInt64.self, at: offset) == 0x5145_564d_0000_0003,
                isSection(region, offset + 8)
            {
                return offset
            }
            from = offset + 1
        }
        return nil
    }

    // Whether this is START, FULL, configuration or command; a stream may be cut after its header.
    private static func isSection(_ region: MappedRegion, _ offset: Int) -> Bool {
        guard let type = region.byte(at: offset) else { return true }
        return [0x01, 0x04, 0x07, 0x08].contains(type)
    }
}
