import Bytes

/// The subsections of the VMState `virtio`, which has no fields (hw/virtio/virtio.c, 5.2 to 11.1).
package enum VirtIOSubsections {
    /// Arrays have a place for each queue that there may be.
    private static let queueCount = 1024

    private struct Known: Sendable {
        package var name: String
        /// Bytes of the fields.
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
        // Below virtio/extra_state.
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

    /// Where the subsections begin that go on to the reader's limit; the limit where there are none.
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

    // The transport's own VMState has no fields either, and one subsection or none.
    private static func inner(_ header: SubsectionHeader, _ reader: LeafReader) -> SubsectionHeader? {
        guard let inner = SubsectionHeader(reader.region, at: header.end, limit: reader.limit),
            reader.region.matches("virtio_", at: inner.name.lowerBound)
        else { return nil }
        return inner
    }

    /// Reads one, which `start` has found.
    package static func read(_ reader: inout LeafReader) throws(Mismatch) {
        try reader.subsection { header, reader throws(Mismatch) in
            if header.isNamed(extraState, reader.region) {
                if inner(header, reader) != nil { try read(&reader) }
            } else if let match = known.first(where: { header.isNamed($0.name, reader.region) }) {
                try match.fields(&reader)
            }
        }
    }

    /// All features that were negotiated, where the subsections at `offset` tell them.
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
            queue.leaf(field.name, type, field.size, in: &reader.table)
        }
        if addresses {
            for name in ["desc", "avail", "used"] {
                queue.array(name, "uint32", count: 2, stride: 4, in: &reader.table)
            }
        }
        let layout = queue.body(in: &reader.table)
        try reader.array("vqs", "struct", count: queueCount, of: layout)
    }
}
