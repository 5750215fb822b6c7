import Bytes

/// What virtio-blk saves: the requests that failed, or were held back, and are to be submitted again
/// (hw/block/virtio-blk.c virtio_blk_save_device, 5.2 to 11.1).
package enum VirtIOBlock {
    @Sendable package static func read(_ reader: inout LeafReader, _ part: VirtIODevices.Part)
        throws(Mismatch)
    {
        _ = try ElementLists.marked("requests", &reader) { reader, _ throws(Mismatch) in
            if part.queueCount > 1 { try reader.integer("queue", as: UInt32.self) }
            try VirtQueueElement.read("elem", &reader, part)
        }
    }
}
