import Bytes
import Glibc

/// One direction of a TCP connection, put together again: each byte at its place in a private file.
///
/// Segments may come in any order and more than once; the first copy of a byte counts. What never came is a hole.
final class TCPFlow {
    let source: Endpoint
    let target: Endpoint
    /// The number of the packet that it began with.
    let born: Int
    /// The connection of the same ends before this one.
    let previous: Int?
    /// What it is; nil while too little of it has come, and for what no migration sends.
    private(set) var kind: ConnectionKind?
    /// Whether it is kept at all.
    private(set) var isIgnored = false
    /// Whether more came before it was known what it is than is held: the capture is read a second time for it.
    private(set) var isLate = false
    /// Bytes up to the last that came.
    private(set) var end = 0
    /// What came, in order, disjoint and not touching.
    private(set) var covered: [Range<Int>] = []
    /// What is held in memory, in bytes.
    private(set) var heldSize = 0
    /// Whether something came that a packet of a multifd channel begins with.
    private(set) var hasMultifdPacket = false
    /// Whether a SYN said where it begins.
    private(set) var hasStart: Bool
    // Where the sender has said that it ends.
    private var finish: Int?
    private(set) var problem: UnpackStop?
    // The sequence number of the first byte.
    private var first: UInt32
    // What came of its first bytes, and a bit for each of them.
    private var start = [UInt8](repeating: 0, count: startSize)
    private var startMask: UInt64 = 0
    // Data that came before its kind was known, counted from the byte that came first.
    private var pending: [(offset: Int, bytes: [UInt8])] = []
    // How far before that byte the connection begins.
    private var shift = 0
    private var file: TemporaryFile?
    private var buffer: [UInt8] = []
    private var bufferOffset = 0

    /// What is to become of a connection whose kind is known.
    enum Decision { case keep, ignore, wait }

    private static let bufferSize = 1 << 18
    // Enough for the first bytes in most captures, also where they come late.
    private static let pendingLimit = 1 << 20
    // What a piece costs beside its bytes.
    private static let pieceCost = 128
    private static let startSize = 64
    private static let rangeLimit = 1 << 20
    // No window is larger (RFC 7323): what is farther off is of another connection.
    private static let reach = 1 << 30
    // A SYN that comes at most this number of bytes after what it begins is late; farther off, it begins another connection.
    private static let synReach = 1 << 24

    init(_ segment: TCPSegment, born: Int, previous: Int?) {
        source = segment.source
        target = segment.target
        self.born = born
        self.previous = previous
        hasStart = segment.isSYN
        first = segment.sequence &+ (segment.isSYN ? 1 : 0)
    }

    /// Whether a SYN is the one with which this connection begins, which may have come before.
    func begins(with segment: TCPSegment) -> Bool {
        let start = segment.sequence &+ 1
        if start == first { return true }
        guard !hasStart, kind == nil else { return false }
        return Int(first &- start) < Self.synReach
    }

    /// Whether a segment may be of this connection.
    func reaches(_ segment: TCPSegment) -> Bool {
        let place = offset(of: segment)
        // What keeps a connection alive repeats the byte before the next.
        let isBefore = place < -1 && (hasStart || kind != nil)
        return !isBefore && place > -Self.reach && place < end + Self.reach
    }

    private func offset(of segment: TCPSegment) -> Int {
        let sequence = segment.sequence &+ (segment.isSYN ? 1 : 0)
        return end + Int(Int32(bitPattern: sequence &- (first &+ UInt32(truncatingIfNeeded: end))))
    }

