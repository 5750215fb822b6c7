/// A compressed format that a library writes piece by piece in bounded memory, in the same way as its
/// program.
///
/// One object writes one member.
package protocol Encoder: AnyObject, SendableMetatype {
    /// The name of the program that writes the format.
    static var name: String { get }

    init() throws(PackFailure)

    /// Compresses from the start of `input` to the start of `output`, either of which may be used only in part.
    ///
    /// - Parameters:
    ///   - input: Not empty, except for the last call.
    ///   - isLast: Whether nothing follows `input`. The call is then repeated with the rest until the step is
    /// the end.
    /// - Throws: `PackFailure` if the library is out of memory.
    func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(PackFailure) -> CodecStep
}

/// The reason why packing can't continue: the library's message.
package struct PackFailure: Error, Equatable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}

/// The registry of compressed formats that are written: a new one is one line here.
package enum Encoders {
    package static let all: [any Encoder.Type] = [
        GzipEncoder.self, Bzip2Encoder.self, XZEncoder.self, LzopEncoder.self, ZstdEncoder.self,
    ]

    /// Returns the format that the program `name` writes.
    package static func named(_ name: String) -> (any Encoder.Type)? { all.first { $0.name == name } }
}
