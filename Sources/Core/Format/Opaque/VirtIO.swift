import Bytes

/// `virtio`: the state of transport, queues and device (hw/virtio/virtio.c virtio_save, 5.2 to 11.1).
///
/// Nothing names the transport, so the one that fits the bytes is used. The device's own state is read by its
/// type (`VirtIODevices`); the subsections of `virtio` after it are found by their names.
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
        // The count covers the queues before the first one without entries.
        for number in 0..<count {
            let size =
                reader.region.bigEndian(UInt32.self, at: start + number * reader.table[queue].size) ?? 0
            guard (1...1 << 16).contains(size) else { throw reader.mismatch("a queue of 1 to 65536 entries") }
        }
        return count
    }
}

/// The transport of a virtio device, whose state comes first.
package enum VirtIOTransport: Equatable {
    /// The size of the configuration space in bytes, and the number of MSI-X vectors; nil without MSI-X.
    case pci(configSize: Int, vectorCount: Int?)
    case ccw
    case mmio

    /// Whether each queue has an interrupt vector.
    package var hasVectors: Bool {
        switch self {
        case .pci(_, let vectorCount): vectorCount != nil
        case .ccw: true
        case .mmio: false
        }
    }

    /// Returns the possible transports at the reader's position in a section of that idstr, the likeliest
    /// first. The bytes of one transport can also be read as those of another.
    package static func candidates(_ reader: LeafReader, section: NameID) -> [VirtIOTransport] {
        let idstr = reader.table.names.bytes(section)
        if let header = PCIHeader(reader, isNamed: hasPCIAddress(idstr)) {
            let sizes = header.isExpress ? [4096, 256] : [256, 4096]
            return sizes.map { .pci(configSize: $0, vectorCount: header.vectorCount) }
        }
        // The idstr of a device on virtio-mmio begins with the bus:
        // `virtio-mmio@000000000a000000/virtio-net`.
        let isMapped = idstr.starts(with: "virtio-mmio@".utf8)
        return isMapped ? [.mmio, .ccw] : [.ccw, .mmio]
    }

    // Whether the idstr begins with a PCI address, which includes all buses on the path:
    // `0000:00:02.0/virtio-net` (hw/pci/pci.c pcibus_get_dev_path, 5.2 to 11.1).
    private static func hasPCIAddress(_ idstr: some Collection<UInt8>) -> Bool {
        let signs: [Int: UInt8] = [4: UInt8(ascii: ":"), 7: UInt8(ascii: ":"), 10: UInt8(ascii: ".")]
        let address = Array(idstr.prefix(12))
        return address.count == 12
            && address[..<11].enumerated().allSatisfy { place, byte in
                signs[place].map { $0 == byte } ?? (ASCII.hexValue(byte) != nil)
            }
    }

    package func read(_ reader: inout LeafReader) throws(Mismatch) {
        switch self {
        case .pci(let configSize, let vectorCount): try Self.pci(configSize, vectorCount, &reader)
        case .ccw: try ChannelDevice.read(&reader)
        case .mmio:
            try reader.integer("host_features_sel", as: UInt32.self)
            try reader.integer("guest_features_sel", as: UInt32.self)
            try reader.integer("guest_page_shift", as: UInt32.self)
        }
    }

    // Reads vmstate_pci_device, then MSI-X (hw/virtio/virtio-pci.c virtio_pci_save_config).
    private static func pci(
        _ configSize: Int, _ vectorCount: Int?, _ reader: inout LeafReader
    ) throws(Mismatch) {
        try reader.integer("version_id", as: UInt32.self, type: "int32 le")
        try reader.bytes("config", "pci config", count: configSize)
        let levels = reader.position
        try reader.bytes("irq_state", "pci irq state", count: 16)
        for pin in 0..<4 {
            guard let level = reader.region.bigEndian(UInt32.self, at: levels + pin * 4), level <= 1 else {
                throw reader.mismatch("an interrupt level of 0 or 1")
            }
        }
        guard let vectorCount else { return }
        reader.begin()
        try MSIXTable.read(vectorCount: vectorCount, &reader)
        reader.end("msix")
        try reader.integer("config_vector", as: UInt16.self)
    }
}

/// What the configuration space of a virtio PCI device reveals about its state.
private struct PCIHeader {
    package private(set) var isExpress = false
    package private(set) var vectorCount: Int?

    private static let virtioVendor: UInt16 = 0x1af4
    private static let headerSize = 64
    private static let configSize = 256

