import Bytes

/// Reads the packets of a capture file in order: pcap (both byte orders, microseconds and nanoseconds) and
/// pcapng.
///
/// libpcap could read these too, but brings libdbus and libibverbs into a static program, and copies each
/// packet.
package struct CaptureReader {
    /// A captured packet.
    package struct Packet {
        /// The link-layer type (LINKTYPE_*).
        package var link: Int
        /// The range of its bytes in the file.
        package var bytes: Range<Int>
        /// The original size in bytes, before the capture truncated it.
        package var size: Int
    }

    package let region: MappedRegion
    /// The name of the format.
    package let name: String
    /// The offset of the next packet or block.
    package private(set) var position: Int
    /// The offset at which the file stops being a capture; nil if it is intact.
    package private(set) var damage: Int?
    private var isBigEndian: Bool
    // pcap: the size of a packet's header, and the type of all links.
    private var headerSize = 16
    private var link = 0
    // pcapng: the links of the section.
    private var interfaces: [(link: Int, limit: Int)] = []

    private static let sectionMagic: UInt32 = 0x0a0d_0d0a
    private static let interfaceLimit = 1 << 16

    /// Nil if the region is not a capture.
    package init?(_ region: MappedRegion) {
        self.region = region
        guard let magic = region.bigEndian(UInt32.self, at: 0) else { return nil }
        switch magic {
        case 0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34: isBigEndian = true
        case 0xd4c3_b2a1, 0x4d3c_b2a1, 0x34cd_b2a1: isBigEndian = false
        case Self.sectionMagic where Self.sectionOrder(region, 0) != nil:
            isBigEndian = Self.sectionOrder(region, 0) ?? false
            (name, position) = ("pcapng", 0)
            return
        default: return nil
        }
        // Kuznetzov's variant has eight more bytes before each packet.
        if magic == 0xa1b2_cd34 || magic == 0x34cd_b2a1 { headerSize = 24 }
        (name, position) = ("pcap", 24)
        link = Int(word(20)) & 0xffff
    }

    // Returns whether the section at `offset` is big-endian; nil if there is none.
    private static func sectionOrder(_ region: MappedRegion, _ offset: Int) -> Bool? {
        switch region.bigEndian(UInt32.self, at: offset + 8) {
        case 0x1a2b_3c4d: true
        case 0x4d3c_2b1a: false
        default: nil
        }
    }

    private func word(_ offset: Int) -> UInt32 {
        let value = region.bigEndian(UInt32.self, at: offset) ?? 0
        return isBigEndian ? value : value.byteSwapped
    }

    private func half(_ offset: Int) -> UInt16 {
        let value = region.bigEndian(UInt16.self, at: offset) ?? 0
        return isBigEndian ? value : value.byteSwapped
    }

    /// Returns the next packet; nil at the end and at bytes that are not a packet. O(1) for pcap.
    package mutating func next() -> Packet? {
        name == "pcap" ? nextRecord() : nextBlock()
    }

    private mutating func nextRecord() -> Packet? {
        let start = position + headerSize
        guard start <= region.count else { return end(isDamage: position < region.count) }
        let (kept, size) = (Int(word(position + 8)), Int(word(position + 12)))
        // The limit is larger than any packet, even one that the kernel will segment.
        guard kept <= 1 << 20 else { return end(isDamage: true) }
        guard kept <= region.count - start else { return end(isDamage: true) }
        position = start + kept
        return Packet(link: link, bytes: start..<position, size: max(size, kept))
    }

    private mutating func end(isDamage: Bool) -> Packet? {
        if isDamage, damage == nil { damage = position }
        return nil
    }

    private mutating func nextBlock() -> Packet? {
        while region.count - position >= 12 {
            let start = position
            if region.bigEndian(UInt32.self, at: start) == Self.sectionMagic {
                guard let order = Self.sectionOrder(region, start) else { return end(isDamage: true) }
                isBigEndian = order
                interfaces = []
            }
            let (type, size) = (word(start), Int(word(start + 4)))
            guard size >= 12, size % 4 == 0, size <= region.count - start else { return end(isDamage: true) }
            position = start + size
            if type == 1, interfaces.count < Self.interfaceLimit {
                interfaces.append((link: Int(half(start + 8)), limit: Int(word(start + 12))))
            }
            if let packet = packet(type, start..<position) { return packet }
        }
        return end(isDamage: position < region.count)
    }

    // Reads an enhanced packet (6), a simple one (3), or the older form (2).
    private func packet(_ type: UInt32, _ block: Range<Int>) -> Packet? {
        let start = block.lowerBound
        let header: Int
        let interface: Int
        var (kept, size) = (Int(word(start + 20)), Int(word(start + 24)))
        switch type {
        case 6: (header, interface) = (28, Int(word(start + 8)))
        case 2: (header, interface) = (28, Int(half(start + 8)))
        case 3:
            (header, interface) = (12, 0)
            size = Int(word(start + 8))
            let limit = interfaces.first?.limit ?? 0
            kept = limit > 0 ? min(size, limit) : size
        default: return nil
        }
        guard interfaces.indices.contains(interface), block.count >= header + 4 else { return nil }
        let bytes = start + header..<min(start + header + kept, block.upperBound - 4)
        return Packet(link: interfaces[interface].link, bytes: bytes, size: max(size, bytes.count))
    }
}

