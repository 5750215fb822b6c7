import Bytes

/// Queues and parser state of `usb-redir` (hw/usb/redirect.c, 5.2 to 11.1).
package enum USBRedirection {
    @Sendable package static func parser(_ field: inout FieldDecoding) -> LayoutID? {
        field.read { reader throws(Mismatch) in
            let length = try reader.integer("len", as: UInt32.self)
            try reader.bytes("data", count: Int(length))
        }
    }

    @Sendable package static func packets(_ field: inout FieldDecoding) -> LayoutID? {
        field.read { reader throws(Mismatch) in
            let count = try reader.integer("count", as: UInt32.self)
            guard Int(count) <= reader.left / 8 else { throw reader.mismatch("\(count) packets") }
            reader.begin(.array)
            for _ in 0..<count {
                try reader.beginElement()
                let length = try reader.integer("len", as: UInt32.self)
                try reader.integer("status", as: UInt32.self)
                try reader.bytes("data", count: Int(length))
                reader.end()
            }
            reader.end("packets")
        }
    }

    @Sendable package static func packetIDs(_ field: inout FieldDecoding) -> LayoutID? {
        field.read { reader throws(Mismatch) in
            let count = try reader.integer("count", as: UInt32.self)
            try reader.array("ids", "uint64", count: Int(count), stride: 8)
        }
    }
}
