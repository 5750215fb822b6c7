import Bytes

/// A stream that does not begin at the first byte: after an unknown header, or after lost bytes.
package enum PrefixedStream: ContainerFormat {
    /// The range in bytes that is searched for a stream without `ContainerOptions.searchesAll`.
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

    /// Returns the stream that begins at `base`, with a note about that.
    package static func peeled(_ region: MappedRegion, base: Int) -> Peeled {
        var layer = ContainerLayer("unknown", title: "unknown bytes before the stream")
        layer.parts = [ContainerPart("unknown", 0..<base), ContainerPart("stream", base..<region.count)]
        let note = Finding(
            .note, .streamBase, offset: 0,
            message: "expected QEVM at byte 0 of the file, found it at \(Hex.offset(base))",
            hint: "offsets count from there")
        return Peeled(layer: layer, content: .region(region.slice(base..<region.count)), findings: [note])
    }

    /// Returns the offset of the first stream of a supported version in `range`. O(range).
    package static func base(_ region: MappedRegion, in range: Range<Int>) -> Int? {
        let whole = range.clamped(to: 0..<region.count)
        guard whole.count >= 8 else { return nil }
        return StreamStart.first(in: region, whole.lowerBound..<whole.upperBound - 7)
    }
}

/// Searches the whole file for a stream after lost or unknown bytes.
package final class SearchJob: ContainerJob {
    package let name = "search"
    private let region: MappedRegion
    private let path: String
    private var reached = 0
    private var base: Int?

    private static let pieceSize = 1 << 22

    package init(_ region: MappedRegion, path: String) {
        self.region = region
        self.path = path
        region.advise(.sequential, 0..<region.count)
    }

    package var progress: Unpacker.Progress {
        Unpacker.Progress(consumed: reached, total: region.count, produced: 0)
    }

    package func step(budget: Int) -> Bool {
        // Searching costs a fraction of unpacking.
        var left = budget.multipliedReportingOverflow(by: 8).partialValue
        while left > 0, base == nil, reached < region.count {
            // The magic number may begin at the end of a piece.
            let piece = reached..<min(reached + Self.pieceSize, region.count)
            base = StreamStart.first(in: region, piece.lowerBound..<min(piece.upperBound + 8, region.count))
            region.advise(.done, piece)
            reached = piece.upperBound
            left -= piece.count
        }
        return base == nil && reached < region.count
    }

    package func cancel() { reached = region.count }

    package func result() throws(OpenError) -> Peeled {
        guard let base else {
            throw .notAStream(
                path: path, found: "no stream in \(region.count) bytes",
                advice: "the beginning of the stream is lost, or it is compressed or encrypted")
        }
        return PrefixedStream.peeled(region, base: base)
    }
}
