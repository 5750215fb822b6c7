import CLzma

/// The xz format, unpacked by liblzma.
package final class XZCodec: Codec {
    package static let name = "xz"

    package static func recognizes(_ start: ArraySlice<UInt8>) -> Bool {
        start.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])
    }

    // `xz -9` needs 65 MiB to unpack.
    private static let memoryLimit: UInt64 = 256 << 20

    private var stream = lzma_stream()

    package init() throws(UnpackFailure) {
        try reset()
    }

    deinit { lzma_end(&stream) }

    package func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep {
        let (status, step) = stream.step(input, output, LZMA_RUN)
        guard status == LZMA_OK || status == LZMA_STREAM_END || status == LZMA_BUF_ERROR else {
            return try step.failed(failure(status))
        }
        return step
    }

    /// Prepares for the next member, and keeps the memory of the previous one.
    package func reset() throws(UnpackFailure) {
        guard lzma_stream_decoder(&stream, Self.memoryLimit, 0) == LZMA_OK else { throw .memory(1 << 16) }
    }

    private func failure(_ status: lzma_ret) -> UnpackFailure {
        switch status {
        case LZMA_MEMLIMIT_ERROR: .memory(Int(clamping: lzma_memusage(&stream)))
        case LZMA_MEM_ERROR: .memory(Int(clamping: Self.memoryLimit))
        case LZMA_FORMAT_ERROR: .corrupt("no xz header")
        case LZMA_OPTIONS_ERROR: .corrupt("options that liblzma does not know")
        case LZMA_DATA_ERROR: .corrupt("a checksum or the data is wrong")
        default: .corrupt("liblzma error \(status.rawValue)")
        }
    }
}

/// xz with libvirt's settings, `xz -c -3`: a dictionary of 4 MiB, which takes 32 MiB of memory, and CRC64.
package final class XZEncoder: Encoder {
    package static let name = XZCodec.name

    private var stream = lzma_stream()

    package init() throws(PackFailure) {
        let status = lzma_easy_encoder(&stream, 3, LZMA_CHECK_CRC64)
        guard status == LZMA_OK else { throw PackFailure("liblzma error \(status.rawValue)") }
    }

    deinit { lzma_end(&stream) }

    package func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(PackFailure) -> CodecStep {
        let (status, step) = stream.step(input, output, isLast ? LZMA_FINISH : LZMA_RUN)
        guard status == LZMA_OK || status == LZMA_STREAM_END else {
            throw PackFailure("liblzma error \(status.rawValue)")
        }
        return step
    }
}

extension lzma_stream {
    /// Runs liblzma from the start of `input` to the start of `output`; returns its status and the progress.
    fileprivate mutating func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, _ action: lzma_action
    ) -> (status: lzma_ret, step: CodecStep) {
        // Safe: liblzma reads and writes only inside the given counts, and only during the call.
        next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        avail_in = input.count
        next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        avail_out = output.count
        let status = lzma_code(&self, action)
        let step = CodecStep(
            consumed: input.count - avail_in, produced: output.count - avail_out,
            isEnd: status == LZMA_STREAM_END)
        return (status, step)
    }
}
