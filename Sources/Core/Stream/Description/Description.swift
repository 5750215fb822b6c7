import Format

/// One device of a description.
package struct DescribedDevice: Sendable {
    /// The idstr.
    package var name: NameID
    package var instance: UInt32
    /// The version id; nil for old-style handlers, which list none.
    package var version: UInt32?
    /// What the description says of the body, before the bytes were looked at.
    package var layout: LayoutID
    /// Where its JSON object is, in bytes from the start of the stream.
    package var text: Range<Int>
}

/// The JSON that says what the device sections hold, parsed into layouts.
package struct Description: Sendable {
    /// Where the JSON text is, in bytes from the start of the stream; for a borrowed one, of its source.
    package var text: Range<Int>
    /// The file that it was borrowed from; nil for the stream's own.
    package var borrowedFrom: String?
    /// The target page size in bytes.
    package var pageSize: Int?
    /// The body of the configuration section (QEMU 10.0 and later list it).
    package var configuration: LayoutID?
    /// The FULL sections in stream order.
    package var devices: [DescribedDevice]
    /// What the parser could not use: offset in the stream, and why.
    package var problems: [DescriptionProblem]
    /// What replaces `devices` where a `-dump-vmstate` was borrowed.
    package var dump: TargetDump?
}

/// Something in a description that no writer of QEMU produces.
package struct DescriptionProblem: Sendable, Equatable {
    /// Bytes from the start of the stream.
    package var offset: Int
    package var expected: String
    package var found: String
}
