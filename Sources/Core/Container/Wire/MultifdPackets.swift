import Bytes

/// Reads the packets of a multifd channel in order (migration/multifd.h MultiFDInit_t, MultiFDPacket_t, 4.0
/// to 11.1).
///
/// All integers are big-endian. All ranges are cut to the region, whatever a packet claims.
package struct MultifdPackets: Sendable {
    /// The compression of a packet's pages (MULTIFD_FLAG_*).
    package enum Method: Int, Sendable {
        case none = 0
        case zlib, zstd
        case qpl = 4
        case uadk = 8
        case qatzip = 16

        /// The value of `multifd-compression`; for UADK and QPL, that of the device.
        package var label: String {
            switch self {
            case .none: "none"
            case .zlib: "zlib"
            case .zstd: "zstd"
            case .qpl: "qpl"
            case .uadk: "uadk"
            case .qatzip: "qatzip"
            }
        }

        /// Whether the pages of a channel are one packed stream across packets.
        package var isStream: Bool { self == .zlib || self == .zstd }
    }

    /// A packet of a channel.
    package struct Packet: Sendable, Equatable {
        package var offset: Int
        package var flags: UInt32
        /// The numbers of pages with bytes and of zero pages.
        package var normal: Int
        package var zero: Int
        package var number: UInt64
        /// The ranges of the table of offsets and of the data after it, in bytes of the channel.
        package var table: Range<Int>
        package var data: Range<Int>
        /// The range of the name of a RAM block or, for device state, of an idstr, up to its NUL.
        package var name: Range<Int>
        package var instance: UInt32 = 0

        package var isSync: Bool { flags & MultifdPackets.syncFlag != 0 }
        package var isDeviceState: Bool { flags & MultifdPackets.deviceStateFlag != 0 }
        /// Nil for a number that no known version writes.
        package var method: Method? { Method(rawValue: Int(flags >> 1 & 0x1f)) }
        package var end: Int { data.upperBound }
    }

    package static let magic: UInt32 = 0x1122_3344
    package static let initialSize = ConnectionKind.multifdStart
    package static let headerSize = 320
    private static let deviceHeaderSize = 12 + 256 + 4 + 4
    private static let syncFlag: UInt32 = 1
    private static let deviceStateFlag: UInt32 = 1 << 6
    /// The number of page bytes that a packet may carry (MULTIFD_PACKET_SIZE).
    private static let packetSize = 512 << 10

    package let region: MappedRegion
    /// The channel's number in its initial packet.
    package let number: UInt8
    /// The number of entries in each packet's table of offsets, which is the maximum number of pages per
    /// packet.
    package let tableCount: Int
    /// The offset of the next packet.
    package private(set) var position = initialSize

    /// Nil unless the region begins as a channel, or with zeros in place of an uncaptured start.
    package init?(_ region: MappedRegion) {
        let start = region.bigEndian(UInt64.self, at: 0)
        guard start == UInt64(Self.magic) << 32 | 1 || start == 0 else { return nil }
        self.region = region
        number = region.byte(at: 24) ?? 0
        tableCount = Self.tableCount(region)
    }

    /// The target page size in bytes.
    package var pageSize: Int { Self.packetSize / tableCount }

    /// Continues at the packet at `offset`.
    package mutating func move(to offset: Int) { position = offset }

    // No packet contains the length of its table, so the length at which the next packet begins with the
    // magic number is used.
    private static func tableCount(_ region: MappedRegion) -> Int {
        let length = dataSize(region, initialSize)
        let sizes = [4096, 16384, 65536, 8192, 32768, 2048, 1024, 512, 256]
        for size in sizes {
            let count = packetSize / size
            let next = initialSize + headerSize + 8 * count + length
            if region.bigEndian(UInt32.self, at: next) == magic { return count }
        }
        return packetSize / 4096
    }

    // Returns the size of the data after the table. A packet without pages repeats the previous size (7.2)
    // but has no data.
    private static func dataSize(_ region: MappedRegion, _ offset: Int) -> Int {
        region.bigEndian(UInt32.self, at: offset + 16) == 0
            ? 0 : Int(region.bigEndian(UInt32.self, at: offset + 20) ?? 0)
    }

    /// Returns the next packet, cut to the region; nil at the end and if no packet begins there. O(1).
    package mutating func next() -> Packet? {
        guard let packet = packet(at: position) else { return nil }
        position = packet.end
        return packet
    }

    /// Returns whether all of a packet is in the region, which may end inside it.
    package func isWhole(_ packet: Packet) -> Bool {
        if packet.isDeviceState {
            let size = region.bigEndian(UInt32.self, at: packet.offset + Self.deviceHeaderSize - 4)
            return size.map { packet.data.count == Int($0) } ?? false
        }
        return packet.table.count == 8 * tableCount
            && packet.data.count == Self.dataSize(region, packet.offset)
    }

    /// Returns the packet at `offset`.
    package func packet(at offset: Int) -> Packet? {
        guard region.bigEndian(UInt32.self, at: offset) == Self.magic,
            region.bigEndian(UInt32.self, at: offset + 4) == 1,
            let flags = region.bigEndian(UInt32.self, at: offset + 8)
        else { return nil }
        return flags & Self.deviceStateFlag != 0
            ? deviceState(at: offset, flags) : pages(at: offset, flags)
    }

    private func pages(at offset: Int, _ flags: UInt32) -> Packet? {
        guard let normal = region.bigEndian(UInt32.self, at: offset + 16),
            let number = region.bigEndian(UInt64.self, at: offset + 24),
            let zero = region.bigEndian(UInt32.self, at: offset + 32)
        else { return nil }
        // QEMU refuses a packet with more pages than the table holds.
        guard Int(normal) <= tableCount, Int(zero) <= tableCount - Int(normal) else { return nil }
        let table = offset + Self.headerSize
        let data = min(table + 8 * tableCount, region.count)
        return Packet(
            offset: offset, flags: flags, normal: Int(normal), zero: Int(zero), number: number,
            table: min(table, region.count)..<data,
            data: data..<min(data + Self.dataSize(region, offset), region.count), name: name(offset + 64))
    }

    private func deviceState(at offset: Int, _ flags: UInt32) -> Packet? {
        guard let instance = region.bigEndian(UInt32.self, at: offset + 268),
            let size = region.bigEndian(UInt32.self, at: offset + 272)
        else { return nil }
        let data = min(offset + Self.deviceHeaderSize, region.count)
        return Packet(
            offset: offset, flags: flags, normal: 0, zero: 0, number: 0, table: data..<data,
            data: data..<min(data + Int(size), region.count), name: name(offset + 12), instance: instance)
    }

    private func name(_ offset: Int) -> Range<Int> {
        let field = (offset..<offset + 256).clamped(to: 0..<region.count)
        let end = region.firstIndex(of: 0, in: field) ?? field.upperBound
        return field.lowerBound..<max(end, field.lowerBound)
    }

    /// Returns the offset in its block of page `index` of a packet: first the normal pages, then the zero
    /// pages.
    package func address(_ index: Int, of packet: Packet) -> Int? {
        region.bigEndian(UInt64.self, at: packet.table.lowerBound + 8 * index).flatMap { Int(exactly: $0) }
    }
}
