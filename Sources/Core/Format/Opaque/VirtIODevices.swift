import Bytes

/// The own state of virtio devices, between the queues and the subsections of `virtio`: one entry for each
/// type with state, and for each version of it. Only the bytes after it give the length.
package enum VirtIODevices {
    /// The context of the device's part.
    package struct Part: Sendable {
        /// The end of the part, from the start of the stream.
        package var end: Int
        /// The number of queues that have entries.
        package var queueCount: Int
        /// The features that the guest has negotiated.
        package var features: UInt64
        /// Whether the number of its descriptors precedes a request in flight. That is so if the device
        /// offers packed rings, which the stream does not state.
        package var countsDescriptors = false

        package init(end: Int, queueCount: Int, features: UInt64, countsDescriptors: Bool = false) {
            self.end = end
            self.queueCount = queueCount
            self.features = features
            self.countsDescriptors = countsDescriptors
        }
    }

    private struct Device: Sendable {
        /// The last part of the section's idstr.
        package var name: String
        /// The VMState of the device's part, if any, and its version.
        package var vmstate = ""
        package var version: UInt32 = 0
        package var holdsRequests = false
        package var read: @Sendable (inout LeafReader, Part) throws(Mismatch) -> Void
    }

    private static let all: [Device] = [
        Device(name: "virtio-net", vmstate: "virtio-net-device", version: 11, read: VirtIONetwork.read),
        Device(name: "virtio-blk", holdsRequests: true, read: VirtIOBlock.read),
        Device(name: "virtio-console", holdsRequests: true, read: VirtIOSerial.read),
        Device(
            name: "virtio-balloon", vmstate: "virtio-balloon-device", version: 1, read: VirtIOBalloon.read),
        Device(name: "virtio-mem", vmstate: "virtio-mem-device", version: 1, read: VirtIOMemory.read),
        Device(
            name: "virtio-iommu", vmstate: "virtio-iommu-device", version: 2,
            read: { reader, _ throws(Mismatch) in try VirtIOIOMMU.read(&reader, version: 2) }),
        Device(
            name: "virtio-iommu", vmstate: "virtio-iommu-device", version: 1,
            read: { reader, _ throws(Mismatch) in try VirtIOIOMMU.read(&reader, version: 1) }),
    ]

    private static let packedRings: UInt64 = 1 << 34

    /// Reads the part as `device`: its fields if a reader for the device consumes it exactly, else bytes.
    /// Adds nothing if there are no bytes.
    package static func read(_ part: Part, of section: NameID, _ reader: inout LeafReader) throws(Mismatch) {
        guard part.end > reader.position else { return }
        for device in devices(of: section, reader.table) {
            let isPacked = part.features & packedRings != 0
            for countsDescriptors in device.holdsRequests ? [isPacked, !isPacked] : [false] {
                var part = part
                part.countsDescriptors = countsDescriptors
                if read(part, of: device, &reader) { return }
            }
        }
        try reader.bytes("device", count: part.end - reader.position)
    }

    private static func read(_ part: Part, of device: Device, _ reader: inout LeafReader) -> Bool {
        let start = reader.mark
        reader.begin()
        do throws(Mismatch) {
            try device.read(&reader, part)
            guard reader.position == part.end else { throw reader.mismatch("the end of the device") }
        } catch {
            reader.reset(to: start)
            return false
        }
        reader.end("device", vmstate: device.vmstate, version: device.version)
        return true
    }

    private static func devices(of section: NameID, _ table: LayoutTable) -> [Device] {
        let idstr = table.names.bytes(section)
        let start = idstr.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? idstr.startIndex
        return all.filter { idstr[start...].elementsEqual($0.name.utf8) }
    }
}

/// The state of virtio-blk: requests that failed or were held back, to be resubmitted (hw/block/virtio-blk.c
/// virtio_blk_save_device, 5.2 to 11.1).
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

/// The VMState `virtio-net-device`, version 11 (hw/net/virtio-net.c, 5.2 to 11.1). Big-endian, except
/// `vlans`, which has 32-bit words in host order.
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

    // Devices with one pair have no fields for pairs; only the number of remaining bytes shows that.
    private static func hasPairs(
        _ reader: LeafReader, _ part: VirtIODevices.Part, offloadSize: Int
    ) -> Bool {
        let next = reader.position + offloadSize
        guard next < part.end else { return next > part.end }
        return
            !(SubsectionHeader(reader.region, at: next, limit: part.end)
            .map { reader.region.matches(vmstate, at: $0.name.lowerBound) } ?? false)
    }

    // Reads the pairs after the first, whose `tx_waiting` is in `vqs`.
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

