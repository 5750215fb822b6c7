import Testing

/// A handler's sections as QEMU would write them, for a format of the registry.
struct LiveSectionCase: Sendable, CustomTestStringConvertible {
    var idstr: String
    var version: UInt32 = 1
    /// nil for a handler that writes a FULL section only.
    var start: [UInt8]?
    var parts: [[UInt8]] = []
    var end: [UInt8]?
    var full: [UInt8]?

    var testDescription: String { idstr }

    /// All bytes of a stream with these sections.
    func stream(footers: Bool = true) -> [UInt8] {
        var writer = StreamWriter(footers: footers)
        writer.configuration()
        if let start { writer.start(3, idstr, version: version, start) }
        for part in parts { writer.part(3, part) }
        if let end { writer.end(3, end) }
        if let full { writer.full(4, idstr.utf8, version: version, full) }
        writer.endOfFile()
        return writer.bytes
    }

    private static func be32(_ value: UInt32) -> [UInt8] { StreamWriter.be(value) }
    private static func be64(_ value: UInt64) -> [UInt8] { StreamWriter.be(value) }
    private static func text(_ text: String) -> [UInt8] { StreamWriter.counted(text) }

    static let dirtyBitmap = LiveSectionCase(
        idstr: "dirty-bitmap",
        start: [0x1c] + text("disk0") + text("monday") + be32(0x10000) + [0x01, 0x01],
        parts: [
            [0x40] + be64(0) + be32(0x2000) + be64(8) + [1, 0, 0, 0, 0, 0, 0, 0x80]
                + [0x42] + be64(0x2000) + be32(0x2000) + [0x44] + text("friday") + be64(0) + be32(64)
                + be64(2)
                + [0xff, 0xff, 0x01]
        ],
        end: [0x24] + text("monday") + [0x24] + text("friday") + [0x01])

    static let block = LiveSectionCase(
        idstr: "block", start: be64(2),
        parts: [
            be64(0x09) + text("disk0") + be64(2048 << 9 | 0x09) + text("disk0") + be64(0x09) + text("disk1")
                + be64(50 << 9 | 4) + be64(2),
            be64(4096 << 9 | 1) + text("disk1") + [UInt8](repeating: 0x5a, count: 1 << 20) + be64(2),
        ],
        end: be64(100 << 9 | 4) + be64(2))

    static let hashTable = LiveSectionCase(
        idstr: "spapr/htab", start: be32(18),
        parts: [
            be32(0) + be32(0) + [0, 2, 0, 1] + (0..<4).flatMap { be64($0) } + be32(16) + [0, 1, 0, 0]
                + be64(7)
                + be64(8) + be64(0)
        ],
        end: be32(0) + be32(0x3ff0) + [0, 0, 0, 16] + be64(0))

    static let storageAttributes = LiveSectionCase(
        idstr: "s390-storage_attributes", version: 0, start: be64(1),
        parts: [be64(0x10_0000 | 2) + be64(3) + [1, 2, 3] + be64(0x20_0000 | 2) + be64(1) + [4] + be64(1)],
        end: be64(8) + be64(1))

    private static func tag(_ number: UInt64) -> [UInt8] { be64(0xffff_ffff_ef10_0000 | number) }

    static let vfio = LiveSectionCase(
        idstr: "0000:00:05.0/vfio", start: tag(3) + tag(1),
        parts: [
            tag(4) + be64(5) + [9, 8, 7, 6, 5] + tag(4) + be64(0) + tag(1), tag(5),
        ],
        end: tag(4) + be64(1) + [1] + tag(1), full: tag(2) + [0, 0, 0, 2, 0xaa, 0xbb] + tag(1))

    static let storageKeys = LiveSectionCase(
        idstr: "s390-skeys",
        full: be64(2) + be64(4) + [0x10, 0x20, 0x30, 0x06] + be64(0x8000_0000 | 2) + be64(1) + [0xf0]
            + be64(1))

    static let todClock = LiveSectionCase(idstr: "todclock", full: [1, 0] + be64(0xe3a0_8b0c_4d7b_a8b4))

    static let slirp = LiveSectionCase(
        idstr: "slirp", version: 4,
        full: [0, 0, 7] + (0..<16).flatMap { [0, UInt8($0 & 1), 0x52, 0x55, 10, 0, 2, 2] })

    static let backupState = LiveSectionCase(
        idstr: "pbs-state", start: be64(6) + [0x7b, 0x22, 0x61, 0x22, 0x7d, 0])

    static let all = [
        dirtyBitmap, block, hashTable, storageAttributes, vfio, storageKeys, todClock, slirp, backupState,
    ]
}
