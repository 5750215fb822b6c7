import Bytes

/// The kind of one direction of a migration's connection, recognized by its first bytes.
///
/// All connections of a migration go to the same port of the destination; only these bytes identify them.
package enum ConnectionKind: String, Sendable {
    /// The main channel: `QEVM`.
    case stream
    /// The main channel after the recovery of a migration in postcopy: it first asks for the bitmap of each RAM
    /// block (migration/ram.c ram_dirty_bitmap_sync_all, 2.12 to 11.1).
    case resumed
    /// A multifd channel: its initial packet (migration/multifd.h MULTIFD_MAGIC, 4.0 to 11.1).
    case multifd
    /// Only RAM records, requested while the guest runs on the destination (postcopy-preempt, 7.2 to 11.1).
    case preempt
    /// File descriptors of cpr-transfer: `QCPR` (migration/cpr.c, 10.0 and 11.1).
    case cpr
    /// Messages of the destination on the main connection (migration/migration.c MIG_RP_MSG_*, 7.2 to 11.1).
    case returnPath
    /// Encrypted.
    case tls

    /// The display name.
    package var label: String {
        switch self {
        case .stream: "main channel"
        case .resumed: "main channel after a recovery"
        case .multifd: "multifd channel"
        case .preempt: "preempt channel"
        case .cpr: "CPR channel"
        case .returnPath: "return path"
        case .tls: "TLS"
        }
    }

    /// Returns the kind; nil for bytes that are not part of a migration. `start` has at least the first 8
    /// bytes, better 64, or all bytes.
    package static func of(_ start: [UInt8]) -> ConnectionKind? {
        if start.starts(with: Array("QEVM".utf8)) { return .stream }
        if start.starts(with: [0x11, 0x22, 0x33, 0x44]) { return .multifd }
        if start.starts(with: Array("QCPR".utf8)) { return .cpr }
        if isResumed(start) { return .resumed }
        if start.starts(with: [0x16, 0x03]) { return .tls }
        if isReturnPath(start) { return .returnPath }
        return isPreempt(start) ? .preempt : nil
    }

    /// The size of the initial packet of a multifd channel in bytes (migration/multifd.h MultiFDInit_t).
    package static let multifdStart = 64

    /// Returns whether bytes of this kind are certainly the first of a connection, and not later ones that
    /// look the same.
    package func isSure(_ start: [UInt8]) -> Bool {
        switch self {
        case .stream, .cpr, .resumed: true
        // The packets after the initial one have the same magic, then small or zero flags where that one has
        // its UUID.
        case .multifd:
            start.count >= Self.multifdStart
                && start[25..<Self.multifdStart].allSatisfy { $0 == 0 }
                && (start[8..<11].contains { $0 != 0 } || start[8..<24].allSatisfy { $0 == 0 })
        case .preempt, .returnPath, .tls: false
        }
    }

    // MIG_CMD_RECV_BITMAP with the name of a block, which may continue after `start`.
    private static func isResumed(_ start: [UInt8]) -> Bool {
        guard start.count >= 8, start.starts(with: [0x08, 0x00, 0x0a]) else { return false }
        let size = Int(start[3]) << 8 | Int(start[4])
        return size > 1 && Int(start[5]) == size - 1
            && start.dropFirst(6).prefix(size - 1).allSatisfy { (0x21...0x7e).contains($0) }
    }

    // Whether there are complete messages of known types and lengths; the last one may continue after
    // `start`.
    private static func isReturnPath(_ start: [UInt8]) -> Bool {
        var offset = 0
        var count = 0
        while offset + 4 <= start.count {
            let type = Int(start[offset]) << 8 | Int(start[offset + 1])
            let size = Int(start[offset + 2]) << 8 | Int(start[offset + 3])
            guard let message = ReturnPathMessage(rawValue: type), message.allows(size) else { return false }
            offset += 4 + size
            count += 1
            // A bitmap without message framing follows the name of its block.
            if message == .receivedBitmap {
                let name = start[min(offset - size, start.count)..<min(offset, start.count)]
                return name.first == UInt8(size - 1)
                    && name.dropFirst().allSatisfy { (0x21...0x7e).contains($0) }
            }
        }
        return count > 0
    }

    // Whether there is a page or zero page with the name of its block, which the first record of a channel
    // must have.
    private static func isPreempt(_ start: [UInt8]) -> Bool {
        guard start.count >= 10 else { return false }
        let flags = Int(start[6] & 0x0f) << 8 | Int(start[7])
        let size = Int(start[8])
        let name = start.dropFirst(9).prefix(size)
        return (flags == 0x08 || flags == 0x02) && start[0] == 0 && size > 0 && name.count >= min(size, 1)
            && name.allSatisfy { (0x21...0x7e).contains($0) }
    }
}

/// A message that the destination sends back (migration/migration.c rp_cmd_args, 7.2 to 11.1).
package enum ReturnPathMessage: Int, Sendable {
    case shut = 1
    case pong, requestPagesOfBlock, requestPages, receivedBitmap, resumeAck, switchoverAck

    /// QEMU's name.
    package var label: String {
        switch self {
        case .shut: "SHUT"
        case .pong: "PONG"
        case .requestPagesOfBlock: "REQ_PAGES_ID"
        case .requestPages: "REQ_PAGES"
        case .receivedBitmap: "RECV_BITMAP"
        case .resumeAck: "RESUME_ACK"
        case .switchoverAck: "SWITCHOVER_ACK"
        }
    }

    /// Returns whether a message may have this number of bytes of data.
    package func allows(_ size: Int) -> Bool {
        switch self {
        case .shut, .pong, .resumeAck: size == 4
        case .requestPages: size == 12
        case .requestPagesOfBlock: (14...268).contains(size)
        case .receivedBitmap: (2...256).contains(size)
        case .switchoverAck: size == 0
        }
    }
}
