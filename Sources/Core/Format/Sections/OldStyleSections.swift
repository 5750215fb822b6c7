import Bytes

/// `slirp`: user networking (libslirp, state version 4); a FULL section.
///
/// Only a state without open connections is read, because connections are libslirp's own structs.
package struct SlirpSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool { idstr.elementsEqual("slirp".utf8) }

    private static let clientCount = 16

    package mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch) {
        guard type == .full else { throw reader.mismatch("a FULL section") }
        guard try reader.integer("socket", as: UInt8.self) == 0 else {
            throw reader.mismatch("no connection")
        }
        try reader.integer("ip_id", as: UInt16.self)
        var client = LayoutBuilder()
        client.leaf("allocated", "uint16", 2, in: reader.table)
        client.leaf("macaddr", "buffer", 6, in: reader.table)
        try reader.array(
            "bootp_clients", "struct", count: Self.clientCount, of: client.body(in: reader.table))
    }
}

/// `todclock`: the time-of-day clock of s390x (hw/s390x/tod.c, 2.5 to 11.1); a FULL section.
package struct TODClockSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool { idstr.elementsEqual("todclock".utf8) }

    package mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch) {
        guard type == .full else { throw reader.mismatch("a FULL section") }
        guard try reader.integer("present", as: UInt8.self, type: "bool") != 0 else { return }
        try reader.integer("high", as: UInt8.self)
        try reader.integer("low", as: UInt64.self)
    }
}

/// `pbs-state`: the state of Proxmox's QEMU about the last backup to a backup server, so that the next one
/// after a migration is incremental; a START section only (migration/pbs-state.c of pve-qemu 5.2 to 11.1).
///
/// The bytes come from a library and have no public format.
package struct BackupStateSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool { idstr.elementsEqual("pbs-state".utf8) }

    package mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch) {
        guard type == .start else { throw reader.mismatch("a START section") }
        let size = try reader.integer("size", as: UInt64.self)
        try reader.bytes("state", count: Int(clamping: size))
    }
}
