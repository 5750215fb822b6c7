import Bytes

/// The state of a vhost-user back end: chunks in its own format (hw/virtio/vhost.c, 8.2 to 11.1).
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

/// `s390_virtio_ccw_dev`: a virtio device on a channel (hw/s390x/virtio-ccw.c and css.c, 5.2 to 11.1).
package enum ChannelDevice {
    private static let commandWordCount = 62

    package static func read(_ reader: inout LeafReader) throws(Mismatch) {
        reader.begin()
        try subchannel(&reader)
        reader.end("sch")
        let indicator = reader.integers([("len", 4), ("addr", 8)])
        for name in ["indicators", "indicators2", "summary_indicator"] {
            try reader.member(name, "struct", indicator)
        }
        try reader.integer("config_vector", as: UInt16.self)
        reader.begin()
        try reader.integer("ind_offset", as: UInt64.self)
        try subsection("s390_adapter_info/summary_offset", [("summary_offset", 4)], &reader)
        reader.end("routes.adapter")
        try reader.integer("thinint_isc", as: UInt8.self)
        try reader.integer("revision", as: UInt32.self, type: "int32")
    }

    private static func subchannel(_ reader: inout LeafReader) throws(Mismatch) {
        try reader.integer("cssid", as: UInt8.self)
        try reader.integer("ssid", as: UInt8.self)
        try reader.integer("migrated_schid", as: UInt16.self)
        try reader.integer("devno", as: UInt16.self)
        try flag("thinint_active", &reader)
        reader.begin()
        try status(&reader)
        reader.end("curr_status")
        try reader.array("sense_data", "uint8", count: 32, stride: 1)
        try reader.integer("channel_prog", as: UInt64.self)
        let command = reader.integers([("cmd_code", 1), ("flags", 1), ("count", 2), ("cda", 4)])
        try reader.member("last_cmd", "struct", command)
        try flag("last_cmd_valid", &reader)
        reader.begin()
        try identity(&reader)
        reader.end("id")
        try flag("ccw_fmt_1", &reader)
        try reader.integer("ccw_no_data_cnt", as: UInt8.self)
        try subsection(
            "s390_subch_dev/orb", [("intparm", 4), ("ctrl0", 2), ("lpm", 1), ("ctrl1", 1), ("cpa", 4)],
            &reader)
    }

    private static func status(_ reader: inout LeafReader) throws(Mismatch) {
        reader.begin()
        try reader.integer("intparm", as: UInt32.self)
        try reader.integer("flags", as: UInt16.self)
        try reader.integer("devno", as: UInt16.self)
        for name in ["lpm", "pnom", "lpum", "pim"] { try reader.integer(name, as: UInt8.self) }
        try reader.integer("mbi", as: UInt16.self)
        for name in ["pom", "pam"] { try reader.integer(name, as: UInt8.self) }
        try reader.array("chpid", "uint8", count: 8, stride: 1)
        try reader.integer("chars", as: UInt32.self)
        reader.end("pmcw")
        let word = reader.integers([
            ("flags", 2), ("ctrl", 2), ("cpa", 4), ("dstat", 1), ("cstat", 1), ("count", 2),
        ])
        try reader.member("scsw", "struct", word)
        try reader.integer("mba", as: UInt64.self)
        try reader.array("mda", "uint8", count: 4, stride: 1)
    }

    private static func identity(_ reader: inout LeafReader) throws(Mismatch) {
        try reader.integer("reserved", as: UInt8.self)
        try reader.integer("cu_type", as: UInt16.self)
        try reader.integer("cu_model", as: UInt8.self)
        try reader.integer("dev_type", as: UInt16.self)
        try reader.integer("dev_model", as: UInt8.self)
        try reader.integer("unused", as: UInt8.self)
        let word = reader.integers([("type", 1), ("command", 1), ("count", 2)])
        try reader.array("ciw", "struct", count: commandWordCount, of: word)
    }

    private static func flag(_ name: String, _ reader: inout LeafReader) throws(Mismatch) {
        guard try reader.integer(name, as: UInt8.self, type: "bool") <= 1 else {
            throw reader.mismatch("0 or 1")
        }
    }

    // Reads an optional subsection.
    private static func subsection(
        _ name: String, _ fields: [(name: String, size: Int)], _ reader: inout LeafReader
    ) throws(Mismatch) {
        guard let header = SubsectionHeader(reader.region, at: reader.position, limit: reader.limit),
            header.isNamed(name, reader.region)
        else { return }
        let layout = reader.integers(fields)
        try reader.take(header.item(of: layout, reader.region, reader.table))
    }
}

/// `irqs`: floating interrupts of KVM on s390x, in host format (hw/intc/s390_flic_kvm.c, 5.2 to 11.1).
package enum FloatingInterrupts {
    /// The size of a struct kvm_s390_irq in bytes.
    private static let interruptSize = 72

    @Sendable package static func decode(_ field: inout FieldDecoding) -> LayoutID? {
        field.read { reader throws(Mismatch) in
            let count = try reader.integer("count", as: UInt64.self)
            // All ones: KVM could not provide them.
            guard count != .max else { return }
            try reader.array("irqs", "buffer", count: Int(clamping: count), stride: interruptSize)
        }
    }
}

/// `msix state`: the guest-visible vector table and the pending bits (hw/pci/msix.c, 5.2 to 11.1).
package enum MSIXTable {
    @Sendable package static func decode(_ field: inout FieldDecoding) -> LayoutID? {
        guard let count = vectorCount(size: field.range.count) else { return nil }
        return field.read { reader throws(Mismatch) in try read(vectorCount: count, &reader) }
    }

    /// Returns the number of vectors in `size` bytes: 16 bytes each, then one pending bit each in whole
    /// bytes.
    package static func vectorCount(size: Int) -> Int? {
        guard size > 0 else { return nil }
        let nearest = size.multipliedSaturated(by: 8) / 129
        return (nearest...nearest + 1).first { $0 > 0 && self.size(vectorCount: $0) == size }
    }

    package static func size(vectorCount: Int) -> Int { vectorCount * 16 + (vectorCount + 7) / 8 }

    package static func read(vectorCount: Int, _ reader: inout LeafReader) throws(Mismatch) {
        let entry = reader.integers(
            [("address_low", 4), ("address_high", 4), ("data", 4), ("vector_control", 4)], prefix: "le")
        try reader.array("table", "struct", count: vectorCount, of: entry)
        try reader.bytes("pending", count: (vectorCount + 7) / 8)
    }
}

/// `scsi-requests`: requests that were in flight (hw/scsi/scsi-bus.c, 5.2 to 11.1).
///
/// The data that bus and device add to a request has no length, so only the first request is read.
package enum SCSIRequests {
    private static let commandSize = 16

    @Sendable package static func decode(_ field: inout FieldDecoding) -> LayoutID? {
        guard field.range.count > 1 else { return nil }
        return field.read { reader throws(Mismatch) in
            let kind = try reader.integer("retry", as: UInt8.self)
            guard kind == 1 || kind == 2 else { throw reader.mismatch("1 or 2") }
            try reader.bytes("cdb", count: commandSize)
            try reader.integer("tag", as: UInt32.self)
            try reader.integer("lun", as: UInt32.self)
            try reader.bytes("requests", count: reader.left - 1)
            guard try reader.integer("end", as: UInt8.self) == 0 else { throw reader.mismatch("0") }
        }
    }
}

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
