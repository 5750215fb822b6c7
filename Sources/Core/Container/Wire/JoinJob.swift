import Bytes
import Glibc

/// Appends the data of the connections of a recovery to the stream that they continue, in one file.
///
/// A migration in postcopy whose connection breaks is paused, and continues over a new one: first the
/// destination reports which pages it has, then sections follow as before (migration/migration.c
/// postcopy_pause, 2.12 to 11.1).
package final class JoinJob: ContainerJob {
    package let name = "recovery"
    private var pieces: [(region: MappedRegion, lost: LostRanges)]
    private var joins: [StreamJoin] = []
    private let file: TemporaryFile
    private let options: ContainerOptions
    private let total: Int
    private var piece = 0
    private var position = 0
    private var stop: UnpackStop?
    private var isCancelled = false

    private static let pieceSize = 1 << 22

    /// `resumed`: in the order in which they were opened.
    init(
        _ region: MappedRegion, _ lost: LostRanges, _ resumed: [WireChannel], options: ContainerOptions
    ) throws(OpenError) {
        pieces = [(region, lost)]
        var end = region.count
        for channel in resumed {
            joins.append(StreamJoin(offset: end, name: channel.name))
            pieces.append((channel.region, channel.lost))
            end += channel.region.count
        }
        total = end
        self.options = options
        file = try TemporaryFile(folder: options.temporaryFolder)
    }

    package var progress: Unpacker.Progress {
        Unpacker.Progress(consumed: file.count, total: total, produced: file.count)
    }

    package func cancel() { isCancelled = true }

    package func step(budget: Int) -> Bool {
        let end = file.count.addingSaturated(budget)
        while piece < pieces.count, file.count < end, stop == nil, !isCancelled { copy() }
        return piece < pieces.count && stop == nil && !isCancelled
    }

    private func copy() {
        let region = pieces[piece].region
        let range = position..<min(position + Self.pieceSize, region.count)
        let limit = options.maxUnpacked ?? .max
        guard file.count + range.count <= limit else { return stop = .limit(limit) }
        guard file.room(reserve: options.reserve) > range.count else {
            return stop = .noRoom(folder: file.folder)
        }
        let code = region.span(range).withUnsafeBytes { file.append($0) }
        if code != 0 { return stop = .system(code) }
        region.advise(.done, range)
        position = range.upperBound
        if position >= region.count { (piece, position) = (piece + 1, 0) }
    }

    package func result() throws(OpenError) -> Peeled {
        let title = "\(pieces.count) connections"
        // Without space for a copy, only the first connection is available.
        guard piece > 0, let region = try file.region() else {
            var peeled = Peeled(
                layer: ContainerLayer(name, title: title), content: .region(pieces[0].region))
            if let stop { peeled.findings = [stop.finding(format: name, count: 0)] }
            return peeled
        }
        var peeled = Peeled(
            layer: ContainerLayer(name, title: title, isUnpacked: true), content: .region(region))
        peeled.joins = joins.filter { $0.offset < region.count }
        peeled.lost = lost
        peeled.findings = peeled.joins.map { join in
            Finding(
                .note, .streamRecovered, offset: join.offset,
                message: "expected one connection from start to end, found another one that continues the "
                    + "stream: \(join.name)",
                hint: "the previous connection broke in postcopy, and the migration was recovered "
                    + "(migrate-recover, migrate -r)")
        }
        if let stop { peeled.findings.append(stop.finding(format: name, count: region.count)) }
        if isCancelled, piece < pieces.count {
            peeled.findings.append(UnpackStop.cancelled.finding(format: name, count: region.count))
        }
        return peeled
    }

    private var lost: LostRanges {
        var ranges: [Range<Int>] = []
        var start = 0
        for piece in pieces {
            for range in piece.lost.ranges {
                let moved = range.shifted(by: start)
                // A gap at the end of one connection, and one at the start of the next.
                if let last = ranges.last, last.upperBound == moved.lowerBound {
                    ranges[ranges.count - 1] = last.lowerBound..<moved.upperBound
                } else {
                    ranges.append(moved)
                }
            }
            start += piece.region.count
        }
        return LostRanges(ranges)
    }
}
