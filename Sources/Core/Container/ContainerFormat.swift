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

extension Peeled {
    /// The chosen member of an archive of that kind.
    package static func archive(
        _ kind: String, _ choice: MemberChoice, _ request: PeelRequest
    ) throws(OpenError) -> Peeled {
        let chosen = choice.members[choice.main]
        let title = "\(kind) member \"\(chosen.shownName)\""
        var layer = ContainerLayer(kind, title: title, isUnpacked: chosen.isPacked)
        layer.members = choice.members.enumerated().map { number, member in
            MemberSummary(
                name: member.shownName, size: member.size,
                isOpen: number == choice.main || choice.channels.contains(number))
        }
        layer.parts = choice.members.map { ContainerPart($0.shownName, $0.range, text: "\($0.size) bytes") }
        var peeled = Peeled(
            layer: layer, content: try chosen.inside(path: request.path), findings: choice.findings)
        for number in choice.channels {
            let member = choice.members[number]
            guard case .region(let region) = member.content, let kind = ConnectionKind.of(member.start())
            else {
                continue
            }
            peeled.channels.append(WireChannel(kind: kind, name: member.shownName, region: region))
        }
        return peeled
    }
}

/// The registry of containers: a new one is one line here. The first that recognizes the bytes is used.
package enum ContainerFormats {
    package static let all: [any ContainerFormat.Type] = [
        LibvirtImage.self, QCOW2Image.self, CompressedStream.self, XenStream.self, TarArchive.self,
        ZipArchive.self, PacketCapture.self, PrefixedStream.self,
    ]

    /// More containers than this around each other are refused.
    package static let depthLimit = 4

    package static func recognized(_ region: MappedRegion) -> (any ContainerFormat.Type)? {
        all.first { $0.recognizes(region) }
    }

    /// Whether what begins with `head` may be a stream, in a container or not.
    package static func mayBegin(_ head: MappedRegion) -> Bool {
        head.matches("QEVM", at: 0)
            ? head.bigEndian(UInt32.self, at: 4) == 3
            : all.contains { $0.mayBegin(head) } || ConnectionKind.of(head.copy(0..<64)) != nil
    }
}

/// gzip, bzip2, xz, zstd, lzop, lz4: whatever the codecs know.
package enum CompressedStream: ContainerFormat {
    package static func recognizes(_ region: MappedRegion) -> Bool {
        codec(region) != nil
    }

    package static func codec(_ region: MappedRegion) -> (any Codec.Type)? {
        Codecs.recognized(region.copy(0..<16)[...])
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        guard let codec = codec(region) else {
            throw .notAStream(path: request.path, found: "other bytes", advice: "try: unpack it first")
        }
        return try peel(InputWindow(region), codec, size: region.count, request)
    }

    /// Unpacks what comes from `input`, which need not be a file.
    package static func peel(
        _ input: InputWindow, _ codec: any Codec.Type, size: Int?, _ request: PeelRequest
    ) throws(OpenError) -> Peeled {
        var layer = ContainerLayer(codec.name, isUnpacked: true)
        layer.parts = size.map { [ContainerPart("\(codec.name) data", 0..<$0)] } ?? []
        do throws(UnpackFailure) {
            return Peeled(layer: layer, content: .packed(CodecProducer(try codec.init(), input)))
        } catch {
            let stop = UnpackStop(error)
            throw .container(
                path: request.path, offset: 0, reason: "\(codec.name): \(stop.reason)",
                advice: stop.hint)
        }
    }
}
