import Bytes

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

    // A subsection that need not be there.
    private static func subsection(
        _ name: String, _ fields: [(name: String, size: Int)], _ reader: inout LeafReader
    ) throws(Mismatch) {
        guard let header = SubsectionHeader(reader.region, at: reader.position, limit: reader.limit),
            header.isNamed(name, reader.region)
        else { return }
        let layout = reader.integers(fields)
        try reader.take(header.item(of: layout, reader.region, &reader.table))
    }
}
