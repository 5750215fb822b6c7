import Bytes

/// The VMState `virtio-net-device`, version 11 (hw/net/virtio-net.c, 5.2 to 11.1). Big-endian, but for `vlans`:
/// words of 32 bits as the host has them.
package enum VirtIONetwork {
    private static let vlanSize = 4096 / 8
    private static let guestOffloads: UInt64 = 1 << 2
    private static let keySize = 40
    private static let vmstate = "virtio-net-device/"

    @Sendable package static func read(_ reader: inout LeafReader, _ part: VirtIODevices.Part)
        throws(Mismatch)
    {
        try reader.bytes("mac", "mac address", count: 6)
        reader.begin()
        try reader.integer("tx_waiting", as: UInt32.self)
        reader.end("vqs")
        try reader.fields([("mergeable_rx_bufs", 4), ("status", 2), ("promisc", 1), ("allmulti", 1)])
        let count = Int(try reader.integer("mac_table.in_use", as: UInt32.self))
        try reader.array("mac_table.macs", "mac address", count: count, stride: 6)
        try reader.bytes("vlans", count: vlanSize)
        try reader.fields([
            ("has_vnet_hdr", 4), ("mac_table.multi_overflow", 1), ("mac_table.uni_overflow", 1),
            ("alluni", 1), ("nomulti", 1), ("nouni", 1), ("nobcast", 1), ("has_ufo", 1),
        ])
        let hasOffloads = part.features & guestOffloads != 0
        if hasPairs(reader, part, offloadSize: hasOffloads ? 8 : 0) { try pairs(&reader) }
        if hasOffloads { try reader.integer("curr_guest_offloads", as: UInt64.self) }
        while reader.position < part.end { try subsection(&reader) }
    }

    // Devices of one pair have no fields for pairs; the stream shows it by what is left only.
    private static func hasPairs(
        _ reader: LeafReader, _ part: VirtIODevices.Part, offloadSize: Int
    ) -> Bool {
        let next = reader.position + offloadSize
        guard next < part.end else { return next > part.end }
        return
            !(SubsectionHeader(reader.region, at: next, limit: part.end)
            .map { reader.region.matches(vmstate, at: $0.name.lowerBound) } ?? false)
    }

    // The first pair's `tx_waiting` is in `vqs`.
    private static func pairs(_ reader: inout LeafReader) throws(Mismatch) {
        guard try reader.integer("max_queue_pairs", as: UInt16.self, type: "uint16 equal") > 1 else {
            throw reader.mismatch("more than one pair")
        }
        let count = Int(try reader.integer("curr_queue_pairs", as: UInt16.self))
        let queue = reader.integers([("tx_waiting", 4)])
        try reader.array("vqs_1", "struct", count: max(0, count - 1), of: queue)
    }

    private static func subsection(_ reader: inout LeafReader) throws(Mismatch) {
        try reader.subsection { header, reader throws(Mismatch) in
            if header.isNamed(vmstate + "rss", reader.region) {
                try receiveSideScaling(version: header.version, &reader)
            } else if header.isNamed(vmstate + "backend", reader.region) {
                reader.begin()
                try BackendState.read(&reader)
                reader.end("backend", "virtio-net vhost-user backend state")
            } else {
                throw reader.mismatch("a subsection of virtio-net-device")
            }
        }
    }

    private static func receiveSideScaling(
        version: UInt32, _ reader: inout LeafReader
    ) throws(Mismatch) {
        for name in ["enabled", "redirect", "populate_hash"] {
            try reader.integer("rss_data." + name, as: UInt8.self, type: "bool")
        }
        try reader.fields(
            version > 1
                ? [("rss_data.runtime_hash_types", 4), ("rss_data.supported_hash_types", 4)]
                : [("rss_data.hash_types", 4)])
        let count = try reader.integer("rss_data.indirections_len", as: UInt16.self)
        try reader.integer("rss_data.default_queue", as: UInt16.self)
        try reader.array("rss_data.key", "uint8", count: keySize, stride: 1)
        try reader.array("rss_data.indirections_table", "uint16", count: Int(count), stride: 2)
    }
}
