import Bytes

/// `virtio`: what transport, queues and device save (hw/virtio/virtio.c virtio_save, 5.2 to 11.1).
///
/// Nothing names the transport: the one whose reading fits the bytes is it. What the device itself saves is
/// read by its type (`VirtIODevices`); the subsections of `virtio` after it are found by their names.
package enum VirtIO {
    @Sendable package static func decode(_ field: inout FieldDecoding) -> LayoutID? {
        let section = field.section
        return field.read { reader throws(Mismatch) in
            let start = reader.mark
            for transport in VirtIOTransport.candidates(reader, section: section) {
                do throws(Mismatch) {
                    try read(transport, section, &reader)
                    return
                } catch {
                    reader.reset(to: start)
                }
            }
            throw reader.mismatch("a virtio transport")
        }
    }

    private static let queueLimit = 1024
    private static let configLimit = 1 << 16

    private static func read(
        _ transport: VirtIOTransport, _ section: NameID, _ reader: inout LeafReader
    ) throws(Mismatch) {
        reader.begin()
        try transport.read(&reader)
        reader.end("transport")
        try reader.integer("status", as: UInt8.self)
        try reader.integer("isr", as: UInt8.self)
        guard try reader.integer("queue_sel", as: UInt16.self) < queueLimit else {
            throw reader.mismatch("a queue below \(queueLimit)")
        }
        let features = try reader.integer("guest_features", as: UInt32.self)
        let configSize = Int(try reader.integer("config_len", as: UInt32.self))
        guard configSize <= configLimit else {
            throw reader.mismatch("a config of at most \(configLimit) bytes")
        }
        try reader.bytes("config", count: configSize)
        let queueCount = try queues(transport, &reader)
        let tail = VirtIOSubsections.start(reader)
        let part = VirtIODevices.Part(
            end: tail, queueCount: queueCount,
            features: VirtIOSubsections.features(from: tail, reader) ?? UInt64(features))
        try VirtIODevices.read(part, of: section, &reader)
        while reader.left > 0 { try VirtIOSubsections.read(&reader) }
    }

    private static func queues(
        _ transport: VirtIOTransport, _ reader: inout LeafReader
    ) throws(Mismatch) -> Int {
        let count = Int(try reader.integer("queue_count", as: UInt32.self))
        guard count <= queueLimit else { throw reader.mismatch("at most \(queueLimit) queues") }
        var fields: [(name: String, size: Int)] = [("num", 4)]
        if transport == .mmio { fields.append(("align", 4)) }
        fields += [("desc", 8), ("last_avail_idx", 2)]
        if transport.hasVectors { fields.append(("vector", 2)) }
        let queue = reader.integers(fields)
        let start = reader.position
        try reader.array("queues", "struct", count: count, of: queue)
        // The count is that of the queues before the first one without entries.
        for number in 0..<count {
            let size =
                reader.region.bigEndian(UInt32.self, at: start + number * reader.table[queue].size) ?? 0
            guard (1...1 << 16).contains(size) else { throw reader.mismatch("a queue of 1 to 65536 entries") }
        }
        return count
    }
}
