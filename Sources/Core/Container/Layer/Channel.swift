import Bytes

/// The place where a stream continues over another connection: a migration in postcopy that broke and was
/// recovered.
package struct StreamJoin: Sendable, Equatable {
    /// The first byte of that connection, in bytes from the start of the stream.
    package var offset: Int
    /// The origin of the connection. Escaped.
    package var name: String
}

/// A connection of a migration besides its main channel: the data of one direction.
package struct WireChannel: Sendable {
    package var kind: ConnectionKind
    /// The origin: the name of a file, or the two ends of a connection. Escaped.
    package var name: String
    package var region: MappedRegion
    /// The ranges that were not captured; they read as zero.
    package var lost: LostRanges = LostRanges()
    /// The unpacked pages of a packed channel in sequence; nil if it is not packed.
    package var unpacked: MappedRegion?

    package init(kind: ConnectionKind, name: String, region: MappedRegion, lost: LostRanges = LostRanges()) {
        self.kind = kind
        self.name = name
        self.region = region
        self.lost = lost
    }
}

/// A connection of a migration that is a packed member of an archive.
package struct PackedChannel {
    package var kind: ConnectionKind
    /// Escaped.
    package var name: String
    package var producer: any ByteProducer
}
