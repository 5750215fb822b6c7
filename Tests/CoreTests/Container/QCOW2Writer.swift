import CZstd
import Container
import Testing

/// Writes qcow2 images with one snapshot, as wrong as a test wants them. All integers big-endian.
struct QCOW2Writer {
    enum Packing { case none, deflate, zstd }

    var version: UInt32 = 3
    var clusterBits = 16
    var hasExtendedL2 = false
    var packing = Packing.none
    /// Clusters of the state in the file from the last to the first.
    var isReversed = false
    var diskSize = 1 << 20
    var state: [UInt8]
    var name = "state"

    /// Places in the image that was written last.
    struct Places {
        var entry = 0
        var l1 = 0
        var l1Count = 0
        var l2: [Int] = []
    }

    private(set) var places = Places()
    private(set) var bytes: [UInt8] = []

    private var clusterSize: Int { 1 << clusterBits }
    private var entrySize: Int { hasExtendedL2 ? 16 : 8 }
    private var span: Int { clusterSize / entrySize * clusterSize }

    init(state: [UInt8]) { self.state = state }

    mutating func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        bytes.replaceSubrange(offset..<offset + MemoryLayout<T>.size, with: StreamWriter.be(value))
    }

    private mutating func allocate(_ size: Int) -> Int {
        let start = (bytes.count + clusterSize - 1) / clusterSize * clusterSize
        bytes += [UInt8](repeating: 0, count: start + size - bytes.count)
        return start
    }

    /// Writes the image into `bytes`.
    mutating func write() throws {
        bytes = []
        places = Places()
        _ = allocate(clusterSize)
        let first = (diskSize + span - 1) / span
        let tables = (state.count + span - 1) / span
        places.l1Count = first + tables
        places.l1 = allocate(places.l1Count * 8)
        for table in 0..<tables {
            places.l2.append(allocate(clusterSize))
            put(UInt64(places.l2[table]) | 1 << 63, at: places.l1 + (first + table) * 8)
        }
        let clusters = Array(0..<(state.count + clusterSize - 1) / clusterSize)
        for cluster in isReversed ? clusters.reversed() : clusters { try writeCluster(cluster) }
        writeHeader()
        writeSnapshots()
    }

    private mutating func writeCluster(_ number: Int) throws {
        let start = number * clusterSize
        let content = Array(state[start..<min(start + clusterSize, state.count)])
        let entry = places.l2[start / span] + start % span / clusterSize * entrySize
        guard packing != .none else {
            let place = allocate(clusterSize)
            bytes.replaceSubrange(place..<place + content.count, with: content)
            put(UInt64(place) | 1 << 63, at: entry)
            if hasExtendedL2 { put(UInt64(UInt32.max), at: entry + 8) }
            return
        }
        let whole = content + [UInt8](repeating: 0, count: clusterSize - content.count)
        let packed = try packing == .zstd ? Self.zstd(whole) : Pack.rawDeflate(whole)
        let place = bytes.count
        bytes += packed
        let sectors = (place % 512 + packed.count + 511) / 512 - 1
        put(1 << 62 | UInt64(sectors) << UInt64(62 - (clusterBits - 8)) | UInt64(place), at: entry)
    }

    private static func zstd(_ bytes: [UInt8]) throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let count = ZSTD_compress(&output, output.count, bytes, bytes.count, 3)
        guard ZSTD_isError(count) == 0 else { throw Pack.Failure() }
        return Array(output.prefix(count))
    }

    private mutating func writeHeader() {
        bytes.replaceSubrange(0..<4, with: QCOW2Header.magic)
        put(version, at: 4)
        put(UInt32(clusterBits), at: 20)
        put(UInt64(diskSize), at: 24)
        put(UInt32(1), at: 60)
        guard version == 3 else { return }
        put(UInt64(packing == .zstd ? 8 : 0) | UInt64(hasExtendedL2 ? 16 : 0), at: 72)
        put(UInt32(112), at: 100)
        bytes[104] = packing == .zstd ? 1 : 0
    }

    private mutating func writeSnapshots() {
        places.entry = allocate(0)
        put(UInt64(places.entry), at: 64)
        let extra =
            version == 3 ? StreamWriter.be(UInt64(state.count)) + StreamWriter.be(UInt64(diskSize)) : []
        bytes += StreamWriter.be(UInt64(places.l1)) + StreamWriter.be(UInt32(places.l1Count))
        bytes += StreamWriter.be(UInt16(1)) + StreamWriter.be(UInt16(name.utf8.count))
        bytes +=
            StreamWriter.be(UInt32(1_700_000_000)) + StreamWriter.be(UInt32(5)) + StreamWriter.be(UInt64(7))
        bytes += StreamWriter.be(UInt32(state.count)) + StreamWriter.be(UInt32(extra.count)) + extra
        bytes += [0x31] + Array(name.utf8)
    }
}
