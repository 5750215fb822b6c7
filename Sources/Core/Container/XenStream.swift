import Bytes

/// A Xen image of libxl: QEMU's stream, devices only, is a record near its end.
package enum XenStream: ContainerFormat {
    private static let magics = ["LinuxGuestRecord", "Xen saved domain"]
    private static let searchLimit = 64 << 20

    package static func recognizes(_ region: MappedRegion) -> Bool {
        mayBegin(region) && base(region) != nil
    }

    package static func mayBegin(_ head: MappedRegion) -> Bool {
        magics.contains { head.matches($0.utf8, at: 0) }
    }

    private static func base(_ region: MappedRegion) -> Int? {
        PrefixedStream.base(region, in: max(region.count - searchLimit, 0)..<region.count)
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        guard let base = base(region) else {
            throw .notAStream(path: request.path, found: "a Xen image", advice: "no QEVM in its last 64 MiB")
        }
        var layer = ContainerLayer("Xen")
        layer.parts = [ContainerPart("records", 0..<base), ContainerPart("stream", base..<region.count)]
        return Peeled(layer: layer, content: .region(region.slice(base..<region.count)))
    }
}
