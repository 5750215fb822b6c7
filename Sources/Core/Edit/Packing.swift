import Bytes
import Container

/// A source of bytes that can be written, and compared with the output.
package protocol PieceSource {
    /// Writes the same bytes at each call.
    func write(to sink: inout some PieceSink) throws(EditError)
    func verify(_ written: MappedRegion) throws(EditError)
}

extension Conversion: PieceSource {}
extension StreamDraft: PieceSource {}

/// The compression of the output, in the format of the program with that name.
package struct Packing {
    package static let names = Encoders.all.map { $0.name }

    private let encoder: any Encoder.Type
    private let codec: any Codec.Type

    /// Returns nil for a name that is not in `names`.
    package init?(_ name: String) {
        guard let encoder = Encoders.named(name), let codec = Codecs.all.first(where: { $0.name == name })
        else { return nil }
        self.encoder = encoder
        self.codec = codec
    }

    /// The format in the header of a libvirt save image.
    package var libvirtFormat: Int { LibvirtImage.formats.firstIndex(of: encoder.name) ?? 0 }

    /// Writes a source compressed. O(bytes), with a few MiB of memory in addition to the library's.
    package func write(_ source: some PieceSource, to sink: inout some PieceSink) throws(EditError) {
        var packed = PackingSink(sink, try Self.made { () throws(PackFailure) in try encoder.init() })
        try source.write(to: &packed)
        try packed.finish()
        sink = packed.target
    }

    /// Unpacks the output, and compares it byte for byte with the source.
    package func verify(_ source: some PieceSource, _ written: MappedRegion) throws(EditError) {
        do throws(UnpackFailure) {
            let producer = CodecProducer(try codec.init(), InputWindow(written))
            do throws(EditError) {
                var sink = UnpackingSink(producer)
                try source.write(to: &sink)
                try sink.finish()
            } catch {
                throw .corrupt(error.description)
            }
        } catch {
            if case .corrupt(let words) = error { throw EditError(words) }
            throw EditError("the output can't be decompressed: \(UnpackStop(error).reason)")
        }
    }

    fileprivate static func made<Result>(_ body: () throws(PackFailure) -> Result) throws(EditError) -> Result
    {
        do throws(PackFailure) {
            return try body()
        } catch {
            throw EditError("compression failed: \(error.reason)")
        }
    }
}

/// Receives the written bytes in pieces.
private protocol PieceReader: PieceSink {
    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(EditError)
}

extension PieceReader {
    mutating func put(_ bytes: [UInt8]) throws(EditError) {
        guard !bytes.isEmpty else { return }
        try bytes.span.bytes.withUnsafeBytes { piece throws(EditError) in try take(piece) }
    }

    mutating func copy(_ region: MappedRegion, _ range: Range<Int>) throws(EditError) {
        var done = range.lowerBound
        while done < range.upperBound {
            let piece = done..<min(done + pieceSize, range.upperBound)
            try region.span(piece).withUnsafeBytes { bytes throws(EditError) in try take(bytes) }
            if piece.count == pieceSize { region.advise(.done, piece) }
            done = piece.upperBound
        }
    }

    mutating func skip(_ count: Int) throws(EditError) {
        let zeros = [UInt8](repeating: 0, count: min(count, pieceSize))
        var left = count
        while left > 0 {
            try put(left < zeros.count ? Array(zeros[..<left]) : zeros)
            left -= min(zeros.count, left)
        }
    }
}

private let pieceSize = 1 << 20

/// The output buffer of an encoder or a codec.
private final class PieceBuffer {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

    deinit { bytes.deallocate() }
}

/// Compresses the bytes that it receives.
private struct PackingSink<Target: PieceSink>: PieceReader {
    private(set) var target: Target
    private let encoder: any Encoder
    private let buffer = PieceBuffer()

    init(_ target: Target, _ encoder: any Encoder) {
        self.target = target
        self.encoder = encoder
    }

    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(EditError) {
        var rest = bytes
        while !rest.isEmpty { _ = try step(&rest, isLast: false) }
    }

    /// Writes the rest of the encoder's output.
    mutating func finish() throws(EditError) {
        var rest = UnsafeRawBufferPointer(start: nil, count: 0)
        while try !step(&rest, isLast: true) {}
    }

    // Returns whether the member is complete.
    private mutating func step(_ rest: inout UnsafeRawBufferPointer, isLast: Bool) throws(EditError) -> Bool {
        let input = rest
        let done = try Packing.made { () throws(PackFailure) in
            try encoder.encode(input, into: buffer.bytes, isLast: isLast)
        }
        if done.produced > 0 { try target.put(Array(buffer.bytes[..<done.produced])) }
        rest = UnsafeRawBufferPointer(rebasing: rest[done.consumed...])
        return done.isEnd
    }
}

/// Compares the bytes that it receives with the output of an unpacker.
private struct UnpackingSink: PieceReader {
    private let producer: CodecProducer
    private let buffer = PieceBuffer()
    private var ready = 0..<0
    private var position = 0

    init(_ producer: CodecProducer) { self.producer = producer }

    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(EditError) {
        var done = 0
        while done < bytes.count {
            if ready.isEmpty { try fill() }
            let count = min(ready.count, bytes.count - done)
            guard count > 0,
                UnsafeRawBufferPointer(buffer.bytes).bytes.extracting(ready.prefix(count)).isEqual(
                    to: bytes.bytes.extracting(done..<done + count))
            else { throw differs }
            ready = ready.lowerBound + count..<ready.upperBound
            done += count
            position += count
        }
    }

    /// - Throws: `EditError` when the file has more bytes.
    mutating func finish() throws(EditError) {
        if ready.isEmpty { try fill() }
        guard ready.isEmpty, producer.remarks.isEmpty else { throw differs }
    }

    private mutating func fill() throws(EditError) {
        do throws(UnpackFailure) {
            ready = 0..<(try producer.produce(into: buffer.bytes))
        } catch {
            throw EditError("the output can't be decompressed: \(UnpackStop(error).reason)")
        }
    }

    private var differs: EditError { EditError.differs(near: position) }
}