/// One end of a TCP connection.
package struct Endpoint: Hashable, Sendable {
    /// The address in network order; an IPv4 address is in the last four bytes of `low`.
    package var high: UInt64
    package var low: UInt64
    package var isIPv4: Bool
    package var port: UInt16

    /// Whether the addresses are the same, whatever the ports.
    package func isSameHost(as other: Endpoint) -> Bool {
        high == other.high && low == other.low && isIPv4 == other.isIPv4
    }

    /// The usual notation: `10.0.0.1:4444`, `[fe80:0:0:0:0:0:0:1]:4444`.
    package var text: String {
        if isIPv4 {
            let parts = (0..<4).map { String(low >> UInt64(24 - 8 * $0) & 0xff) }
            return "\(parts.joined(separator: ".")):\(port)"
        }
        let groups = (0..<8).map {
            String(($0 < 4 ? high : low) >> UInt64(48 - 16 * ($0 % 4)) & 0xffff, radix: 16)
        }
        return "[\(groups.joined(separator: ":"))]:\(port)"
    }
}

/// A TCP segment of a captured packet.
package struct TCPSegment {
    package var source: Endpoint
    package var target: Endpoint
    package var sequence: UInt32
    package var isSYN: Bool
    package var isACK: Bool
    package var isFIN: Bool
    /// The captured part of its data, as a range of the file.
    package var payload: Range<Int>
    /// The size of its data in bytes.
    package var size: Int
    /// The datagram to which this fragment belongs, and its offset there; nil for a complete datagram. Of
    /// fragments after the first, only the addresses and the payload above are known.
    package var fragment: Fragment?
    /// The size of the TCP header in bytes.
    package var headerSize = 0

    /// A fragment of an IP datagram (RFC 791, RFC 8200).
    package struct Fragment: Hashable, Sendable {
        /// The identity of a datagram: its ends without ports, and its number.
        package struct Datagram: Hashable, Sendable {
            var source: Endpoint
            var target: Endpoint
            var id: UInt32
        }

        package var datagram: Datagram
        /// In bytes from the start of the TCP header.
        package var offset: Int
    }

    /// Returns the part of this segment in a later fragment; nil if the fragment has none of its data.
    package func part(_ later: TCPSegment) -> TCPSegment? {
        guard let place = later.fragment?.offset, place >= headerSize else { return nil }
        var part = self
        part.sequence = sequence &+ UInt32(truncatingIfNeeded: place - headerSize) &+ (isSYN ? 1 : 0)
        (part.isSYN, part.isFIN) = (false, false)
        (part.payload, part.size) = (later.payload, later.size)
        return part
    }

    /// Nil for packets that are not TCP over IP.
    package init?(_ region: MappedRegion, _ packet: CaptureReader.Packet) {
        let end = packet.bytes.upperBound
        guard let network = PacketLayers.network(region, packet), network < end else { return nil }
        let limit = packet.bytes.lowerBound + packet.size
        let version = (region.byte(at: network) ?? 0) >> 4
        let ip =
            version == 4
            ? Self.version4(region, network..<end, limit)
            : version == 6 ? Self.version6(region, network..<end, limit) : nil
        fragment = ip?.fragment
        if let ip, let place = fragment?.offset, place > 0 {
            (source, target, sequence) = (ip.source, ip.target, 0)
            (isSYN, isACK, isFIN) = (false, false, false)
            (payload, size) = (
                min(ip.start, end)..<max(min(ip.end, end), min(ip.start, end)), ip.end - ip.start
            )
            return
        }
        guard let ip, end - ip.start >= 20, let offset = region.byte(at: ip.start + 12),
            let flags = region.byte(at: ip.start + 13),
            let from = region.bigEndian(UInt16.self, at: ip.start),
            let to = region.bigEndian(UInt16.self, at: ip.start + 2),
            let sequence = region.bigEndian(UInt32.self, at: ip.start + 4)
        else { return nil }
        let header = Int(offset >> 4) * 4
        guard header >= 20, ip.start + header <= ip.end else { return nil }
        source = ip.source
        target = ip.target
        source.port = from
        target.port = to
        self.sequence = sequence
        isFIN = flags & 1 != 0
        isSYN = flags & 2 != 0
        isACK = flags & 16 != 0
        headerSize = header
        let start = ip.start + header
        size = ip.end - start
        payload = min(start, end)..<max(min(ip.end, end), min(start, end))
    }

    private struct Network {
        var source: Endpoint
        var target: Endpoint
        var start: Int
        /// The end of the packet's data by its header, even if less was captured.
        var end: Int
        var fragment: Fragment?

        mutating func cut(_ id: UInt32, _ offset: Int) {
            fragment = Fragment(datagram: .init(source: source, target: target, id: id), offset: offset)
        }
    }

    private static func version4(_ region: MappedRegion, _ bytes: Range<Int>, _ limit: Int) -> Network? {
        let start = bytes.lowerBound
        guard bytes.count >= 20, let first = region.byte(at: start), region.byte(at: start + 9) == 6,
            let length = region.bigEndian(UInt16.self, at: start + 2),
            let id = region.bigEndian(UInt16.self, at: start + 4),
            let fragment = region.bigEndian(UInt16.self, at: start + 6),
            let source = region.bigEndian(UInt32.self, at: start + 12),
            let target = region.bigEndian(UInt32.self, at: start + 16)
        else { return nil }
        let header = Int(first & 0x0f) * 4
        guard header >= 20, header <= bytes.count else { return nil }
        // A length of 0 means that the network card was to segment the packet (TSO).
        let end = length == 0 ? limit : min(start + Int(length), limit)
        guard start + header <= end else { return nil }
        var network = Network(
            source: Endpoint(high: 0, low: UInt64(source), isIPv4: true, port: 0),
            target: Endpoint(high: 0, low: UInt64(target), isIPv4: true, port: 0), start: start + header,
            end: end)
        // Other fragments follow or precede it.
        if fragment & 0x3fff != 0 { network.cut(UInt32(id), Int(fragment & 0x1fff) * 8) }
        return network
    }

    private static func version6(_ region: MappedRegion, _ bytes: Range<Int>, _ limit: Int) -> Network? {
        let start = bytes.lowerBound
        guard bytes.count >= 40, let length = region.bigEndian(UInt16.self, at: start + 4),
            var next = region.byte(at: start + 6),
            let words = [8, 16, 24, 32].map({ region.bigEndian(UInt64.self, at: start + $0) }) as? [UInt64]
        else { return nil }
        var offset = start + 40
        // Hop-by-hop options, routing, destination options: at least eight bytes each.
        for _ in 0..<8 where [0, 43, 60].contains(next) {
            guard let type = region.byte(at: offset), let size = region.byte(at: offset + 1) else {
                return nil
            }
            next = type
            offset += 8 + Int(size) * 8
        }
        var part: (id: UInt32, offset: Int)?
        if next == 44, let type = region.byte(at: offset),
            let place = region.bigEndian(UInt16.self, at: offset + 2),
            let id = region.bigEndian(UInt32.self, at: offset + 4)
        {
            next = type
            offset += 8
            if place & 0xfff9 != 0 { part = (id, Int(place & 0xfff8)) }
        }
        let end = length == 0 ? limit : min(start + 40 + Int(length), limit)
        guard next == 6, offset <= end, offset <= bytes.upperBound else { return nil }
        var network = Network(
            source: Endpoint(high: words[0], low: words[1], isIPv4: false, port: 0),
            target: Endpoint(high: words[2], low: words[3], isIPv4: false, port: 0), start: offset, end: end)
        if let part { network.cut(part.id, part.offset) }
        return network
    }
}
