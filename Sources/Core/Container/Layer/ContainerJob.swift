import Bytes

/// Work on a container that makes no single row of bytes, in steps that can be shown and cancelled.
package protocol ContainerJob: AnyObject {
    /// What is done, such as `search`.
    var name: String { get }
    /// How far it is.
    var progress: Unpacker.Progress { get }

    /// Does some of the work, about `budget` bytes of it.
    ///
    /// - Returns: Whether there is more to do.
    /// - Throws: `OpenError` where nothing can come of it.
    func step(budget: Int) throws(OpenError) -> Bool

    /// Ends the work here; what there is stays usable.
    func cancel()

    /// What has come of it.
    func result() throws(OpenError) -> Peeled
}

/// Where a stream begins.
package enum StreamStart {
    /// The offset of the first in `range`: the magic, version 3, and the type of a first section. O(range).
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

    // START, FULL, configuration or command; a stream may be cut after its header.
    private static func isSection(_ region: MappedRegion, _ offset: Int) -> Bool {
        guard let type = region.byte(at: offset) else { return true }
        return [0x01, 0x04, 0x07, 0x08].contains(type)
    }
}
