import CZlib
import Testing

/// Writes what goes over a multifd channel. All integers big-endian.
struct MultifdWriter {
    private(set) var bytes: [UInt8]
    /// The number of the next packet.
    var number: UInt64 = 0
    private let packer: Packer?
    /// Whether a packet without pages has the size of the one before it, as 7.2 writes it.
    private let repeatsSizes: Bool
    private var lastSize = 0

    init(channel: UInt8, isPacked: Bool = false, repeatsSizes: Bool = false) throws {
        self.repeatsSizes = repeatsSizes
        bytes = StreamWriter.be(UInt32(0x1122_3344)) + StreamWriter.be(UInt32(1))
        bytes += [UInt8](repeating: 7, count: 16) + [channel] + [UInt8](repeating: 0, count: 39)
        packer = isPacked ? try Packer() : nil
    }

    /// A packet of pages: the address and the fill of each; pages of fill 0 are zero pages.
    mutating func pages(_ pages: [(address: UInt64, fill: UInt8)], block: String = "pc.ram") {
        let normal = pages.filter { $0.fill != 0 }
        let plain = normal.flatMap { [UInt8](repeating: $0.fill, count: 4096) }
        let data = packer?.pack(plain) ?? plain
        let zero = pages.filter { $0.fill == 0 }
        header(
            flags: packer == nil ? 0 : 2, normal.count, zero.count, data.count, block,
            (normal + zero).map(\.address))
        bytes += data
    }

    mutating func sync() { header(flags: 1, 0, 0, 0, "", []) }

    mutating func deviceState(_ name: String, instance: UInt32, _ data: [UInt8]) {
        bytes +=
            StreamWriter.be(UInt32(0x1122_3344)) + StreamWriter.be(UInt32(1)) + StreamWriter.be(UInt32(64))
        bytes += Array(name.utf8) + [UInt8](repeating: 0, count: 256 - name.utf8.count)
        bytes += StreamWriter.be(instance) + StreamWriter.be(UInt32(data.count)) + data
    }

    private mutating func header(
        flags: UInt32, _ normal: Int, _ zero: Int, _ size: Int, _ block: String, _ addresses: [UInt64]
    ) {
        let told = repeatsSizes && normal == 0 ? lastSize : size
        lastSize = told
        for word in [0x1122_3344, 1, flags, normal + zero == 0 ? 0 : 128, UInt32(normal), UInt32(told)] {
            bytes += StreamWriter.be(word)
        }
        bytes += StreamWriter.be(number) + StreamWriter.be(UInt32(zero)) + [UInt8](repeating: 0, count: 28)
        bytes += Array(block.utf8) + [UInt8](repeating: 0, count: 256 - block.utf8.count)
        for index in 0..<128 { bytes += StreamWriter.be(index < addresses.count ? addresses[index] : 0) }
        number += 1
    }
}

/// zlib's stream over all packets of a channel, flushed at each.
private final class Packer {
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init() throws {
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit_(stream, 1, ZLIB_VERSION, size) == Z_OK else { throw Pack.Failure() }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func pack(_ bytes: [UInt8]) -> [UInt8] {
        var input = bytes
        var output = [UInt8](repeating: 0, count: bytes.count + 1024)
        let left = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.pointee.next_in = source.baseAddress
                stream.pointee.avail_in = UInt32(source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                deflate(stream, Z_SYNC_FLUSH)
                return Int(stream.pointee.avail_out)
            }
        }
        return Array(output.dropLast(left))
    }
}

/// The main channel of a migration whose pages come over multifd channels: eight pages of pc.ram.
enum MultifdMain {
    static let flush = StreamWriter.be(UInt64(0x200))

    /// `parts`: what each PART section has before its flush and its end.
    static func bytes(parts: [[UInt8]], hasFlush: Bool = true) -> [UInt8] {
        var stream = StreamWriter()
        stream.configuration()
        let blocks = StreamWriter.ramBlocks([("pc.ram", 0x8000)])
        let word = hasFlush ? flush : []
        stream.start(2, "ram", version: 4, Array(blocks.dropLast(8)) + word + StreamWriter.endOfRAM)
        for part in parts.dropLast() { stream.part(2, part + word + StreamWriter.endOfRAM) }
        stream.end(2, (parts.last ?? []) + word + StreamWriter.endOfRAM)
        let device = SmallDevice.plain("first")
        stream.full(10, device.name, version: device.version, device.body)
        stream.endOfFile()
        stream.description("{\"page_size\": 4096, \"devices\": [\(device.json)]}")
        return stream.bytes
    }
}

/// Writes packet captures of TCP connections, as wrong as a test wants them.
struct CaptureWriter {
    /// A connection: who speaks, and what each side says.
    struct Connection {
        var client: UInt16
        var server: UInt16 = 4444
        var forward: [UInt8]
        var back: [UInt8] = []
        /// Sequence numbers before the first byte; near the end they wrap.
        var first: UInt32 = 0xffff_ff00
        var segmentSize = 1000
    }

    enum Form: CaseIterable { case pcap, bigPcap, nanoPcap, pcapng, bigPcapng }

    var form = Form.pcap
    /// LINKTYPE: 1 Ethernet, 101 raw, 113 Linux cooked, 276 its second version.
    var link: UInt32 = 1
    private var packets: [[UInt8]] = []

    init(_ form: Form = .pcap, link: UInt32 = 1) {
        self.form = form
        self.link = link
    }

    private var isBig: Bool { form == .bigPcap || form == .bigPcapng }

