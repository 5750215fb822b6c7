import CLzo

/// The lzop format: blocks of LZO1X, each unpacked as a whole by liblzo2.
///
/// A wrong checksum is only a remark, as in libvirt's use of lzop.
package final class LzopCodec: Codec {
    package static let name = "lzop"

    package static func recognizes(_ start: ArraySlice<UInt8>) -> Bool {
        start.starts(with: LzopHeader.magic)
    }

    private struct Block {
        package var unpacked: Int
        package var packed: Int
        package var adler: UInt32?
        package var crc: UInt32?
    }

    // lzop does not write larger blocks.
    private static let blockLimit = 64 << 20

    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var written = 0
    private var flags: LzopHeader.Flags?
    private var block: Block?
    private var wrongChecksums = 0

    package init() {}

    package var remarks: [String] {
        wrongChecksums == 0 ? [] : ["\(wrongChecksums) lzop blocks have a wrong checksum"]
    }

    package func reset() {
        input = []
        flags = nil
        block = nil
    }

    package func decode(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep {
        var step = CodecStep(consumed: 0, produced: hand(to: target))
        if step.produced > 0 || target.isEmpty { return step }
        // Takes only the bytes needed next, so that the bytes after the member stay with the caller.
        let wanted = block.map { $0.packed } ?? input.count + (flags == nil ? 1 : 4)
        let piece = min(max(wanted - input.count, 0), source.count)
        input += source[..<piece]
        step.consumed = piece
        guard flags != nil else {
            if let header = try LzopHeader.parse(input[...]) {
                flags = header.flags
                input = []
            }
            return step
        }
        if let block {
            if input.count >= block.packed { try unpack(block) }
        } else if try readBlockHeader() {
            step.isEnd = true
        }
        step.produced = hand(to: target)
        return step
    }

    private func hand(to target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(output.count - written, target.count)
        guard count > 0 else { return 0 }
        target.copyBytes(from: output[written..<written + count])
        written += count
        return count
    }

    // Reads a block header; returns whether the member ends here. `block` stays nil while bytes are missing.
    private func readBlockHeader() throws(UnpackFailure) -> Bool {
        var rest = input[...]
        guard let flags, let unpacked = LzopHeader.take(4, &rest) else { return false }
        if unpacked == 0 { return true }
        guard let packed = LzopHeader.take(4, &rest) else { return false }
        guard packed > 0, packed <= unpacked, unpacked <= Self.blockLimit else {
            throw .corrupt("a block with \(packed) compressed and \(unpacked) decompressed bytes")
        }
        var block = Block(unpacked: Int(unpacked), packed: Int(packed))
        let known: [(LzopHeader.Flags, WritableKeyPath<Block, UInt32?>)] = [
            (.adlerUnpacked, \.adler), (.crcUnpacked, \.crc),
        ]
        for (flag, field) in known where flags.contains(flag) {
            guard let value = LzopHeader.take(4, &rest) else { return false }
            block[keyPath: field] = value
        }
        for flag in [LzopHeader.Flags.adlerPacked, .crcPacked] where flags.contains(flag) && packed < unpacked
        {
            guard LzopHeader.take(4, &rest) != nil else { return false }
        }
        input = []
        self.block = block
        return false
    }

    private func unpack(_ block: Block) throws(UnpackFailure) {
        output = [UInt8](repeating: 0, count: block.unpacked)
        written = 0
        if block.packed == block.unpacked {
            output = input
        } else {
            var count = lzo_uint(block.unpacked)
            // Safe: the decompressor respects both counts ("_safe").
            let status = lzo1x_decompress_safe(input, lzo_uint(input.count), &output, &count, nil)
            guard status == LZO_E_OK, count == block.unpacked else {
                output = []
                throw .corrupt("a block of LZO data is wrong (\(status))")
            }
        }
        input = []
        self.block = nil
        let count = lzo_uint(output.count)
        let isAdlerRight = block.adler.map { $0 == UInt32(lzo_adler32(1, output, count)) } ?? true
        let isCRCRight = block.crc.map { $0 == UInt32(lzo_crc32(0, output, count)) } ?? true
        if !isAdlerRight || !isCRCRight { wrongChecksums += 1 }
    }
}

/// lzop with the settings of `lzop -c` from a pipe: blocks of 256 KiB, LZO1X-1, a checksum of the unpacked
/// data.
package final class LzopEncoder: Encoder {
    package static let name = LzopCodec.name

    private static let blockSize = 256 << 10
    // LZO1X_1_MEM_COMPRESS of lzo1x.h, in words.
    private static let workSize = 16384

    private var block: [UInt8] = []
    private var work = [UInt](repeating: 0, count: workSize)
    private var output: [UInt8] = LzopHeader.written
    private var handed = 0
    private var isFinished = false

    package init() throws(PackFailure) { block.reserveCapacity(Self.blockSize) }

    package func encode(
        _ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(PackFailure) -> CodecStep {
        var step = CodecStep(consumed: 0, produced: 0)
        if handed == output.count, !isFinished {
            step.consumed = min(Self.blockSize - block.count, input.count)
            block += input[..<step.consumed]
            let isEnd = isLast && step.consumed == input.count
            if block.count == Self.blockSize || isEnd { try pack() }
            if isEnd {
                output += [0, 0, 0, 0]
                isFinished = true
            }
        }
        step.produced = min(output.count - handed, target.count)
        target.copyBytes(from: output[handed..<handed + step.produced])
        handed += step.produced
        step.isEnd = isFinished && handed == output.count
        return step
    }

    // Packs the block, or stores it unchanged if it does not shrink.
    private func pack() throws(PackFailure) {
        output = []
        handed = 0
        guard !block.isEmpty else { return }
        let checksum = UInt32(lzo_adler32(1, block, lzo_uint(block.count)))
        // Safe: LZO1X-1 writes at most this much (LZO.FAQ).
        var packed = [UInt8](repeating: 0, count: block.count + block.count / 16 + 64 + 3)
        var count = lzo_uint(packed.count)
        let status = lzo1x_1_compress(block, lzo_uint(block.count), &packed, &count, &work)
        guard status == LZO_E_OK else { throw PackFailure("liblzo2 error \(status)") }
        let isSmaller = Int(count) < block.count
        let body = isSmaller ? packed[..<Int(count)] : block[...]
        for number in [UInt32(block.count), UInt32(body.count), checksum] {
            output += LzopHeader.bytes(number, 4)
        }
        output += body
        block.removeAll(keepingCapacity: true)
    }
}
