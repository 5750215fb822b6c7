/// What a stream is, known without reading RAM. All text is escaped.
public struct Overview: Sendable {
    /// The last component of the path.
    public let fileName: String
    /// Bytes.
    public internal(set) var fileSize: Int
    /// What wraps the stream; `none` for a bare one.
    public let container: String
    /// Where the stream begins in the file, and its length, in bytes.
    public let streamOffset: Int
    public internal(set) var streamSize: Int
    /// The machine type of the configuration section.
    public let machine: String?
    /// The target page size in bytes.
    public let pageSize: Int?
    public let capabilities: [String]
    /// START and FULL sections, in stream order.
    public let sections: [SectionSummary]
    /// From the START section of `ram`.
    public let ramBlocks: [RAMBlockSummary]
    public let description: DescriptionSummary?
    /// How many sections are named `cpu`.
    public let processorCount: Int

    public var sectionCount: Int { sections.count }
}

/// A section as `info` lists it.
public struct SectionSummary: Sendable {
    public let id: UInt32
    /// The idstr.
    public let name: String
    public let instance: UInt32
    public let version: UInt32
    /// `start` or `full`.
    public let kind: String
    /// Bytes from the start of the stream, and length.
    public let offset: Int
    public let size: Int
}

/// A RAM block as `info` lists it.
public struct RAMBlockSummary: Sendable {
    public let name: String
    /// Bytes of guest RAM.
    public let size: Int
}

/// The description as `info` lists it.
public struct DescriptionSummary: Sendable {
    /// The JSON text in the stream, in bytes.
    public let offset: Int
    public let size: Int
    public let devices: Int
    /// `stream` when it came with the stream.
    public let source: String
}