    private func word(_ value: UInt32) -> [UInt8] {
        isBig ? StreamWriter.be(value) : StreamWriter.be(value.byteSwapped)
    }

    private func half(_ value: UInt16) -> [UInt8] {
        isBig ? StreamWriter.be(value) : StreamWriter.be(value.byteSwapped)
    }

    /// Adds the segments of a connection; `change` may drop, repeat and reorder them.
    mutating func add(_ connection: Connection, _ change: ([[UInt8]]) -> [[UInt8]] = { $0 }) {
        var made = [segment(connection, isBack: false, flags: 2, 0, [])]
        made.append(segment(connection, isBack: true, flags: 18, 0, []))
        func pieces(_ bytes: [UInt8], _ isBack: Bool) -> [[UInt8]] {
            stride(from: 0, to: bytes.count, by: connection.segmentSize).map { start in
                segment(
                    connection, isBack: isBack, flags: 16, UInt32(start) &+ 1,
                    Array(bytes[start..<min(start + connection.segmentSize, bytes.count)]))
            }
        }
        let forward = change(pieces(connection.forward, false))
        made += forward.prefix(1) + pieces(connection.back, true) + forward.dropFirst()
        made.append(segment(connection, isBack: false, flags: 17, UInt32(connection.forward.count) &+ 1, []))
        packets += made
    }

    /// Reorders all packets, or leaves some out.
    mutating func change(_ change: ([[UInt8]]) -> [[UInt8]]) { packets = change(packets) }

    private func segment(
        _ connection: Connection, isBack: Bool, flags: UInt8, _ offset: UInt32, _ data: [UInt8]
    ) -> [UInt8] {
        let ports = isBack ? [connection.server, connection.client] : [connection.client, connection.server]
        var tcp = ports.flatMap { StreamWriter.be($0) } + StreamWriter.be(connection.first &+ offset)
        tcp += [0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0] + data
        let addresses: [UInt8] = isBack ? [10, 0, 0, 2, 10, 0, 0, 1] : [10, 0, 0, 1, 10, 0, 0, 2]
        let length = StreamWriter.be(UInt16(20 + tcp.count))
        let ip = [0x45, 0] + length + [0, 0, 0x40, 0, 64, 6, 0, 0] + addresses
        switch link {
        case 1: return [UInt8](repeating: 2, count: 12) + [8, 0] + ip + tcp
        case 113: return [UInt8](repeating: 0, count: 14) + [8, 0] + ip + tcp
        case 276: return [8, 0] + [UInt8](repeating: 0, count: 18) + ip + tcp
        default: return ip + tcp
        }
    }

    /// An Ethernet packet of IPv4 whose segment is farther on by a number of bytes.
    static func moved(_ packet: [UInt8], by distance: UInt32) -> [UInt8] {
        let sequence = packet[38..<42].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return packet[..<38] + StreamWriter.be(sequence &+ distance) + packet[42...]
    }

    /// The same as one of IPv6, whose extension header says what part it is.
    static func version6(_ fragment: [UInt8]) -> [UInt8] {
        let place = UInt16(fragment[20]) << 8 | UInt16(fragment[21])
        let part = Array(fragment[34...])
        let isLast = place & 0x2000 == 0
        var head = Array(fragment[..<12]) + [0x86, 0xdd, 0x60, 0, 0, 0]
        head += StreamWriter.be(UInt16(8 + part.count)) + [44, 64]
        for address in [26, 30] {
            head += [UInt8](repeating: 0xfd, count: 12) + fragment[address..<address + 4]
        }
        head += [6, 0] + StreamWriter.be((place & 0x1fff) << 3 | (isLast ? 0 : 1))
        return head + [0, 0] + fragment[18..<20] + part
    }

    /// An Ethernet packet of IPv4 in parts of at most `size` bytes each, a multiple of 8.
    static func fragments(_ packet: [UInt8], id: UInt16, size: Int) -> [[UInt8]] {
        let body = Array(packet[34...])
        return stride(from: 0, to: body.count, by: size).map { start in
            let part = Array(body[start..<min(start + size, body.count)])
            let place = UInt16(start / 8) | (start + size < body.count ? 0x2000 : 0)
            var head = Array(packet[..<34])
            head.replaceSubrange(
                16..<22,
                with: StreamWriter.be(UInt16(20 + part.count)) + StreamWriter.be(id) + StreamWriter.be(place))
            return head + part
        }
    }

    /// The file.
    var bytes: [UInt8] {
        switch form {
        case .pcap, .bigPcap, .nanoPcap:
            var bytes = word(form == .nanoPcap ? 0xa1b2_3c4d : 0xa1b2_c3d4) + half(2) + half(4)
            bytes += word(0) + word(0) + word(262_144) + word(link)
            for packet in packets {
                bytes += word(1) + word(2) + word(UInt32(packet.count)) + word(UInt32(packet.count)) + packet
            }
            return bytes
        case .pcapng, .bigPcapng:
            let section = word(0x1a2b_3c4d) + half(1) + half(0) + [UInt8](repeating: 0xff, count: 8)
            var bytes = block(0x0a0d_0d0a, section) + block(1, half(UInt16(link)) + half(0) + word(0))
            for packet in packets {
                let size = word(UInt32(packet.count))
                bytes += block(6, word(0) + word(0) + word(0) + size + size + packet)
            }
            return bytes
        }
    }

    private func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        let size = word(UInt32(padded.count + 12))
        return word(type) + size + padded + size
    }
}
