import Bytes
import CZlib
import CZstd

/// Copies the VM state out of a qcow2 image that can't be mapped, and unpacks compressed clusters.
package final class QCOW2ClusterReader: ByteProducer {
    private let region: MappedRegion
    private let map: QCOW2StateMap
    private let header: QCOW2Header
    private var next = 0
    private var cluster: [UInt8] = []
    private var damaged = 0
    private var firstDamaged = 0
    package private(set) var consumed = 0

    package init(_ region: MappedRegion, _ header: QCOW2Header, _ map: QCOW2StateMap) {
        self.region = region
        self.header = header
        self.map = map
    }

    package var total: Int? { map.size }

    package var remarks: [Finding] {
        guard damaged > 0 else { return [] }
        return [
            Finding(
                .error, .qcow2Cluster, offset: firstDamaged, size: header.clusterSize,
                message:
                    "expected compressed data in \(damaged) clusters of the qcow2 image, found other bytes",
                hint: "they read as zero here; try: `qemu-img check`")
        ]
    }

    package func produce(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFailure) -> Int {
        guard consumed < map.size, !buffer.isEmpty else { return 0 }
        while next < map.pieces.count, map.pieces[next].end <= consumed {
            next += 1
            cluster = []
        }
        let start = next < map.pieces.count ? map.pieces[next].offset : map.size
        let count =
            if start > consumed {
                zeros(until: start, buffer)
            } else {
                copy(map.pieces[next], buffer)
            }
        consumed += count
        return count
    }

    private func zeros(until end: Int, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(end - consumed, buffer.count)
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).initializeMemory(
            as: UInt8.self, repeating: 0)
        return count
    }

    private func copy(_ piece: QCOW2StateMap.Piece, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let done = consumed - piece.offset
        let count = min(piece.count - done, buffer.count)
        if piece.isCompressed {
            if cluster.isEmpty { unpack(piece) }
            buffer.copyBytes(from: cluster[done..<done + count])
        } else {
            let from = piece.fileOffset + done
            region.copy(from..<from + count, to: buffer)
        }
        return count
    }

    private func unpack(_ piece: QCOW2StateMap.Piece) {
        cluster = [UInt8](repeating: 0, count: header.clusterSize)
        let packed = region.copy(piece.fileOffset..<piece.fileOffset + piece.packedCount)
        let isWhole = packed.withUnsafeBytes { Self.unpack($0, into: &cluster, isZstd: header.isZstd) }
        guard !isWhole else { return }
        cluster = [UInt8](repeating: 0, count: header.clusterSize)
        if damaged == 0 { firstDamaged = piece.offset }
        damaged += 1
    }

    private static func unpack(_ input: UnsafeRawBufferPointer, into cluster: inout [UInt8], isZstd: Bool)
        -> Bool
    {
        cluster.withUnsafeMutableBytes { isZstd ? unzstd(input, $0) : inflate(input, $0) }
    }

    // Returns whether the raw deflate data in `input` fills `output`. The rest of the sector does not matter.
    private static func inflate(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return false
        }
        defer { inflateEnd(&stream) }
        // Safe: zlib reads and writes only inside the given counts, and only during the call.
        stream.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(output.count)
        let status = CZlib.inflate(&stream, Z_FINISH)
        return stream.avail_out == 0 && (status == Z_STREAM_END || status == Z_BUF_ERROR)
    }

    private static func unzstd(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let context = ZSTD_createDCtx() else { return false }
        defer { ZSTD_freeDCtx(context) }
        // Safe: libzstd reads and writes only inside the given counts, and only during the call.
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        while target.pos < target.size {
            let before = (source.pos, target.pos)
            guard ZSTD_isError(ZSTD_decompressStream(context, &target, &source)) == 0 else { return false }
            if before == (source.pos, target.pos) { return false }
        }
        return true
    }
}
