import CZlib

/// gzip (RFC 1952), by zlib.
package final class GzipCodec: Codec {
    package static let name = "gzip"

    package static func recognizes(_ start: ArraySlice<UInt8>) -> Bool {
        start.starts(with: [0x1f, 0x8b, 0x08])
    }

    // zlib keeps the address of its stream, which so must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    package init() throws(UnpackFailure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15: the largest window; 16: a gzip header.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .memory(1 << 16) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    package func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep {
        // Safe: zlib reads and writes only inside the given counts, and only during the call.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let status = inflate(stream, Z_NO_FLUSH)
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
            throw .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)")
        }
        return CodecStep(
            consumed: input.count - Int(stream.pointee.avail_in),
            produced: output.count - Int(stream.pointee.avail_out), isEnd: status == Z_STREAM_END)
    }

    package func reset() {
        inflateReset(stream)
    }
}
