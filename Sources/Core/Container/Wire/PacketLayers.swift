import Bytes

/// Finds the IP header of a captured packet's TCP segment, inside the link's header, tags, labels, and the
/// tunnels that cloud networks put around the packets of their hosts.
package struct PacketLayers {
    private let region: MappedRegion
    private let bytes: Range<Int>

    /// The maximum number of nested headers.
    private static let mostLayers = 12

    /// The kind and offset of the next inner header.
    private enum Layer {
        /// The bytes after an EtherType.
        case typed(UInt16, Int)
        case ethernet(Int)
        case network(Int)
    }

    /// Returns the offset of the innermost IP header; nil if the packet is not IP. O(1).
    package static func network(_ region: MappedRegion, _ packet: CaptureReader.Packet) -> Int? {
        let layers = PacketLayers(region: region, bytes: packet.bytes)
        guard var layer = layers.link(packet.link) else { return nil }
        var network: Int?
        for _ in 0..<mostLayers {
            if case .network(let offset) = layer { network = offset }
            guard let inner = layers.inside(layer) else { break }
            layer = inner
        }
        // A tunnel may contain a packet other than IP.
        guard case .network = layer else { return nil }
        return network
    }

    // LINKTYPE_*, https://www.tcpdump.org/linktypes.html.
    private func link(_ type: Int) -> Layer? {
        let start = bytes.lowerBound
        switch type {
        case 0, 108: return .network(start + 4)  // BSD loopback
        case 1: return .ethernet(start)
        case 12, 14, 101, 228, 229: return .network(start)
        case 51: return .typed(EtherType.pppoe, start)
        case 113: return half(start + 14).map { .typed($0, start + 16) }  // Linux cooked
        case 276: return half(start).map { .typed($0, start + 20) }  // Linux cooked, version 2
        default: return nil
        }
    }

    private func inside(_ layer: Layer) -> Layer? {
        switch layer {
        case .ethernet(let offset): half(offset + 12).map { .typed($0, offset + 14) }
        case .typed(let type, let offset): inside(type, offset)
        case .network(let offset): tunnel(offset)
        }
    }

    private enum EtherType {
        static let ip: Set<UInt16> = [0x0800, 0x86dd]
        /// IEEE 802.1Q and 802.1ad, and earlier values for the outer tag.
        static let tags: Set<UInt16> = [0x8100, 0x88a8, 0x9100, 0x9200]
        static let labels: Set<UInt16> = [0x8847, 0x8848]
        static let pppoe: UInt16 = 0x8864
        /// An Ethernet frame, in GRE and Geneve.
        static let bridged: UInt16 = 0x6558
        static let erspan: [UInt16: Int] = [0x88be: 8, 0x22eb: 12]

        /// Returns whether a frame can have this type.
        static func isKnown(_ type: UInt16) -> Bool {
            ip.contains(type) || tags.contains(type) || labels.contains(type) || type == pppoe
        }
    }

    private func inside(_ type: UInt16, _ offset: Int) -> Layer? {
        if EtherType.ip.contains(type) { return .network(offset) }
        if EtherType.tags.contains(type) { return half(offset + 2).map { .typed($0, offset + 4) } }
        if EtherType.labels.contains(type) { return labelled(offset) }
        if type == EtherType.bridged { return .ethernet(offset) }
        // RFC 2516: version and session, then PPP's own number for IP.
        if type == EtherType.pppoe, let inner = half(offset + 6), inner == 0x0021 || inner == 0x0057 {
            return .network(offset + 8)
        }
        return nil
    }

    // RFC 3032: labels up to the bottom of the stack. The content is not stated: IP by its version, else an
    // Ethernet frame. A control word (RFC 4385) precedes the frame if it begins with 0 and a plausible frame
    // follows it.
    private func labelled(_ start: Int) -> Layer? {
        for number in 0..<Self.mostLayers {
            guard let bottom = byte(start + 4 * number + 2) else { return nil }
            guard bottom & 1 != 0 else { continue }
            let offset = start + 4 * number + 4
            switch (byte(offset) ?? 0) >> 4 {
            case 4, 6: return .network(offset)
            case 0 where half(offset + 16).map(EtherType.isKnown) == true: return .ethernet(offset + 4)
            default: return .ethernet(offset)
            }
        }
        return nil
    }

    // Returns the packet inside an IP packet: UDP to the port of a tunnel, GRE, IP.
    private func tunnel(_ offset: Int) -> Layer? {
        guard let first = byte(offset) else { return nil }
        let start: Int
        let inner: UInt8?
        switch first >> 4 {
        case 4:
            // A fragment is not a whole packet.
            guard let fragment = half(offset + 6), fragment & 0x3fff == 0 else { return nil }
            (start, inner) = (offset + Int(first & 0x0f) * 4, byte(offset + 9))
        case 6: (start, inner) = (offset + 40, byte(offset + 6))
        default: return nil
        }
        switch inner {
        case 4, 41: return .network(start)
        case 17: return udp(start)
        case 47: return gre(start)
        default: return nil
        }
    }

    private func udp(_ start: Int) -> Layer? {
        let body = start + 8
        switch half(start + 2) {
        // VXLAN (RFC 7348), and the port that Linux used before. The flag means that a network number is
        // present.
        case 4789, 8472: return byte(body).map { $0 & 0x08 != 0 } == true ? .ethernet(body + 8) : nil
        // Geneve (RFC 8926): options, whose length is counted in words.
        case 6081:
            guard let first = byte(body), first >> 6 == 0, let type = half(body + 2) else { return nil }
            return .typed(type, body + 8 + Int(first & 0x3f) * 4)
        default: return nil
        }
    }

    // RFC 2784 and 2890: a checksum, a key and a number may follow. Mirrored packets (ERSPAN) have their own
    // header.
    private func gre(_ start: Int) -> Layer? {
        guard let flags = half(start), flags & 7 == 0, let type = half(start + 2) else { return nil }
        var offset = start + 4
        for flag: UInt16 in [0x8000, 0x2000, 0x1000] where flags & flag != 0 { offset += 4 }
        guard let header = EtherType.erspan[type] else { return .typed(type, offset) }
        // Without a number there is no ERSPAN header; the third version may have eight more bytes.
        if flags & 0x1000 == 0 { return .ethernet(offset) }
        let hasMore = header == 12 && (byte(offset + 11) ?? 0) & 1 != 0
        return .ethernet(offset + header + (hasMore ? 8 : 0))
    }

    private func byte(_ offset: Int) -> UInt8? {
        offset < bytes.upperBound ? region.byte(at: offset) : nil
    }

    private func half(_ offset: Int) -> UInt16? {
        offset + 2 <= bytes.upperBound ? region.bigEndian(UInt16.self, at: offset) : nil
    }
}
