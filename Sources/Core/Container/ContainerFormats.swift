import Bytes

/// The registry of containers: a new one is one line here. The first that recognizes the bytes is used.
package enum ContainerFormats {
    package static let all: [any ContainerFormat.Type] = [
        LibvirtImage.self, QCOW2Image.self, CompressedStream.self, XenStream.self, TarArchive.self,
        ZipArchive.self, PacketCapture.self, PrefixedStream.self,
    ]

    /// The maximum number of nested containers.
    package static let depthLimit = 4

    package static func recognized(_ region: MappedRegion) -> (any ContainerFormat.Type)? {
        all.first { $0.recognizes(region) }
    }

    /// Returns whether bytes that begin with `head` may be a stream, in a container or not.
    package static func mayBegin(_ head: MappedRegion) -> Bool {
        head.matches("QEVM", at: 0)
            ? head.bigEndian(UInt32.self, at: 4) == 3
            : all.contains { $0.mayBegin(head) } || ConnectionKind.of(head.copy(0..<64)) != nil
    }
}
