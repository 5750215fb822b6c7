import Bytes

/// `scsi-requests`: requests that were in flight (hw/scsi/scsi-bus.c, 5.2 to 11.1).
///
/// What bus and device add to a request has no length, so only the first request is read.
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
