import CZstd

/// Zstandard (RFC 8878), unpacked by libzstd. Windows over 128 MiB (`--long=28` and up) are refused.
package final class ZstdCodec: Codec {
    package static let name = "zstd"

    package static func recognizes(_ start: ArraySlice<UInt8>) -> Bool {
        start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) || isSkippable(start)
    }

    /// Returns whether a frame of user data begins here; lz4 has these too.
    package static func isSkippable(_ start: ArraySlice<UInt8>) -> Bool {
        guard let first = start.first, first & 0xf0 == 0x50 else { return false }
        return start.dropFirst().starts(with: [0x2a, 0x4d, 0x18])
    }

    private let context: OpaquePointer
    // The number of bytes that libzstd expects next: a header, a block, a checksum. It gets no more at once,
    // because on an error it does not report what it has produced.
    private var wanted = ZstdCodec.shortestHeader
    // ZSTD_FRAMEHEADERSIZE_MIN.
    private static let shortestHeader = 5

    package init() throws(UnpackFailure) {
        guard let context = ZSTD_createDCtx() else { throw .memory(1 << 17) }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    package func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep {
        // Safe: libzstd reads and writes only inside the given counts, and only during the call.
        var source = ZSTD_inBuffer(src: input.baseAddress, size: min(input.count, wanted), pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let hint = ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(hint) == 0 else { throw .corrupt(String(cString: ZSTD_getErrorName(hint))) }
        wanted = hint == 0 ? Self.shortestHeader : hint
        return CodecStep(consumed: source.pos, produced: target.pos, isEnd: hint == 0)
    }

    package func reset() {
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        wanted = Self.shortestHeader
    }
}

/// Zstandard with the settings of `zstd -c`: level 3, with a checksum.
package final class ZstdEncoder: Encoder {
    package static let name = ZstdCodec.name

    private let context: OpaquePointer

    package init() throws(PackFailure) {
        guard let context = ZSTD_createCCtx() else { throw PackFailure("libzstd is out of memory") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    package func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(PackFailure) -> CodecStep {
        // Safe: libzstd reads and writes only inside the given counts, and only during the call.
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let left = ZSTD_compressStream2(context, &target, &source, isLast ? ZSTD_e_end : ZSTD_e_continue)
        guard ZSTD_isError(left) == 0 else { throw PackFailure(String(cString: ZSTD_getErrorName(left))) }
        return CodecStep(consumed: source.pos, produced: target.pos, isEnd: isLast && left == 0)
    }
}
