import Bytes

/// One kind of container: knows its magic and where the stream is in it.
package protocol ContainerFormat: SendableMetatype {
    /// Whether `region` begins as this container. O(1), except for the search of the last entry.
    static func recognizes(_ region: MappedRegion) -> Bool

    /// Whether `head`, the first MiB of a pipe, may go on to be this container.
    static func mayBegin(_ head: MappedRegion) -> Bool

    /// Takes the container off.
    ///
    /// - Throws: `OpenError.container` where its own structure is damaged or not supported.
    static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled
}

extension ContainerFormat {
    package static func mayBegin(_ head: MappedRegion) -> Bool { recognizes(head) }
}

/// What a container is asked to do.
package struct PeelRequest {
    /// For messages.
    package var path: String
    package var options: ContainerOptions
}

/// A container that was taken off.
package struct Peeled {
    /// What was inside.
    package enum Content {
        /// In place: a part of the file.
        case region(MappedRegion)
        /// To be unpacked first.
        case packed(any ByteProducer)
        /// To be found or put together first.
        case job(any ContainerJob)
    }

    package var layer: ContainerLayer
    package var content: Content
    package var findings: [Finding] = []
    /// Connections of the same migration.
    package var channels: [WireChannel] = []
    /// Bytes of the content that its source does not have.
    package var lost = LostRanges()
}
