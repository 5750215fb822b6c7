/// One device of a description.
public struct DescribedDevice: Sendable {
    /// The idstr.
    public var name: NameID
    public var instance: UInt32
    /// The version id; nil for old-style handlers, which list none.
    public var version: UInt32?
    /// What the description says of the body, before the bytes were looked at.
    public var layout: LayoutID
    /// Where its JSON object is, in bytes from the start of the stream.
    public var text: Range<Int>
}

/// The JSON that tells what the device sections hold, parsed into layouts.
public struct Description: Sendable {
    /// Where the JSON text is, in bytes from the start of the stream; for a borrowed one, of its source.
    public var text: Range<Int>
    /// The file that it was borrowed from; nil for the stream's own.
    public var borrowedFrom: String?
    /// The target page size in bytes.
    public var pageSize: Int?
    /// The body of the configuration section (QEMU 10.0 and later list it).
    public var configuration: LayoutID?
    /// The FULL sections in stream order.
    public var devices: [DescribedDevice]
    /// What the parser could not use: offset in the stream, and why.
    public var problems: [DescriptionProblem]
    /// What stands in for `devices` where a `-dump-vmstate` was borrowed.
    var dump: TargetDump?
}

/// Something in a description that no writer of QEMU produces.
public struct DescriptionProblem: Sendable, Equatable {
    /// Bytes from the start of the stream.
    public var offset: Int
    public var expected: String
    public var found: String
}
