import Bytes
import Container
import Format

/// Builds the layout of a connection besides the main channel: packets, messages or records, and unknown
/// bytes.
struct ChannelLayout {
    private let region: MappedRegion
    private var table: LayoutTable
    private var fields = LayoutBuilder()
    private var shapes: [PacketShape: LayoutID] = [:]

    private struct PacketShape: Hashable {
        var isDeviceState: Bool
        var isPacked: Bool
        var normal: Int
        var zero: Int
        var table: Int
        var data: Int
    }

    private init(_ region: MappedRegion, _ table: LayoutTable) {
        self.region = region
        self.table = table
    }

    /// Returns the body that tiles `region`. `records` reads the RAM records of a preempt channel.
    /// O(packets).
    static func body(
        of kind: ConnectionKind, _ region: MappedRegion, table: LayoutTable, records: RAMReader
    ) -> LayoutID {
        var layout = ChannelLayout(region, table)
        switch kind {
        case .multifd: layout.multifd()
        case .returnPath: layout.messages()
        case .cpr: layout.cpr()
        case .preempt: layout.records(records)
        case .stream, .resumed, .tls: break
        }
        layout.rest()
        return layout.fields.body(in: table)
    }

    // Adds the bytes after the last complete piece.
    private mutating func rest() {
        let left = region.count - fields.size
        if left > 0 { fields.leaf("@unexpected", "error", left, role: .error, in: table) }
    }

    private mutating func multifd() {
        guard region.count >= MultifdPackets.initialSize, var packets = MultifdPackets(region) else { return }
        var initial = LayoutBuilder()
        initial.leaf("magic", "uint32", 4, in: table)
        initial.leaf("version", "uint32", 4, in: table)
        initial.leaf("uuid", "buffer", 16, in: table)
        initial.leaf("id", "uint8", 1, in: table)
        initial.leaf("reserved", "buffer", 39, in: table)
        fields.nested("initial packet", "struct", initial.body(in: table), in: table)
        let type = table.type(named: "packet")
        var items: [Item] = []
        var count = 0
        while let packet = packets.next(), packet.end > packet.offset {
            // A packet that the end cuts is left to `rest`.
            guard packets.isWhole(packet) else { break }
            let layout = layout(packet, packets)
            let size = table[layout].size
            if let last = items.last, last.child == layout {
                items[items.count - 1].count += 1
            } else {
                items.append(Item(type: type, role: .decoded, child: layout, stride: size, base: count))
            }
            count += 1
        }
        guard !items.isEmpty else { return }
        let array = table.layout(.array, items)
        fields.nested("packets", "packet", array, in: table)
    }

    private mutating func layout(_ packet: MultifdPackets.Packet, _ packets: MultifdPackets) -> LayoutID {
        let isPlain = packet.data.count == packet.normal * packets.pageSize
        let shape = PacketShape(
            isDeviceState: packet.isDeviceState, isPacked: !isPlain, normal: packet.normal, zero: packet.zero,
            table: packet.table.count, data: packet.data.count)
        if let known = shapes[shape] { return known }
        var builder = LayoutBuilder()
        for name in ["magic", "version", "flags"] { builder.leaf(name, "uint32", 4, in: table) }
        if packet.isDeviceState {
            builder.leaf("idstr", "text", 256, in: table)
            builder.leaf("instance_id", "uint32", 4, in: table)
            builder.leaf("next_packet_size", "uint32", 4, in: table)
        } else {
            header(packet, &builder)
        }
        if isPlain, !packet.isDeviceState {
            builder.array("pages", "page", count: packet.normal, stride: packets.pageSize, in: table)
        } else if !packet.data.isEmpty {
            builder.leaf(packet.method?.label ?? "data", "buffer", packet.data.count, in: table)
        }
        let layout = builder.body(in: table)
        shapes[shape] = layout
        return layout
    }

    private mutating func header(_ packet: MultifdPackets.Packet, _ builder: inout LayoutBuilder) {
        builder.leaf("pages_alloc", "uint32", 4, in: table)
        builder.leaf("normal_pages", "uint32", 4, in: table)
        builder.leaf("next_packet_size", "uint32", 4, in: table)
        builder.leaf("packet_num", "uint64", 8, in: table)
        builder.leaf("zero_pages", "uint32", 4, in: table)
        builder.leaf("reserved", "buffer", 28, in: table)
        builder.leaf("ramblock", "text", 256, in: table)
        builder.array("normal", "uint64", count: packet.normal, stride: 8, in: table)
        builder.array("zero", "uint64", count: packet.zero, stride: 8, in: table)
        let left = packet.table.count - 8 * (packet.normal + packet.zero)
        if left > 0 { builder.leaf("unused", "buffer", left, in: table) }
    }

