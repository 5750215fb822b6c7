import Bytes

/// The header of a qcow2 image, versions 2 and 3, as needed for snapshots (docs/interop/qcow2.txt of QEMU).
package struct QCOW2Header {
    /// The incompatible feature bits.
    private enum Feature {
        package static let corrupt: UInt64 = 1 << 1
        package static let externalData: UInt64 = 1 << 2
        package static let compressionType: UInt64 = 1 << 3
        package static let extendedL2: UInt64 = 1 << 4
        // Bit 0, dirty, means that refcounts may be wrong; they are not read here.
        package static let known: UInt64 = 0x1f
    }

    package let version: Int
    package let clusterBits: Int
    /// The size of the disk in bytes.
    package let diskSize: Int
    package let snapshotCount: Int
    package let snapshotsOffset: Int
    /// The backing image, escaped; nil if there is none.
    package let backingFile: String?
    /// Whether compressed clusters are zstd frames instead of deflate data.
    package let isZstd: Bool
    package let hasExtendedL2: Bool
    package let isMarkedCorrupt: Bool

    package var clusterSize: Int { 1 << clusterBits }
    package var entrySize: Int { hasExtendedL2 ? 16 : 8 }
    package var entriesPerTable: Int { clusterSize / entrySize }
    /// The number of bytes of guest data per entry of an L1 table.
    package var span: Int { entriesPerTable * clusterSize }

    package static let magic: [UInt8] = Array("QFI".utf8) + [0xfb]

    /// - Throws: `OpenError.container` for an image that is damaged or encrypted, or whose data is in another
    ///   file.
    package init(_ region: MappedRegion, path: String) throws(OpenError) {
        let reader = Reader(region: region, path: path)
        version = Int(try reader.word(4))
        guard version <= 3 else { throw reader.refusal(4, "version \(version), expected 2 or 3") }
        clusterBits = Int(try reader.word(20))
        guard (9...21).contains(clusterBits) else {
            throw reader.refusal(20, "clusters of 2^\(clusterBits) bytes, expected 2^9 to 2^21")
        }
        diskSize = try reader.long(24)
        let encryption = try reader.word(32)
        snapshotCount = Int(try reader.word(60))
        // Without snapshots, a key would reveal nothing.
        guard encryption == 0 || snapshotCount == 0 else {
            let name = encryption == 1 ? "AES" : encryption == 2 ? "LUKS" : "method \(encryption)"
            throw reader.refusal(
                32, "it is encrypted (\(name)), including its VM states",
                "try: open a copy in QEMU with its key, `loadvm`, and `migrate file:PATH`")
        }
        snapshotsOffset = try reader.long(64)
        backingFile = Self.backingFile(region)
        let features = version == 3 ? UInt64(bitPattern: Int64(try reader.signed(72))) : 0
        guard features & Feature.externalData == 0 else {
            throw reader.refusal(
                72, "its data is in another file, which can't hold snapshots",
                "try: the image that has the snapshots")
        }
        guard features & ~Feature.known == 0 else {
            throw reader.refusal(
                72, "incompatible features 0x\(Hex.digits(features)), known are 0x1f",
                "keep the image: `qemu-img convert` drops snapshots; try: a newer release of this program"
            )
        }
        isMarkedCorrupt = features & Feature.corrupt != 0
        hasExtendedL2 = features & Feature.extendedL2 != 0
        isZstd = try Self.isZstd(features, reader)
        guard !hasExtendedL2 || clusterBits >= 14 else {
            throw reader.refusal(
                20, "clusters of 2^\(clusterBits) bytes with subclusters, expected at least 2^14")
        }
    }

    // The name has at most 1023 bytes (docs/interop/qcow2.txt).
    private static func backingFile(_ region: MappedRegion) -> String? {
        guard let offset = region.bigEndian(UInt64.self, at: 8).flatMap({ Int(exactly: $0) }), offset > 0,
            let size = region.bigEndian(UInt32.self, at: 16), (1...1023).contains(size),
            offset <= region.count - Int(size)
        else { return nil }
        return DisplayText.escaped(bytes: region.copy(offset..<offset + Int(size)))
    }

    private static func isZstd(_ features: UInt64, _ reader: Reader) throws(OpenError) -> Bool {
        guard features & Feature.compressionType != 0 else { return false }
        guard try reader.word(100) > 104, let type = reader.region.byte(at: 104), type <= 1 else {
            throw reader.refusal(104, "an unknown compression type, expected zlib or zstd")
        }
        return type == 1
    }

    /// Reads big-endian integers and formats refusals.
    private struct Reader {
        package let region: MappedRegion
        package let path: String

        package func word(_ offset: Int) throws(OpenError) -> UInt32 {
            guard let value = region.bigEndian(UInt32.self, at: offset) else {
                throw refusal(region.count, "the file ends in its header")
            }
            return value
        }

        package func signed(_ offset: Int) throws(OpenError) -> Int {
            guard let value = region.bigEndian(Int64.self, at: offset) else {
                throw refusal(region.count, "the file ends in its header")
            }
            return Int(value)
        }

        /// Reads a size or offset.
        package func long(_ offset: Int) throws(OpenError) -> Int {
            let value = try signed(offset)
            guard value >= 0 else {
                throw refusal(offset, "0x\(Hex.digits(UInt64(bitPattern: Int64(value)))), too large")
            }
            return value
        }

        package func refusal(_ offset: Int, _ words: String, _ advice: String = "try: `qemu-img check`")
            -> OpenError
        {
            .container(path: path, offset: offset, reason: "qcow2 image: \(words)", advice: advice)
        }
    }
}
