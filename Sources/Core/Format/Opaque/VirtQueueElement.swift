import Bytes

/// A request that a device had taken from a queue: struct VirtQueueElementOld as it stood in the memory of the
/// source's host, of 64 bits and either byte order (hw/virtio/virtio.c qemu_put_virtqueue_element, 5.2 to
/// 11.1). `iov_base` is always 0.
package enum VirtQueueElement {
    /// Descriptors that there is room for, readable and writable ones each.
    private static let capacity = 1024

    /// Lays it out as `name`, after the number of its descriptors where there is one.
    package static func read(
        _ name: String, _ reader: inout LeafReader, _ part: VirtIODevices.Part
    ) throws(Mismatch) {
        if part.countsDescriptors { try reader.integer("ndescs", as: UInt32.self) }
        guard let prefix = prefix(reader) else { throw reader.mismatch("counts of descriptors") }
        let word = prefix + "32"
        let address = prefix + "64"
        var body = LayoutBuilder()
        for name in ["index", "out_num", "in_num"] { body.leaf(name, word, 4, in: &reader.table) }
        body.leaf("padding", "unused_buffer", 4, in: &reader.table)
        for name in ["in_addr", "out_addr"] {
            body.array(name, address, count: capacity, stride: 8, in: &reader.table)
        }
        var vector = LayoutBuilder()
        for name in ["iov_base", "iov_len"] { vector.leaf(name, address, 8, in: &reader.table) }
        let piece = vector.body(in: &reader.table)
        for name in ["in_sg", "out_sg"] {
            body.array(name, "struct", count: capacity, stride: 16, child: piece, in: &reader.table)
        }
        try reader.member(name, "struct", body.body(in: &reader.table))
    }

    // The types of the host's words begin so: the counts tell its byte order.
    private static func prefix(_ reader: LeafReader) -> String? {
        guard let out = reader.region.bigEndian(UInt32.self, at: reader.position + 4),
            let into = reader.region.bigEndian(UInt32.self, at: reader.position + 8)
        else { return nil }
        if out.byteSwapped <= capacity, into.byteSwapped <= capacity { return "le" }
        return out <= capacity && into <= capacity ? "uint" : nil
    }
}
