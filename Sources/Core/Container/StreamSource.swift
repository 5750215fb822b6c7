import Bytes

/// The source of a document's stream.
package struct StreamSource {
    /// The stream.
    package var region: MappedRegion
    /// The whole file on disk; nil for bytes that are not in a file.
    package var file: MappedRegion?
    /// The size of the file or of a pipe's data, in bytes.
    package var fileSize: Int
    package var info = ContainerInfo()
    package var findings: [Finding] = []
    /// The connections of the same migration besides the main channel.
    package var channels: [WireChannel] = []
    /// The files that hold the RAM of blocks from their start, given by the user.
    package var ramFiles: [(block: String, region: MappedRegion)] = []
    /// The ranges of the stream that were not captured; they read as zero.
    package var lost = LostRanges()
    /// The offsets at which it continues over another connection, in order.
    package var joins: [StreamJoin] = []

    /// Creates the source of a bare stream.
    package init(region: MappedRegion) {
        self.region = region
        fileSize = region.count
    }

    package init(
        region: MappedRegion, file: MappedRegion?, fileSize: Int, info: ContainerInfo, findings: [Finding]
    ) {
        self.region = region
        self.file = file
        self.fileSize = fileSize
        self.info = info
        self.findings = findings
    }
}
