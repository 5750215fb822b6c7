import Bytes

/// What virtio-serial saves, whose section is called virtio-console (hw/char/virtio-serial-bus.c
/// virtio_serial_save_device, version 3; 5.2 to 11.1). Big-endian, but the first three, which the target
/// ignores: the guest's configuration as the host reads its words.
package enum VirtIOSerial {
    private static let portLimit: UInt32 = 511

    @Sendable package static func read(_ reader: inout LeafReader, _ part: VirtIODevices.Part)
        throws(Mismatch)
    {
        try reader.fields([("cols", 2), ("rows", 2)])
        let words = try wordCount(reader.integer("max_nr_ports", as: UInt32.self), reader)
        try reader.array("ports_map", "uint32", count: words, stride: 4)
        let count = try reader.integer("nr_active_ports", as: UInt32.self)
        guard count <= portLimit else { throw reader.mismatch("at most \(portLimit) ports") }
        reader.begin(.array)
        for _ in 0..<count {
            try reader.beginElement()
            try port(&reader, part)
            reader.end()
        }
        reader.end("ports")
    }

    // The number has the bytes turned where guest and host differ in order.
    private static func wordCount(_ ports: UInt32, _ reader: LeafReader) throws(Mismatch) -> Int {
        let ports = min(ports, ports.byteSwapped)
        guard (1...portLimit).contains(ports) else { throw reader.mismatch("1 to \(portLimit) ports") }
        return (Int(ports) + 31) / 32
    }

    private static func port(
        _ reader: inout LeafReader, _ part: VirtIODevices.Part
    ) throws(Mismatch) {
        try reader.integer("id", as: UInt32.self)
        for name in ["guest_connected", "host_connected"] {
            try reader.integer(name, as: UInt8.self, type: "bool")
        }
        let isThrottled = try reader.integer("elem_popped", as: UInt32.self)
        guard isThrottled <= 1 else { throw reader.mismatch("0 or 1") }
        guard isThrottled == 1 else { return }
        try reader.fields([("iov_idx", 4), ("iov_offset", 8)])
        try VirtQueueElement.read("elem", &reader, part)
    }
}
