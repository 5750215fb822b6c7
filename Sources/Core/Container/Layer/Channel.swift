import Bytes

/// A connection of a migration beside its main channel: what came over it, in one direction.
package struct WireChannel: Sendable {
    package var kind: ConnectionKind
    /// Where it comes from: the name of a file, or the two ends of a connection. Escaped.
    package var name: String
    package var region: MappedRegion
    /// Bytes that the capture has lost; they read as zero.
    package var lost: LostRanges = LostRanges()
    /// The pages of a packed channel, unpacked, one after the other; nil where it is not packed.
    package var unpacked: MappedRegion?

    package init(kind: ConnectionKind, name: String, region: MappedRegion, lost: LostRanges = LostRanges()) {
        self.kind = kind
        self.name = name
        self.region = region
        self.lost = lost
    }
}
