import CBzip2

/// The bzip2 format, unpacked by libbz2.
package final class Bzip2Codec: Codec {
    package static let name = "bzip2"

    package static func recognizes(_ start: ArraySlice<UInt8>) -> Bool {
        guard start.starts(with: "BZh".utf8), start.count >= 10 else { return false }
        let rest = Array(start.dropFirst(3))
        let isEmpty = rest[1...].starts(with: [0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
        let isBlock = rest[1...].starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
        return (0x31...0x39).contains(rest[0]) && (isBlock || isEmpty)
    }

    // libbz2 stores the address of its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<bz_stream>

    package init() throws(UnpackFailure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: bz_stream())
        guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else { throw .memory(4 << 20) }
    }

    deinit {
        BZ2_bzDecompressEnd(stream)
        stream.deallocate()
    }

    package func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep {
        let (status, step) = stream.step(input, output) { BZ2_bzDecompress($0) }
        guard status == BZ_OK || status == BZ_STREAM_END else { return try step.failed(Self.failure(status)) }
        return step
    }

    package func reset() throws(UnpackFailure) {
        BZ2_bzDecompressEnd(stream)
        stream.pointee = bz_stream()
        guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else { throw .memory(4 << 20) }
    }

    private static func failure(_ status: Int32) -> UnpackFailure {
        switch status {
        case BZ_DATA_ERROR: .corrupt("a block's checksum or content is wrong")
        case BZ_DATA_ERROR_MAGIC: .corrupt("no block begins where one should")
        case BZ_MEM_ERROR: .memory(4 << 20)
        default: .corrupt("libbz2 error \(status)")
        }
    }
}

/// bzip2 with the settings of `bzip2 -c`: blocks of 900,000 bytes.
package final class Bzip2Encoder: Encoder {
    package static let name = Bzip2Codec.name

    // libbz2 stores the address of its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<bz_stream>

    package init() throws(PackFailure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: bz_stream())
        let status = BZ2_bzCompressInit(stream, 9, 0, 0)
        guard status == BZ_OK else { throw PackFailure("libbz2 error \(status)") }
    }

    deinit {
        BZ2_bzCompressEnd(stream)
        stream.deallocate()
    }

    package func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(PackFailure) -> CodecStep {
        let (status, step) = stream.step(input, output) { BZ2_bzCompress($0, isLast ? BZ_FINISH : BZ_RUN) }
        // All other values are errors; these mean that it continues or is done.
        guard [BZ_RUN_OK, BZ_FINISH_OK, BZ_STREAM_END].contains(status) else {
            throw PackFailure("libbz2 error \(status)")
        }
        return step
    }
}

extension UnsafeMutablePointer<bz_stream> {
    /// Runs libbz2 from the start of `input` to the start of `output`; returns its status and the progress.
    fileprivate func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
        _ run: (UnsafeMutablePointer<bz_stream>) -> Int32
    ) -> (status: Int32, step: CodecStep) {
        // Safe: libbz2 reads and writes only inside the given counts, and only during the call.
        pointee.next_in = UnsafeMutablePointer<CChar>(
            mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
        pointee.avail_in = UInt32(clamping: input.count)
        pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        pointee.avail_out = UInt32(clamping: output.count)
        let given = (input: pointee.avail_in, output: pointee.avail_out)
        let status = run(self)
        let step = CodecStep(
            consumed: Int(given.input - pointee.avail_in), produced: Int(given.output - pointee.avail_out),
            isEnd: status == BZ_STREAM_END)
        return (status, step)
    }
}