    /// Nil if no PCI device of virtio's vendor is at the reader's position.
    /// - Parameter isNamed: Whether the idstr shows a PCI device; its vendor id may then be damaged.
    package init?(_ reader: LeafReader, isNamed: Bool) {
        let config = reader.position + 4
        guard reader.left >= 4 + Self.configSize,
            let version = reader.region.bigEndian(UInt32.self, at: reader.position),
            isNamed || (1...2).contains(version) && Self.word(reader, config) == Self.virtioVendor
        else { return nil }
        let hasCapabilities = Self.word(reader, config + 6) & 0x10 != 0
        var pointer = hasCapabilities ? Int(reader.region.byte(at: config + 0x34) ?? 0) & ~3 : 0
        // A list in 192 bytes has at most 48 capabilities.
        for _ in 0..<48 where pointer >= Self.headerSize {
            let capability = config + pointer
            switch reader.region.byte(at: capability) {
            case 0x10: isExpress = true
            case 0x11: vectorCount = Int(Self.word(reader, capability + 2) & 0x7ff) + 1
            default: break
            }
            pointer = Int(reader.region.byte(at: capability + 1) ?? 0) & ~3
        }
    }

    private static func word(_ reader: LeafReader, _ offset: Int) -> UInt16 {
        reader.region.bigEndian(UInt16.self, at: offset)?.byteSwapped ?? 0
    }
}

/// The subsections of the VMState `virtio`, which has no fields (hw/virtio/virtio.c, 5.2 to 11.1).
package enum VirtIOSubsections {
    /// The length of the arrays: one entry for each possible queue.
    private static let queueCount = 1024

    private struct Known: Sendable {
        package var name: String
        /// The size of the fields in bytes.
        package var size: Int
        package var fields: @Sendable (inout LeafReader) throws(Mismatch) -> Void
    }

    private static let known: [Known] = [
        Known(name: "virtio/device_endian", size: 1) { reader throws(Mismatch) in
            try reader.integer("device_endian", as: UInt8.self)
        },
        Known(name: allFeatures, size: 8) { reader throws(Mismatch) in
            try reader.integer("guest_features", as: UInt64.self)
        },
        Known(name: "virtio/virtqueues", size: queueCount * 16) { reader throws(Mismatch) in
            try queues([("avail", 8), ("used", 8)], &reader)
        },
        Known(name: "virtio/ringsize", size: queueCount * 4) { reader throws(Mismatch) in
            try queues([("num_default", 4)], &reader)
        },
        Known(name: "virtio/broken", size: 1) { reader throws(Mismatch) in try flag("broken", &reader) },
        Known(name: "virtio/started", size: 1) { reader throws(Mismatch) in try flag("started", &reader) },
        Known(name: "virtio/packed_virtqueues", size: queueCount * 10) { reader throws(Mismatch) in
            try queues(
                [
                    ("last_avail_idx", 2), ("last_avail_wrap_counter", 1), ("used_idx", 2),
                    ("used_wrap_counter", 1), ("inuse", 4),
                ], &reader)
        },
        Known(name: "virtio/disabled", size: 1) { reader throws(Mismatch) in try flag("disabled", &reader) },
        // The following ones are below virtio/extra_state.
        Known(name: "virtio_pci/modern_state", size: 16 + queueCount * 28) { reader throws(Mismatch) in
            try reader.integer("dfselect", as: UInt32.self)
            try reader.integer("gfselect", as: UInt32.self)
            try reader.array("guest_features", "uint32", count: 2, stride: 4)
            try queues([("num", 2), ("unused", 1), (enabled, 1)], addresses: true, &reader)
        },
        Known(name: "virtio_mmio/state", size: 8 + queueCount * 27) { reader throws(Mismatch) in
            try reader.array("guest_features", "uint32", count: 2, stride: 4)
            try queues([("num", 2), (enabled, 1)], addresses: true, &reader)
        },
    ]

    private static let enabled = "enabled"
    private static let allFeatures = "virtio/64bit_features"
    private static let extraState = "virtio/extra_state"
    private static let prefix = "virtio/"

    /// Returns the start of the subsections that extend to the reader's limit; the limit if there are none.
    package static func start(_ reader: LeafReader) -> Int {
        let bytes = reader.region.span
        var offset = reader.position
        while reader.limit - offset > 6 {
            if bytes[byteAt: offset] == SectionType.subsection.rawValue,
                reader.region.matches(prefix, at: offset + 2), reachesLimit(offset, reader)
            {
                return offset
            }
            offset += 1
        }
        return reader.limit
    }

    private static func reachesLimit(_ start: Int, _ reader: LeafReader) -> Bool {
        var offset = start
        for _ in 0..<known.count where offset < reader.limit {
            guard let end = end(ofSubsectionAt: offset, reader) else { return false }
            offset = end
        }
        return offset == reader.limit
    }

    private static func end(ofSubsectionAt offset: Int, _ reader: LeafReader) -> Int? {
        let region = reader.region
        guard let header = SubsectionHeader(region, at: offset, limit: reader.limit) else { return nil }
        if header.isNamed(extraState, region) {
            return inner(header, reader).flatMap { end(ofSubsectionAt: $0.name.lowerBound - 2, reader) }
                ?? header.end
        }
        guard let match = known.first(where: { header.isNamed($0.name, region) }),
            match.size <= reader.limit - header.end
        else { return nil }
        return header.end + match.size
    }

    // The transport's own VMState has no fields either, and at most one subsection.
    private static func inner(_ header: SubsectionHeader, _ reader: LeafReader) -> SubsectionHeader? {
        guard let inner = SubsectionHeader(reader.region, at: header.end, limit: reader.limit),
            reader.region.matches("virtio_", at: inner.name.lowerBound)
        else { return nil }
        return inner
    }

    /// Reads one subsection that `start` has found.
    package static func read(_ reader: inout LeafReader) throws(Mismatch) {
        try reader.subsection { header, reader throws(Mismatch) in
            if header.isNamed(extraState, reader.region) {
                if inner(header, reader) != nil { try read(&reader) }
            } else if let match = known.first(where: { header.isNamed($0.name, reader.region) }) {
                try match.fields(&reader)
            }
        }
    }

    /// Returns all negotiated features if the subsections at `offset` contain them.
    package static func features(from offset: Int, _ reader: LeafReader) -> UInt64? {
        var offset = offset
        while let header = SubsectionHeader(reader.region, at: offset, limit: reader.limit),
            let end = end(ofSubsectionAt: offset, reader)
        {
            if header.isNamed(allFeatures, reader.region) {
                return reader.region.bigEndian(UInt64.self, at: header.end)
            }
            offset = end
        }
        return nil
    }

    private static func flag(_ name: String, _ reader: inout LeafReader) throws(Mismatch) {
        try reader.integer(name, as: UInt8.self, type: "bool")
    }

    private static func queues(
        _ fields: [(name: String, size: Int)], addresses: Bool = false, _ reader: inout LeafReader
    ) throws(Mismatch) {
        var queue = LayoutBuilder()
        for field in fields {
            let type = field.name == enabled ? "bool" : "uint\(field.size * 8)"
            queue.leaf(field.name, type, field.size, in: reader.table)
        }
        if addresses {
            for name in ["desc", "avail", "used"] {
                queue.array(name, "uint32", count: 2, stride: 4, in: reader.table)
            }
        }
        let layout = queue.body(in: reader.table)
        try reader.array("vqs", "struct", count: queueCount, of: layout)
    }
}

