import Format

/// A device of a description.
package struct DescribedDevice: Sendable {
    /// The idstr.
    package var name: NameID
    package var instance: UInt32
    /// The version id; nil for old-style handlers, for which none is listed.
    package var version: UInt32?
    /// The layout of the body by the description alone, before its bytes are checked.
    package var layout: LayoutID
    /// The range of its JSON object, in bytes from the start of the stream.
    package var text: Range<Int>
}

/// The JSON that describes the device sections, parsed into layouts.
package struct Description: Sendable {
    /// The range of the JSON text, in bytes from the start of the stream or, if borrowed, of its source.
    package var text: Range<Int>
    /// The file it was borrowed from; nil for the stream's own description.
    package var borrowedFrom: String?
    /// The target page size in bytes.
    package var pageSize: Int?
    /// The body of the configuration section (QEMU 10.0 and later list it).
    package var configuration: LayoutID?
    /// The FULL sections in stream order.
    package var devices: [DescribedDevice]
    /// Whether the text ends inside it; then more devices may follow the last one.
    package var isCut = false
    /// The parts that the parser could not use.
    package var problems: [DescriptionProblem]
    /// Replaces `devices` if a `-dump-vmstate` was borrowed.
    package var dump: TargetDump?
}

/// An error in a description that QEMU does not write.
package struct DescriptionProblem: Sendable, Equatable {
    /// In bytes from the start of the stream.
    package var offset: Int
    package var expected: String
    package var found: String
}
