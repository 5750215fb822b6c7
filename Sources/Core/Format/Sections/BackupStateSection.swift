import Bytes

/// `pbs-state`: what Proxmox's QEMU knows of the last backup to a backup server, so that the next one after a migration is
/// incremental; a START section only (migration/pbs-state.c of pve-qemu 5.2 to 10.1).
///
/// The bytes are those of a library, and have no public format.
package struct BackupStateSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool { idstr.elementsEqual("pbs-state".utf8) }

    package mutating func body(_ kind: SectionRecord.Kind, _ reader: inout LeafReader) throws(Mismatch) {
        guard kind == .start else { throw reader.mismatch("a START section") }
        let size = try reader.integer("size", as: UInt64.self)
        try reader.bytes("state", count: Int(clamping: size))
    }
}