/// A request that a device had taken from a queue: struct VirtQueueElementOld as in the memory of the 64-bit
/// source host, in either byte order (hw/virtio/virtio.c qemu_put_virtqueue_element, 5.2 to 11.1). `iov_base`
/// is always 0.
package enum VirtQueueElement {
    /// The maximum number of descriptors, each for readable and writable ones.
    private static let capacity = 1024

    /// Reads the request as `name`, after the number of its descriptors if there is one.
    package static func read(
        _ name: String, _ reader: inout LeafReader, _ part: VirtIODevices.Part
    ) throws(Mismatch) {
        if part.countsDescriptors { try reader.integer("ndescs", as: UInt32.self) }
        guard let prefix = prefix(reader) else { throw reader.mismatch("counts of descriptors") }
        let word = prefix + "32"
        let address = prefix + "64"
        var body = LayoutBuilder()
        for name in ["index", "out_num", "in_num"] { body.leaf(name, word, 4, in: reader.table) }
        body.leaf("padding", "unused_buffer", 4, in: reader.table)
        for name in ["in_addr", "out_addr"] {
            body.array(name, address, count: capacity, stride: 8, in: reader.table)
        }
        var vector = LayoutBuilder()
        for name in ["iov_base", "iov_len"] { vector.leaf(name, address, 8, in: reader.table) }
        let piece = vector.body(in: reader.table)
        for name in ["in_sg", "out_sg"] {
            body.array(name, "struct", count: capacity, stride: 16, child: piece, in: reader.table)
        }
        try reader.member(name, "struct", body.body(in: reader.table))
    }

    // The type prefix for the host's words; the counts reveal its byte order.
    private static func prefix(_ reader: LeafReader) -> String? {
        guard let out = reader.region.bigEndian(UInt32.self, at: reader.position + 4),
            let into = reader.region.bigEndian(UInt32.self, at: reader.position + 8)
        else { return nil }
        if out.byteSwapped <= capacity, into.byteSwapped <= capacity { return "le" }
        return out <= capacity && into <= capacity ? "uint" : nil
    }
}
