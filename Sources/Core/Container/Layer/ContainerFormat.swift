import Bytes

/// A kind of container: recognizes its magic number and finds the stream in it.
package protocol ContainerFormat: SendableMetatype {
    /// Returns whether `region` begins as this container. O(1), except for the search of the last entry.
    static func recognizes(_ region: MappedRegion) -> Bool

    /// Returns whether `head`, the first MiB of a pipe, may be the start of this container.
    static func mayBegin(_ head: MappedRegion) -> Bool

    /// Removes the container.
    ///
    /// - Throws: `OpenError.container` if its own structure is damaged or not supported.
    static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled
}

extension ContainerFormat {
    package static func mayBegin(_ head: MappedRegion) -> Bool { recognizes(head) }
}

/// The input for removing a container.
package struct PeelRequest {
    /// For messages.
    package var path: String
    package var options: ContainerOptions
}

/// A container that was removed.
package struct Peeled {
    /// The form of its content.
    package enum Content {
        /// Stored in place: a part of the file.
        case region(MappedRegion)
        /// Must be unpacked first.
        case packed(any ByteProducer)
        /// Must be found or reassembled first.
        case job(any ContainerJob)
    }

    package var layer: ContainerLayer
    package var content: Content
    package var findings: [Finding] = []
    /// The connections of the same migration.
    package var channels: [WireChannel] = []
    /// Those that must be unpacked first.
    package var packedChannels: [PackedChannel] = []
    /// The ranges of the content that are missing in its source.
    package var lost = LostRanges()
    /// The offsets at which the content continues over another connection.
    package var joins: [StreamJoin] = []
    /// Whether `ContainerOptions.migration` has chosen the content.
    package var hasChosenMigration = false
}