    /// Takes a segment's data. `decide` says what becomes of a kind.
    func take(
        _ segment: TCPSegment, _ region: MappedRegion, folder: String?, decide: (ConnectionKind) -> Decision
    ) {
        guard !isIgnored else { return }
        var offset = offset(of: segment)
        if offset < 0, !hasStart, kind == nil, offset > -Self.reach, segment.isSYN || segment.size > 0 {
            rebase(by: -offset)
            offset = 0
        }
        if segment.isSYN { hasStart = hasStart || offset == 0 }
        guard offset < end + Self.reach else { return }
        if segment.isFIN, offset >= 0 { finish = offset + segment.size }
        var bytes = segment.payload
        if offset < 0 {
            bytes = min(bytes.lowerBound - offset, bytes.upperBound)..<bytes.upperBound
            offset = 0
        }
        if kind != nil {
            guard !bytes.isEmpty else { return }
            // Of a late one all comes again.
            if file != nil { store(offset, region.copy(bytes)) } else { end = max(end, offset + bytes.count) }
            return
        }
        hold(offset, region, bytes)
        if offset < Self.startSize { recognize(isFinal: false, folder: folder, decide: decide) }
    }

    // The first byte that came is not the first of the connection.
    private func rebase(by count: Int) {
        first = first &- UInt32(truncatingIfNeeded: count)
        shift += count
        end += count
        if let known = finish { finish = known + count }
        let moved = start.dropLast(min(count, Self.startSize))
        start = [UInt8](repeating: 0, count: Self.startSize - moved.count) + moved
        startMask = count < Self.startSize ? startMask << UInt64(count) : 0
    }

    // Before the kind is known.
    private func hold(_ offset: Int, _ region: MappedRegion, _ bytes: Range<Int>) {
        guard !bytes.isEmpty else { return }
        end = max(end, offset + bytes.count)
        if region.bigEndian(UInt64.self, at: bytes.lowerBound) == UInt64(MultifdPackets.magic) << 32 | 1 {
            hasMultifdPacket = true
        }
        if offset < Self.startSize {
            for (place, byte) in zip(offset..<Self.startSize, region.copy(bytes.prefix(Self.startSize)))
            where startMask & 1 << UInt64(place) == 0 {
                start[place] = byte
                startMask |= 1 << UInt64(place)
            }
        }
        guard !isLate else { return }
        pending.append((offset - shift, region.copy(bytes)))
        heldSize += bytes.count + Self.pieceCost
        if heldSize > Self.pendingLimit { holdLess() }
    }

    /// Holds no more than what says what it is: all the rest is read again.
    func holdLess() {
        guard kind == nil, !isIgnored else { return }
        isLate = true
        drop()
    }

    /// Decides what it is, by what came: at the end of the capture, or when enough did.
    func recognize(isFinal: Bool, folder: String?, decide: (ConnectionKind) -> Decision) {
        guard kind == nil, !isIgnored else { return }
        let start = startBytes
        guard isFinal || start.count >= Self.startSize else { return }
        guard let found = ConnectionKind.of(start) else {
            // Without a SYN, earlier bytes may still come.
            return isFinal || hasStart ? ignore() : ()
        }
        if !isFinal, !hasStart, !found.isSure(start) { return }
        take(as: found, isFinal: isFinal, folder: folder, decide)
    }

    /// Takes it for what a later part of it says that it is, when its first bytes were not captured.
    func take(
        as found: ConnectionKind, isFinal: Bool, folder: String?, _ decide: (ConnectionKind) -> Decision
    ) {
        switch decide(found) {
        case .keep: keep(as: found, folder: folder)
        case .ignore:
            kind = found
            ignore()
        case .wait: if isFinal { ignore() }
        }
    }

    /// The first bytes, as many as came in a row.
    var startBytes: [UInt8] { Array(start.prefix((~startMask).trailingZeroBitCount)) }

    private func keep(as found: ConnectionKind, folder: String?) {
        kind = found
        guard let file = try? TemporaryFile(folder: folder) else {
            problem = .system(EMFILE)
            return ignore()
        }
        let early = pending
        drop()
        // All of it comes again, from the start.
        guard !isLate else { return }
        self.file = file
        end = 0
        for piece in early { store(piece.offset + shift, piece.bytes) }
    }

    /// Begins the second reading of the capture.
    func readAgain(folder: String?) {
        guard isLate, kind != nil, !isIgnored else { return }
        guard let file = try? TemporaryFile(folder: folder) else { return problem = .system(EMFILE) }
        self.file = file
        end = 0
    }

    private func ignore() {
        isIgnored = true
        drop()
    }

    private func drop() {
        pending = []
        heldSize = 0
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
