import Bytes
import Glibc

/// One direction of a TCP connection, put together again: each byte at its place in a private file.
///
/// Segments may come in any order and more than once; the first copy of a byte counts. What never came is a hole.
final class TCPFlow {
    let source: Endpoint
    let target: Endpoint
    /// What it is; nil while too little of it has come, and for what no migration sends.
    private(set) var kind: ConnectionKind?
    /// Whether it is kept at all.
    private(set) var isIgnored = false
    /// Bytes up to the last that came.
    private(set) var end = 0
    /// What came, in order, disjoint and not touching.
    private(set) var covered: [Range<Int>] = []
    /// Where the sender has said that it ends.
    private var finish: Int?
    private(set) var problem: UnpackStop?
    // The sequence number of the first byte.
    private var first: UInt32
    private var hasStart: Bool
    // Data that came before its kind was known.
    private var pending: [(offset: Int, bytes: [UInt8])] = []
    private var pendingSize = 0
    private var file: TemporaryFile?
    private var buffer: [UInt8] = []
    private var bufferOffset = 0

    private static let bufferSize = 1 << 18
    // Enough for the first bytes, also where they come late.
    private static let pendingLimit = 1 << 20
    private static let pieceLimit = 1 << 12
    private static let startSize = 64
    private static let rangeLimit = 1 << 16
    // No window is larger (RFC 7323): what is farther off is of another connection.
    private static let reach = 1 << 30

    init(_ segment: TCPSegment) {
        source = segment.source
        target = segment.target
        hasStart = segment.isSYN
        first = segment.sequence &+ (segment.isSYN ? 1 : 0)
    }

    /// Whether a SYN belongs to a later connection between the same ends.
    func isSucceeded(by segment: TCPSegment) -> Bool {
        segment.isSYN && (!hasStart || segment.sequence &+ 1 != first)
    }

    /// Takes a segment's data. `isWanted` says whether a kind is kept.
    func take(
        _ segment: TCPSegment, _ region: MappedRegion, folder: String?, isWanted: (ConnectionKind?) -> Bool
    ) {
        guard !isIgnored else { return }
        let sequence = segment.sequence &+ (segment.isSYN ? 1 : 0)
        let distance = Int32(bitPattern: sequence &- (first &+ UInt32(truncatingIfNeeded: end)))
        var offset = end + Int(distance)
        if offset < 0, !hasStart, kind == nil, offset > -Self.pendingLimit {
            rebase(by: -offset)
            offset = 0
        }
        guard offset < end + Self.reach else { return }
        if segment.isFIN, offset >= 0 { finish = offset + segment.size }
        var bytes = segment.payload
        if offset < 0 {
            bytes = min(bytes.lowerBound - offset, bytes.upperBound)..<bytes.upperBound
            offset = 0
        }
        guard !bytes.isEmpty else { return }
        if kind == nil {
            pending.append((offset, region.copy(bytes)))
            pendingSize += bytes.count
            end = max(end, offset + bytes.count)
            let isFull = pendingSize > Self.pendingLimit || pending.count > Self.pieceLimit
            // What is farther off does not say what it is.
            if isFull || offset < Self.startSize {
                recognize(isFinal: isFull, folder: folder, isWanted: isWanted)
            }
        } else {
            store(offset, region.copy(bytes))
        }
    }

    // The capture began after the connection, and an earlier byte comes later.
    private func rebase(by count: Int) {
        first = first &- UInt32(truncatingIfNeeded: count)
        pending = pending.map { ($0.offset + count, $0.bytes) }
        end += count
    }

    /// Decides what it is, by what came: at the end of the capture, or when enough did.
    func recognize(isFinal: Bool, folder: String?, isWanted: (ConnectionKind?) -> Bool) {
        guard kind == nil, !isIgnored else { return }
        let start = startBytes
        guard isFinal || start.count >= Self.startSize else { return }
        kind = ConnectionKind.of(start)
        guard isWanted(kind) else { return ignore() }
        keep(folder: folder)
    }

