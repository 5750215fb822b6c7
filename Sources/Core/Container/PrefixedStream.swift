import Bytes

/// A stream that does not begin at the first byte: after a header that no one knows, or after lost bytes.
package enum PrefixedStream: ContainerFormat {
    /// Bytes in which a stream is looked for without `ContainerOptions.searchesAll`.
    package static let searchLimit = 1 << 20

    package static func recognizes(_ region: MappedRegion) -> Bool {
        LookAlike.of(region) == nil && base(region, in: 0..<searchLimit) != nil
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        guard let base = base(region, in: 0..<searchLimit) else {
            throw .notAStream(path: request.path, found: "other bytes", advice: "try: another file")
        }
        return peeled(region, base: base)
    }

    /// The stream that begins at `base`, and a note that says so.
    package static func peeled(_ region: MappedRegion, base: Int) -> Peeled {
        var layer = ContainerLayer("unknown", title: "unknown bytes before the stream")
        layer.parts = [ContainerPart("unknown", 0..<base), ContainerPart("stream", base..<region.count)]
        let note = Finding(
            .note, .streamBase, offset: 0,
            message: "expected QEVM at byte 0 of the file, found it at \(Hex.offset(base))",
            hint: "offsets count from there")
        return Peeled(layer: layer, content: .region(region.slice(base..<region.count)), findings: [note])
    }

    /// Where the first stream of a live version begins in `range`. O(range).
    package static func base(_ region: MappedRegion, in range: Range<Int>) -> Int? {
        let whole = range.clamped(to: 0..<region.count)
        guard whole.count >= 8 else { return nil }
        return StreamStart.first(in: region, whole.lowerBound..<whole.upperBound - 7)
    }
}
