import Bytes

/// How reading a stream as the loader does ends.
package enum LoadOutcome {
    case loads
    case stops(LoadStop)
    /// Something that this reading does not know is in the way.
    case unknown
}

/// Where the loader stops, and what it says there.
package struct LoadStop {
    package var code: FindingCode
    /// Bytes from the start of the stream.
    package var offset: Int
    package var size: Int
    package var message: String
    package var hint = ""
    package var qemu: String
    /// The section, or what is in its place.
    package var range: Range<Int>
    package var path = ""
}
