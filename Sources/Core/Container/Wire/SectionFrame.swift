import Bytes

/// The end of a stream's section with the start of the next one (migration/savevm.c save_section_footer, 2.3 to
/// 11.1).
enum SectionFrame {
    /// Returns the number of them in `bytes`. O(bytes).
    static func count(in region: MappedRegion, _ bytes: Range<Int>) -> Int {
        var count = 0
        var from = bytes.lowerBound
        while let offset = region.firstIndex(of: 0x7e, in: from..<bytes.upperBound) {
            if isFrame(region, offset..<bytes.upperBound) { count += 1 }
            from = offset + 1
        }
        return count
    }

    // A footer, then PART or END of the same section, or a device with a printable name.
    private static func isFrame(_ region: MappedRegion, _ bytes: Range<Int>) -> Bool {
        let start = bytes.lowerBound
        guard bytes.count > 10, let id = region.bigEndian(UInt32.self, at: start + 1), id < largestID,
            let next = region.bigEndian(UInt32.self, at: start + 6)
        else { return false }
        switch region.byte(at: start + 5) {
        case 2, 3: return next == id
        case 4:
            let length = Int(region.byte(at: start + 10) ?? 0)
            let name = start + 11..<start + 11 + length
            return next < largestID && length > 0 && name.upperBound <= bytes.upperBound
                && region.copy(name).allSatisfy { (0x20...0x7e).contains($0) }
        default: return false
        }
    }

    // Machines have several hundred sections, and old ones had large ids.
    private static let largestID = 1 << 20
}
