/// Finds the description at the end of a stream by its framing.
///
/// The tail is `00` (EOF), `06`, be32 length, JSON (migration/savevm.c, qemu_savevm_state_complete_precopy).
/// JSON bytes are all printable, so the search goes back over the text once, with no window.
public enum DescriptionLocator {
    /// Where a description is.
    public struct Place: Equatable, Sendable {
        /// The JSON text.
        public var text: Range<Int>
        /// The type byte of the VMDESCRIPTION section; the EOF byte stands before it.
        public var frame: Int { text.lowerBound - 5 }
        public var endOfFile: Int { text.lowerBound - 6 }
    }

    /// The description of the stream, or nil. O(length of the description); of trailing zeros too, where
    /// there are some. Only where the framing does not fit at the end, `searchLimit` bytes are searched.
    public static func find(in region: MappedRegion) -> Place? {
        if let place = framed(in: region, end: region.count) { return place }
        var end = region.count
        while end > 0, region.byte(at: end - 1) == 0 { end -= 1 }
        if end < region.count, let place = framed(in: region, end: end) { return place }
        return searched(in: region)
    }

    /// How far from the end a description with bytes behind it is looked for.
    public static let searchLimit = 64 << 20

    // The text ends exactly at `end`: go back to the first byte that JSON can't hold.
    private static func framed(in region: MappedRegion, end: Int) -> Place? {
        guard region.byte(at: end - 1) == UInt8(ascii: "}") else { return nil }
        let bytes = region.span
        var last = end - 1
        while last >= 0, (0x20...0x7e).contains(bytes[byteAt: last]) { last -= 1 }
        for start in (last + 1)..<min(last + 5, end) {
            if let place = place(in: region, start: start), place.text.upperBound == end { return place }
        }
        return nil
    }

    // Something follows the text: the last brace whose frame fits and ends in a brace.
    private static func searched(in region: MappedRegion) -> Place? {
        let bytes = region.span
        var start = region.count - 1
        let floor = max(0, region.count - searchLimit)
        while start > floor {
            if bytes[byteAt: start] == UInt8(ascii: "{"), let place = place(in: region, start: start) {
                return place
            }
            start -= 1
        }
        return nil
    }

    private static func place(in region: MappedRegion, start: Int) -> Place? {
        guard start >= 14, region.byte(at: start) == UInt8(ascii: "{"),
            let length = region.bigEndian(UInt32.self, at: start - 4), length >= 2,
            region.byte(at: start - 5) == SectionType.description.rawValue,
            region.byte(at: start - 6) == SectionType.endOfFile.rawValue,
            Int(length) <= region.count - start,
            region.byte(at: start + Int(length) - 1) == UInt8(ascii: "}")
        else { return nil }
        return Place(text: start..<start + Int(length))
    }
}
