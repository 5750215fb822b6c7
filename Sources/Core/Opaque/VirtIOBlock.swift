/// What virtio-blk saves: the requests that failed, or were held back, and are to be submitted again
/// (hw/block/virtio-blk.c virtio_blk_save_device, 5.2 to 11.1).
enum VirtIOBlock {
    @Sendable static func read(_ reader: inout LeafReader, _ part: VirtIODevices.Part) throws(Mismatch) {
        reader.begin(.array)
        while reader.region.byte(at: reader.position) == 1 {
            try reader.beginElement()
            try reader.integer("mark", as: UInt8.self)
            if part.queueCount > 1 { try reader.integer("queue", as: UInt32.self) }
            try VirtQueueElement.read("elem", &reader, part)
            reader.end()
        }
        reader.end("requests")
        guard try reader.integer("end", as: UInt8.self) == 0 else { throw reader.mismatch("0") }
    }
}
