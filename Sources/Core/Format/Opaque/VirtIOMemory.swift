import Bytes

/// The VMState `virtio-balloon-device`, version 1 (hw/virtio/virtio-balloon.c, 5.2 to 11.1). Pages of 4 KiB.
package enum VirtIOBalloon {
    @Sendable package static func read(_ reader: inout LeafReader, _ part: VirtIODevices.Part)
        throws(Mismatch)
    {
        try reader.fields([("num_pages", 4), ("actual", 4)])
        while reader.position < part.end {
            try reader.subsection { header, reader throws(Mismatch) in
                if header.isNamed("virtio-balloon-device/free-page-report", reader.region) {
                    try reader.fields([("free_page_hint_cmd_id", 4), ("free_page_hint_status", 4)])
                } else if header.isNamed("virtio-balloon-device/page-poison", reader.region) {
                    try reader.fields([("poison_val", 4)])
                } else {
                    throw reader.mismatch("a subsection of virtio-balloon-device")
                }
            }
        }
    }
}

/// The VMState `virtio-mem-device`, version 1 (hw/virtio/virtio-mem.c, 5.2 to 11.1). Sizes in bytes; a bit of
/// the bitmap for each block that is plugged.
package enum VirtIOMemory {
    @Sendable package static func read(_ reader: inout LeafReader, _ part: VirtIODevices.Part)
        throws(Mismatch)
    {
        // Machine types of 8.1 and later save the rest early, in a section of its own.
        guard part.end - reader.position > 16 else {
            return try reader.fields([("usable_region_size", 8), ("requested_size", 8)])
        }
        reader.begin()
        try reader.integer("addr", as: UInt64.self)
        let size = try reader.integer("region_size", as: UInt64.self)
        let block = try reader.integer("block_size", as: UInt64.self)
        try reader.integer("node", as: UInt32.self)
        reader.end("sanity-checks")
        try reader.fields([("usable_region_size", 8), ("size", 8), ("requested_size", 8)])
        guard block > 0 else { throw reader.mismatch("blocks of some size") }
        let blocks = size / block
        let words = Int(blocks / 64) + (blocks % 64 == 0 ? 0 : 1)
        try reader.bytes("bitmap", "bitmap", count: words.multipliedSaturated(by: 8))
    }
}
