/// A compressed format that is made by a library, piece by piece in bounded memory, as its program makes it.
///
/// One object makes one member.
package protocol Encoder: AnyObject, SendableMetatype {
    /// The name of the program that writes the format.
    static var name: String { get }

    init() throws(PackFailure)

    /// Packs from the front of `input` to the front of `output`, either of which may be used up in part.
    ///
    /// - Parameters:
    ///   - input: not empty, but for the last of it.
    ///   - isLast: nothing comes after `input`. Then the call is repeated with what it has left until the step is the end.
    /// - Throws: `PackFailure` where the library has no memory.
    func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(PackFailure) -> CodecStep
}

/// Why packing can't go on: the words of the library.
package struct PackFailure: Error, Equatable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}

/// The registry of compressed formats that are written: a new one is one line here.
package enum Encoders {
    package static let all: [any Encoder.Type] = [
        GzipEncoder.self, Bzip2Encoder.self, XZEncoder.self, LzopEncoder.self, ZstdEncoder.self,
    ]

    /// The format that the program `name` writes.
    package static func named(_ name: String) -> (any Encoder.Type)? { all.first { $0.name == name } }
}
