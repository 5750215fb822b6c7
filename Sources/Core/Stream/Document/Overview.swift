/// What a stream is, as far as it was read; of a whole one without reading RAM. All text is escaped.
package struct Overview: Sendable {
    /// The last component of the path.
    package let fileName: String
    /// Bytes.
    package let fileSize: Int
    /// What wraps the stream; `none` for a bare one.
    package let container: String
    /// Where the stream begins in the file, and its length without what follows it, in bytes.
    package let streamOffset: Int
    package let streamSize: Int
    /// The machine type of the configuration section.
    package let machine: String?
    /// The target page size in bytes.
    package let pageSize: Int?
    package let capabilities: [String]
    /// START and FULL sections, in stream order.
    package let sections: [SectionSummary]
    /// From the START section of `ram`.
    package let ramBlocks: [RAMBlockSummary]
    package let description: DescriptionSummary?
    /// How many sections are named `cpu`.
    package let processorCount: Int
    /// Where another stream begins after this one, in bytes from the start of this; nil where none does.
    package let nextStream: Int?

    package var sectionCount: Int { sections.count }
}

/// A section as `info` lists it.
package struct SectionSummary: Sendable {
    package let id: UInt32
    /// The idstr.
    package let name: String
    package let instance: UInt32
    package let version: UInt32
    /// `start` or `full`.
    package let kind: String
    /// Bytes from the start of the stream, and length.
    package let offset: Int
    package let size: Int
}

/// A RAM block as `info` lists it.
package struct RAMBlockSummary: Sendable {
    package let name: String
    /// Bytes of guest RAM.
    package let size: Int
}

/// The description as `info` lists it.
package struct DescriptionSummary: Sendable {
    /// The JSON text in the stream, in bytes.
    package let offset: Int
    package let size: Int
    package let devices: Int
    /// `stream` when it came with the stream.
    package let source: String
}
