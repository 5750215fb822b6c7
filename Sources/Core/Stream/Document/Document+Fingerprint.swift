import Bytes

extension Document {
    private static let headLength = 4096
    private static let tailLength = 4096
    private static let sectionLength = 256
    private static let mostSections = 4096

    /// The devices that opening alone has found: reading on does not change what a stream is called. O(records).
    func devicesOfOpening() -> [Range<Int>] {
        topLevel.lazy.map { self.records[$0] }.filter { $0.kind == .full }.prefix(Self.mostSections)
            .map { $0.offset..<$0.end }
    }

    /// Names the stream by its content: 32 hexadecimal digits of its size, its first and last bytes, and the
    /// first bytes of each device section, for two streams of one machine end in the same description.
    ///
    /// RAM is not read. Not safe against someone who wants two streams to have the same. O(sections).
    package var fingerprint: String {
        var hash = StreamHash()
        hash.add(UInt64(region.count))
        hash.add(region.copy(0..<Self.headLength))
        hash.add(region.copy(region.count - min(Self.tailLength, region.count)..<region.count))
        for section in firstDevices {
            hash.add(UInt64(section.lowerBound))
            hash.add(region.copy(section.prefix(Self.sectionLength)))
        }
        return hash.text
    }
}

/// FNV-1a twice, from two starts.
private struct StreamHash {
    private var first: UInt64 = 0xcbf2_9ce4_8422_2325
    private var second: UInt64 = 0x6c62_272e_07bb_0142

    package mutating func add(_ bytes: [UInt8]) {
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte) ^ first >> 32) &* 0x100_0000_01b3
        }
    }

    package mutating func add(_ number: UInt64) {
        add((0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) })
    }

    package var text: String { Hex.digits(first, width: 16) + Hex.digits(second, width: 16) }
}