/// The state of virtio-serial, whose section is named virtio-console (hw/char/virtio-serial-bus.c
/// virtio_serial_save_device, version 3; 5.2 to 11.1). Big-endian, except the first three fields, which the
/// destination ignores: the guest's configuration as read by the host.
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

    // The bytes of the number are swapped if guest and host differ in byte order.
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

/// `virtio-gpu`: resources with their images, then scanouts; and blob resources (hw/display/virtio-gpu.c, 5.2
/// to 11.1).
package enum VirtIOGPU {
    @Sendable package static func decode(_ field: inout FieldDecoding) -> LayoutID? {
        field.read { reader throws(Mismatch) in
            try list("resources", &reader) { reader throws(Mismatch) in
                let width = try reader.integer("width", as: UInt32.self)
                let height = try reader.integer("height", as: UInt32.self)
                try reader.integer("format", as: UInt32.self)
                try entries(&reader)
                // All formats have four bytes per pixel.
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

    // Reads resources, each of which begins with a nonzero id.
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

    // Reads the guest memory ranges of a resource.
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
        // Machine types of 9.0 and later also write the frame buffer.
        if count > 0, reader.left / count >= 64 {
            fields += ["fb.format", "fb.bytes_pp", "fb.width", "fb.height", "fb.stride", "fb.offset"]
        }
        let scanout = reader.integers(fields.map { ($0, 4) })
        // A damaged count is shown anyway, because the destination compares it.
        guard count.multipliedSaturated(by: reader.table[scanout].size) == reader.left else {
            return try reader.bytes("parent_obj.scanout", count: reader.left)
        }
        try reader.array("parent_obj.scanout", "struct", count: count, of: scanout)
    }
}

/// The VMState `virtio-iommu-device`, versions 1 (5.2 to 6.2) and 2 (7.0 to 11.1): a tree of domains, each
/// with a tree of mappings and a list of endpoints (hw/virtio/virtio-iommu.c). Elements have the form of
/// `ElementLists`.
package enum VirtIOIOMMU {
    package static func read(_ reader: inout LeafReader, version: Int) throws(Mismatch) {
        let hasBypass = version > 1
        try tree("domains", &reader) { reader throws(Mismatch) in
            try reader.integer("key", as: UInt64.self)
            reader.begin()
            try domain(&reader, hasBypass: hasBypass)
            reader.end("value")
        }
        if hasBypass { try reader.integer("config.bypass", as: UInt8.self) }
    }

    private static func domain(_ reader: inout LeafReader, hasBypass: Bool) throws(Mismatch) {
        try reader.integer("id", as: UInt32.self)
        let interval = reader.integers([("low", 8), ("high", 8)])
        let mapping = reader.integers([("phys_addr", 8), ("flags", 4)])
        try tree("mappings", &reader) { reader throws(Mismatch) in
            try reader.member("key", "struct", interval)
            try reader.member("value", "struct", mapping)
        }
        let endpoint = reader.integers([("id", 4)])
        reader.begin()
        _ = try ElementLists.marked("elements", &reader) { reader, _ throws(Mismatch) in
            try reader.member("value", "struct", endpoint)
        }
        reader.end("endpoint_list", "qlist")
        if hasBypass { try reader.integer("bypass", as: UInt8.self, type: "bool") }
    }

    private static func tree(
        _ name: String, _ reader: inout LeafReader,
        _ element: (inout LeafReader) throws(Mismatch) -> Void
    ) throws(Mismatch) {
        reader.begin()
        let count = try reader.integer("count", as: UInt32.self)
        let found = try ElementLists.marked("elements", &reader) { reader, _ throws(Mismatch) in
            try element(&reader)
        }
        guard found == count else { throw reader.mismatch("\(count) elements") }
        reader.end(name, "gtree")
    }
}

/// The VMState `virtio-balloon-device`, version 1 (hw/virtio/virtio-balloon.c, 5.2 to 11.1). Pages have 4
/// KiB.
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

/// The VMState `virtio-mem-device`, version 1 (hw/virtio/virtio-mem.c, 5.2 to 11.1). Sizes are in bytes; the
/// bitmap has one bit per plugged block.
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
