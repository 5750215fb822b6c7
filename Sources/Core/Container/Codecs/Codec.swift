/// A compressed format that is unpacked by a library, piece by piece in bounded memory.
///
/// One object reads one member after the other; the formats allow several in a file.
package protocol Codec: AnyObject, SendableMetatype {
    /// The name of the program that writes the format.
    static var name: String { get }
    /// Whether a member begins with `start`, up to 16 bytes of it.
    static func recognizes(_ start: ArraySlice<UInt8>) -> Bool

    init() throws(UnpackFailure)

    /// Unpacks from the front of `input` to the front of `output`, either of which may be used up in part.
    ///
    /// - Throws: `UnpackFailure` where the input is not what the format demands, and nothing was produced before that.
    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep

    /// Makes ready for the next member.
    func reset() throws(UnpackFailure)

    /// What was odd without stopping the work, such as a checksum.
    var remarks: [String] { get }
}

extension Codec {
    package var remarks: [String] { [] }
}

/// What one call of a codec has done.
package struct CodecStep {
    /// Bytes.
    package var consumed: Int
    package var produced: Int
    /// The member is complete.
    package var isEnd = false
    /// What was wrong after the bytes that were produced.
    package var failure: UnpackFailure?

    /// The same with what was wrong after it.
    ///
    /// - Throws: that, where nothing was produced.
    package func failed(_ failure: UnpackFailure) throws(UnpackFailure) -> CodecStep {
        guard produced > 0 else { throw failure }
        var step = self
        step.isEnd = false
        step.failure = failure
        return step
    }
}

/// Why unpacking can't go on.
package enum UnpackFailure: Error, Equatable {
    /// The input ends inside a member.
    case truncated
    /// The input is not what the format demands; the words of the library.
    case corrupt(String)
    /// The input asks for more memory than a reader should give, in bytes.
    case memory(Int)
    /// Reading the input failed with this errno.
    case input(Int32)
}

/// The registry of compressed formats: a new one is one line here.
package enum Codecs {
    package static let all: [any Codec.Type] = [
        GzipCodec.self, Bzip2Codec.self, XZCodec.self, ZstdCodec.self, LzopCodec.self, LZ4Codec.self,
    ]

    /// The format that begins with `start`.
    package static func recognized(_ start: ArraySlice<UInt8>) -> (any Codec.Type)? {
        all.first { $0.recognizes(start) }
    }
}
