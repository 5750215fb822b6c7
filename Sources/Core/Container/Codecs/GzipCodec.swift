import CZlib

/// The gzip format (RFC 1952), unpacked by zlib.
package final class GzipCodec: Codec {
    package static let name = "gzip"

    package static func recognizes(_ start: ArraySlice<UInt8>) -> Bool {
        start.starts(with: [0x1f, 0x8b, 0x08])
    }

    private let inflater: Inflater

    package init() throws(UnpackFailure) { inflater = try Inflater(.gzip) }

    package func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep {
        try inflater.decode(input, into: output)
    }

    package func reset() { inflater.reset() }
}

/// Deflate data without a header (RFC 1951), as in members of a zip archive. It has no magic number.
package final class DeflateCodec: Codec {
    package static let name = "deflate"

    package static func recognizes(_ start: ArraySlice<UInt8>) -> Bool { false }

    private let inflater: Inflater

    package init() throws(UnpackFailure) { inflater = try Inflater(.raw) }

    package func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep {
        try inflater.decode(input, into: output)
    }

    package func reset() { inflater.reset() }
}

/// The zlib state of one stream.
package final class Inflater {
    /// The frame around the deflate data, as zlib's window bits.
    package enum Frame: Int32 {
        /// RFC 1950.
        case zlib = 15
        /// 15, plus 16 for a gzip header.
        case gzip = 31
        case raw = -15
    }

    // zlib stores the address of its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    package init(_ frame: Frame) throws(UnpackFailure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = inflateInit2_(
            stream, frame.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .memory(1 << 16) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Unpacks from the start of `input` to the start of `output`.
    package func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep {
        let (status, step) = stream.step(input, output) { inflate($0, Z_NO_FLUSH) }
        if Self.isGood(status) { return step }
        let words = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)"
        return try step.failed(.corrupt(words))
    }

    /// Prepares for another stream.
    package func reset() { inflateReset(stream) }

    fileprivate static func isGood(_ status: Int32) -> Bool {
        status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR
    }
}

/// gzip with the settings of `gzip -c` from a pipe: level 6, without name and time.
package final class GzipEncoder: Encoder {
    package static let name = GzipCodec.name

    // zlib stores the address of its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    package init() throws(PackFailure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, 6, Z_DEFLATED, Inflater.Frame.gzip.rawValue, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw PackFailure("zlib error \(status)") }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    package func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(PackFailure) -> CodecStep {
        let (status, step) = stream.step(input, output) { deflate($0, isLast ? Z_FINISH : Z_NO_FLUSH) }
        guard Inflater.isGood(status) else { throw PackFailure("zlib error \(status)") }
        return step
    }
}

extension UnsafeMutablePointer<z_stream> {
    /// Runs zlib from the start of `input` to the start of `output`; returns its status and the progress.
    fileprivate func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
        _ run: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> (status: Int32, step: CodecStep) {
        // Safe: zlib reads and writes only inside the given counts, and only during the call.
        pointee.next_in = UnsafeMutablePointer<UInt8>(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        pointee.avail_in = UInt32(clamping: input.count)
        pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        pointee.avail_out = UInt32(clamping: output.count)
        let given = (input: pointee.avail_in, output: pointee.avail_out)
        let status = run(self)
        let step = CodecStep(
            consumed: Int(given.input - pointee.avail_in), produced: Int(given.output - pointee.avail_out),
            isEnd: status == Z_STREAM_END)
        return (status, step)
    }
}
