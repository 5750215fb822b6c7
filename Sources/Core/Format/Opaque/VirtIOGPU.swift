import Bytes

/// `virtio-gpu`: resources with their images, then scanouts; and blob resources (hw/display/virtio-gpu.c,
/// 5.2 to 11.1).
package enum VirtIOGPU {
    @Sendable package static func decode(_ field: inout FieldDecoding) -> LayoutID? {
        field.read { reader throws(Mismatch) in
            try list("resources", &reader) { reader throws(Mismatch) in
                let width = try reader.integer("width", as: UInt32.self)
                let height = try reader.integer("height", as: UInt32.self)
                try reader.integer("format", as: UInt32.self)
                try entries(&reader)
                // All formats have four bytes a pixel.
                try reader.bytes("image", count: Int(width).multipliedSaturated(by: Int(height) * 4))
            }
            reader.begin()
            try scanouts(&reader)
            reader.end("scanouts", vmstate: "virtio-gpu-scanouts", version: 1)
        }
    }

    @Sendable package static func blob(_ field: inout FieldDecoding) -> LayoutID? {
        field.read { reader throws(Mismatch) in
            try list("resources", &reader) { reader throws(Mismatch) in
                try reader.integer("blob_size", as: UInt32.self)
                try entries(&reader)
            }
        }
    }

    // Resources, each opened by an id that is not 0.
    private static func list(
        _ name: String, _ reader: inout LeafReader, _ rest: (inout LeafReader) throws(Mismatch) -> Void
    ) throws(Mismatch) {
        reader.begin(.array)
        while reader.region.bigEndian(UInt32.self, at: reader.position) != 0 {
            try reader.beginElement()
            try reader.integer("resource_id", as: UInt32.self)
            try rest(&reader)
            reader.end()
        }
        reader.end(name)
        try reader.integer("end", as: UInt32.self)
    }

    // The guest memory behind a resource.
    private static func entries(_ reader: inout LeafReader) throws(Mismatch) {
        let count = try reader.integer("iov_cnt", as: UInt32.self)
        let entry = reader.integers([("addr", 8), ("len", 4)])
        try reader.array("iov", "struct", count: Int(count), of: entry)
    }

    private static func scanouts(_ reader: inout LeafReader) throws(Mismatch) {
        try reader.integer("parent_obj.enable", as: UInt32.self, type: "int32")
        let count = Int(
            try reader.integer("parent_obj.conf.max_outputs", as: UInt32.self, type: "uint32 equal"))
        var fields = [
            "resource_id", "width", "height", "x", "y", "cursor.resource_id", "cursor.hot_x", "cursor.hot_y",
            "cursor.pos.x", "cursor.pos.y",
        ]
        // Machine types of 9.0 and later tell the frame buffer too.
        if count > 0, reader.left / count >= 64 {
            fields += ["fb.format", "fb.bytes_pp", "fb.width", "fb.height", "fb.stride", "fb.offset"]
        }
        let scanout = reader.integers(fields.map { ($0, 4) })
        // A count that is damaged is shown all the same, for the target compares it.
        guard count.multipliedSaturated(by: reader.table[scanout].size) == reader.left else {
            return try reader.bytes("parent_obj.scanout", count: reader.left)
        }
        try reader.array("parent_obj.scanout", "struct", count: count, of: scanout)
    }
}