    /// The first bytes, as many as came in a row.
    var startBytes: [UInt8] {
        var start: [UInt8] = []
        for piece in pending.sorted(by: { $0.offset < $1.offset }) where start.count < Self.startSize {
            guard piece.offset <= start.count else { break }
            start += piece.bytes.dropFirst(start.count - piece.offset).prefix(Self.startSize)
        }
        return start
    }

    private func keep(folder: String?) {
        guard let file = try? TemporaryFile(folder: folder) else {
            problem = .system(EMFILE)
            return ignore()
        }
        self.file = file
        let early = pending
        pending = []
        pendingSize = 0
        end = 0
        for piece in early { store(piece.offset, piece.bytes) }
    }

    private func ignore() {
        isIgnored = true
        pending = []
        pendingSize = 0
    }

    private func store(_ offset: Int, _ bytes: [UInt8]) {
        guard problem == nil else { return }
        for range in uncovered(offset..<offset + bytes.count) {
            write(bytes[range.lowerBound - offset..<range.upperBound - offset], at: range.lowerBound)
            cover(range)
        }
        end = max(end, offset + bytes.count)
    }

    private func uncovered(_ range: Range<Int>) -> [Range<Int>] {
        guard let last = covered.last, range.lowerBound < last.upperBound else { return [range] }
        var result: [Range<Int>] = []
        var start = range.lowerBound
        for known in covered[covered.index(endingAfter: start)...] where start < range.upperBound {
            if known.lowerBound >= range.upperBound { break }
            if known.lowerBound > start { result.append(start..<known.lowerBound) }
            start = max(start, known.upperBound)
        }
        if start < range.upperBound { result.append(start..<range.upperBound) }
        return result
    }

    // `range` is in none of the others.
    private func cover(_ range: Range<Int>) {
        if let last = covered.last, last.upperBound == range.lowerBound {
            covered[covered.count - 1] = last.lowerBound..<range.upperBound
            return
        }
        var place = covered.index(endingAfter: range.lowerBound)
        var merged = range
        if place > 0, covered[place - 1].upperBound == range.lowerBound {
            place -= 1
            merged = covered.remove(at: place).lowerBound..<merged.upperBound
        }
        if place < covered.count, covered[place].lowerBound == range.upperBound {
            merged = merged.lowerBound..<covered.remove(at: place).upperBound
        }
        guard covered.count < Self.rangeLimit else { return }
        covered.insert(merged, at: place)
    }

    private func write(_ bytes: ArraySlice<UInt8>, at offset: Int) {
        if offset != bufferOffset + buffer.count || buffer.count + bytes.count > Self.bufferSize { flush() }
        if buffer.isEmpty { bufferOffset = offset }
        buffer += bytes
    }

    /// Writes what is collected.
    func flush() {
        guard !buffer.isEmpty, let file else { return }
        let code = buffer.withUnsafeBytes { file.put($0, at: bufferOffset) }
        if code != 0 {
            problem = code == ENOSPC || code == EDQUOT ? .noRoom(folder: file.folder) : .system(code)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// How much may still be written, in bytes.
    func room(reserve: Int?) -> Int { file?.room(reserve: reserve) ?? .max }

    /// Bytes that were sent and did not come.
    var lost: LostRanges {
        var ranges: [Range<Int>] = []
        var start = 0
        for known in covered {
            if known.lowerBound > start { ranges.append(start..<known.lowerBound) }
            start = known.upperBound
        }
        // Only after what came may an end lie that nothing of it was captured.
        if let finish, finish > start, finish - start < Self.reach { ranges.append(start..<finish) }
        return LostRanges(ranges)
    }

    /// What came, with zeros where nothing did; nil where nothing did at all.
    func region() throws(OpenError) -> MappedRegion? {
        flush()
        if let finish, finish > end, finish - end < Self.reach { file?.extend(to: finish) }
        return try file?.region()
    }
}
