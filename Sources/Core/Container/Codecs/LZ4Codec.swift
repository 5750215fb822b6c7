import CLz4

/// LZ4 frames, unpacked by liblz4.
package final class LZ4Codec: Codec {
    package static let name = "lz4"

    package static func recognizes(_ start: ArraySlice<UInt8>) -> Bool {
        start.starts(with: [0x04, 0x22, 0x4d, 0x18]) || ZstdCodec.isSkippable(start)
    }

    private let context: OpaquePointer
    // The number of bytes that liblz4 expects next: a header, a block, a checksum. It gets no more at once,
    // because on an error it does not report what it has produced.
    private var wanted = LZ4Codec.shortestHeader
    // LZ4F_HEADER_SIZE_MIN.
    private static let shortestHeader = 7

    package init() throws(UnpackFailure) {
        var context: OpaquePointer?
        LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
        guard let context else { throw .memory(1 << 17) }
        self.context = context
    }

    deinit { LZ4F_freeDecompressionContext(context) }

    package func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep {
        var consumed = min(input.count, wanted)
        var produced = output.count
        // Safe: liblz4 reads and writes only inside the given counts, and only during the call.
        let hint = LZ4F_decompress(context, output.baseAddress, &produced, input.baseAddress, &consumed, nil)
        guard LZ4F_isError(hint) == 0 else { throw .corrupt(String(cString: LZ4F_getErrorName(hint))) }
        wanted = hint == 0 ? Self.shortestHeader : hint
        return CodecStep(consumed: consumed, produced: produced, isEnd: hint == 0)
    }

    package func reset() {
        LZ4F_resetDecompressionContext(context)
        wanted = Self.shortestHeader
    }
}
