import Bytes

/// The outcome of reading a stream as the loader does.
package enum LoadOutcome {
    case loads
    case stops(LoadStop)
    /// An unsupported part prevents a prediction.
    case unknown
}

/// The place where the loader stops, and its message.
package struct LoadStop {
    package var code: FindingCode
    /// The offset in bytes from the start of the stream.
    package var offset: Int
    package var size: Int
    package var message: String
    package var hint = ""
    package var qemu: String
    /// The section, or the bytes in its place.
    package var range: Range<Int>
    package var path = ""
}
