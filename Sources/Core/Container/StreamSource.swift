import Bytes

/// Where the stream of a document comes from.
package struct StreamSource {
    /// The stream.
    package var region: MappedRegion
    /// The whole file as it is on the disk; nil for bytes that are in none.
    package var file: MappedRegion?
    /// Of the file or of what a pipe gave, in bytes.
    package var fileSize: Int
    package var info = ContainerInfo()
    package var findings: [Finding] = []
    /// Connections of the same migration beside the main channel.
    package var channels: [WireChannel] = []
    /// What the user says is the RAM of blocks, from their start, where the stream does not say.
    package var ramFiles: [(block: String, region: MappedRegion)] = []
    /// Bytes of the stream that were not captured; they read as zero.
    package var lost = LostRanges()

    /// A bare stream.
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
