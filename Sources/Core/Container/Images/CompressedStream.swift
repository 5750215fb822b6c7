import Bytes

/// All formats of the codecs: gzip, bzip2, xz, zstd, lzop, lz4.
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

    /// Unpacks `input`, which need not be a file.
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
