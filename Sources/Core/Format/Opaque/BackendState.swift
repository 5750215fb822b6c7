import Bytes

/// State of a vhost-user back end: chunks that only it understands (hw/virtio/vhost.c, 8.2 to 11.1).
package enum BackendState {
    @Sendable package static func decode(_ field: inout FieldDecoding) -> LayoutID? { field.read(read) }

    package static func read(_ reader: inout LeafReader) throws(Mismatch) {
        reader.begin(.array)
        while reader.region.bigEndian(UInt32.self, at: reader.position) != 0 {
            try reader.beginElement()
            let length = try reader.integer("length", as: UInt32.self)
            try reader.bytes("data", count: Int(length))
            reader.end()
        }
        reader.end("chunks")
        try reader.integer("end", as: UInt32.self)
    }
}
