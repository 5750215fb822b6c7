/// A compressed format that a library unpacks piece by piece in bounded memory.
///
/// One object reads one member after another, because the formats allow several in a file.
package protocol Codec: AnyObject, SendableMetatype {
    /// The name of the program that writes the format.
    static var name: String { get }
    /// Returns whether a member begins with `start`, which has up to 16 bytes.
    static func recognizes(_ start: ArraySlice<UInt8>) -> Bool

    init() throws(UnpackFailure)

    /// Unpacks from the start of `input` to the start of `output`, either of which may be used only in part.
    ///
    /// - Throws: `UnpackFailure` if the input is invalid, and nothing was produced before that.
    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(UnpackFailure) -> CodecStep

    /// Prepares for the next member.
    func reset() throws(UnpackFailure)

    /// The problems that did not stop the work, such as a wrong checksum.
    var remarks: [String] { get }
}

extension Codec {
    package var remarks: [String] { [] }
}

/// The result of one codec call.
package struct CodecStep {
    /// In bytes.
    package var consumed: Int
    package var produced: Int
    /// Whether the member is complete.
    package var isEnd = false
    /// The failure after the produced bytes.
    package var failure: UnpackFailure?

    /// Returns the step with a failure after it.
    ///
    /// - Throws: The failure, if nothing was produced.
    package func failed(_ failure: UnpackFailure) throws(UnpackFailure) -> CodecStep {
        guard produced > 0 else { throw failure }
        var step = self
        step.isEnd = false
        step.failure = failure
        return step
    }
}

/// The reason why unpacking can't continue.
package enum UnpackFailure: Error, Equatable {
    /// The input ends inside a member.
    case truncated
    /// The input is invalid, with the library's message.
    case corrupt(String)
    /// The input requires more memory than allowed, in bytes.
    case memory(Int)
    /// Reading the input failed with this errno.
    case input(Int32)
}

/// The registry of compressed formats: a new one is one line here.
package enum Codecs {
    package static let all: [any Codec.Type] = [
        GzipCodec.self, Bzip2Codec.self, XZCodec.self, ZstdCodec.self, LzopCodec.self, LZ4Codec.self,
    ]

    /// Returns the format that begins with `start`.
    package static func recognized(_ start: ArraySlice<UInt8>) -> (any Codec.Type)? {
        all.first { $0.recognizes(start) }
    }
}
