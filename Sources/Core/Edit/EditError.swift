import Bytes
import Diagnose
import Format
import Memory
import Stream

/// Why an edit can't be made, or a stream not be written. One line, with what to do.
package struct EditError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// What was written is not what should have been, from about this offset in the stream on.
    package static func differs(near offset: Int) -> EditError {
        EditError(
            "what was written reads differently near \(Hex.offset(offset)); try: another place to write to")
    }
}

/// Takes the bytes of a stream that is written, in order.
package protocol PieceSink {
    /// Bytes that were made.
    mutating func put(_ bytes: [UInt8]) throws(EditError)
    /// Bytes of a mapped file: a copy that the kernel may make, or share.
    mutating func copy(_ region: MappedRegion, _ range: Range<Int>) throws(EditError)
    /// Zeros that need no room on the disk.
    mutating func skip(_ count: Int) throws(EditError)
}