    private mutating func messages() {
        var offset = 0
        while let type = region.bigEndian(UInt16.self, at: offset),
            let size = region.bigEndian(UInt16.self, at: offset + 2), Int(size) <= region.count - offset - 4,
            let message = ReturnPathMessage(rawValue: Int(type)), message.allows(Int(size))
        {
            var builder = LayoutBuilder()
            builder.leaf("type", "uint16", 2, in: table)
            builder.leaf("length", "uint16", 2, in: table)
            data(message, Int(size), &builder)
            fields.nested(message.label, "message", builder.body(in: table), in: table)
            offset += 4 + Int(size)
            if message == .receivedBitmap { offset += bitmap(at: offset) }
        }
    }

    /// The word after a received bitmap (RAMBLOCK_RECV_BITMAP_ENDING).
    private static let bitmapEnd: UInt64 = 0x0123_4567_89ab_cdef

    // Reads what follows a bitmap message: the length, one bit per page received before the connection broke,
    // little-endian, and an end mark (migration/ram.c ramblock_recv_bitmap_send, 2.12 to 11.1).
    private mutating func bitmap(at offset: Int) -> Int {
        guard let size = region.bigEndian(UInt64.self, at: offset).flatMap({ Int(exactly: $0) }),
            size % 8 == 0,
            size <= region.count - offset - 16,
            region.bigEndian(UInt64.self, at: offset + 8 + size) == Self.bitmapEnd
        else { return 0 }
        var builder = LayoutBuilder()
        builder.leaf("size", "uint64", 8, in: table)
        if size > 0 { builder.leaf("bitmap", "buffer", size, in: table) }
        builder.leaf("end", "uint64", 8, in: table)
        fields.nested("bitmap", "struct", builder.body(in: table), in: table)
        return size + 16
    }

    private mutating func data(_ message: ReturnPathMessage, _ size: Int, _ builder: inout LayoutBuilder) {
        switch message {
        case .shut: builder.leaf("value", "uint32", 4, in: table)
        case .pong: builder.leaf("cookie", "uint32", 4, in: table)
        case .resumeAck: builder.leaf("value", "uint32", 4, in: table)
        case .requestPages, .requestPagesOfBlock:
            builder.leaf("start", "uint64", 8, in: table)
            builder.leaf("length", "uint32", 4, in: table)
            if size > 12 { builder.leaf("block", "counted text", size - 12, in: table) }
        case .receivedBitmap: builder.leaf("block", "counted text", size, in: table)
        case .switchoverAck: break
        }
    }

    /// The maximum length of a descriptor's name in bytes; longer ones are not names.
    private static let longestName = 4096

    // Reads the CPR vmstate: a list of descriptors, each after a byte of 1, and 0 at the end
    // (migration/cpr.c, 10.0).
    private mutating func cpr() {
        guard region.count >= 8 else { return }
        fields.leaf("magic", "buffer", 4, in: table)
        fields.leaf("version", "uint32", 4, in: table)
        while let mark = region.byte(at: fields.size), mark <= 1 {
            guard mark == 1 else { return fields.leaf("end", "uint8", 1, in: table) }
            let offset = fields.size + 1
            guard let length = region.bigEndian(UInt32.self, at: offset), length <= Self.longestName,
                region.count - offset >= 4 + Int(length) + 4
            else { return }
            var builder = LayoutBuilder()
            builder.leaf("next", "uint8", 1, in: table)
            builder.leaf("namelen", "uint32", 4, in: table)
            builder.leaf("name", "text", Int(length), in: table)
            builder.leaf("id", "int32", 4, in: table)
            // The descriptor itself is passed outside the bytes; a blank represents it.
            if region.byte(at: offset + 8 + Int(length)) == 0x20 {
                builder.leaf("fd", "uint8", 1, in: table)
            }
            fields.nested("fd", "struct", builder.body(in: table), in: table)
        }
    }

    private mutating func records(_ reader: RAMReader) {
        var section = RAMSectionLayout(region: region, table: table, reader: reader)
        let body = section.body(at: 0, size: region.count)
        for item in body.members { fields.append(item) }
    }
}
