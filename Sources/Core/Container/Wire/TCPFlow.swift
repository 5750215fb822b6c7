import Bytes
import Glibc

/// One direction of a TCP connection, reassembled in a private file with each byte at its offset.
///
/// Segments may arrive in any order and repeatedly; the first copy of a byte counts. Missing bytes are a
/// hole.
final class TCPFlow {
    let source: Endpoint
    let target: Endpoint
    /// The number of the packet with which it began.
    let born: Int
    /// The previous connection with the same ends.
    let previous: Int?
    /// The kind; nil while too few bytes have arrived, and for connections that are not part of a migration.
    private(set) var kind: ConnectionKind?
    /// Whether its data is discarded.
    private(set) var isIgnored = false
    /// Whether more data arrived before its kind was known than is held; the capture is then read a second
    /// time for it.
    private(set) var isLate = false
    /// The offset after the last byte that arrived.
    private(set) var end = 0
    // The ranges that arrived.
    private var covered = CoveredRanges()
    /// The size of the data held in memory, in bytes.
    private(set) var heldSize = 0
    /// Whether data arrived that begins like a packet of a multifd channel.
    private(set) var hasMultifdPacket = false
    /// Whether a SYN gave its start.
    private(set) var hasStart: Bool
    // The end that the sender announced.
    private var finish: Int?
    private(set) var problem: UnpackStop?
    /// The number of the last packet with data.
    private(set) var lastData: Int
    // The number of section ends that are followed by another section.
    private var frameCount = 0
    // The position of the first captured byte, relative to the byte that was captured first.
    private var lowest = Int.max
    // The sequence number of the first byte.
    private var first: UInt32
    // The first bytes, and a bit for each that has arrived.
    private var start = [UInt8](repeating: 0, count: startSize)
    private var startMask: UInt64 = 0
    // Data that arrived before the kind was known, with offsets from the byte that arrived first.
    private var pending: [(offset: Int, bytes: [UInt8])] = []
    // The distance from the start of the connection to that byte.
    private var shift = 0
    private var file: TemporaryFile?
    private var buffer: [UInt8] = []
    private var bufferOffset = 0

    /// The decision about a connection whose kind is known.
    enum Decision { case keep, ignore, wait }

    private static let bufferSize = 1 << 18
    // Enough for the first bytes in most captures, even if they arrive late.
    private static let pendingLimit = 1 << 20
    // The memory cost of a piece in addition to its bytes.
    private static let pieceCost = 128
    private static let startSize = 64
    private static let enoughFrames = 2
    private static let rangeLimit = 1 << 20
    // No window is larger (RFC 7323), so segments farther away belong to another connection.
    private static let reach = 1 << 30
    // A SYN within this number of bytes before the first data is late; a more distant one begins another
    // connection.
    private static let synReach = 1 << 24

    init(_ segment: TCPSegment, born: Int, previous: Int?) {
        source = segment.source
        target = segment.target
        self.born = born
        lastData = born
        self.previous = previous
        hasStart = segment.isSYN
        first = segment.sequence &+ (segment.isSYN ? 1 : 0)
    }

    /// Returns whether a SYN begins this connection, whose data may have arrived earlier.
    func begins(with segment: TCPSegment) -> Bool {
        let start = segment.sequence &+ 1
        if start == first { return true }
        guard !hasStart, kind == nil else { return false }
        return Int(first &- start) < Self.synReach
    }

    /// Returns whether a segment may belong to this connection.
    func reaches(_ segment: TCPSegment) -> Bool {
        let place = offset(of: segment)
        // A keep-alive repeats the byte before the next one.
        let isBefore = place < -1 && (hasStart || kind != nil)
        return !isBefore && place > -Self.reach && place < end + Self.reach
    }

    /// The number of its first bytes that were not captured.
    var firstCaptured: Int { lowest == .max ? 0 : lowest + shift }

    /// Whether the captured data looks like sections of a stream, although it does not begin like a stream.
    var hasSections: Bool { kind == nil && frameCount >= Self.enoughFrames }

    /// Whether it carries sections: the main channel, or the one of a recovery.
    var isMain: Bool { kind == .stream || kind == .resumed }

    /// Records that packet `number` has its data.
    func note(packet number: Int) { lastData = max(lastData, number) }

    private func offset(of segment: TCPSegment) -> Int {
        let sequence = segment.sequence &+ (segment.isSYN ? 1 : 0)
        return end + Int(Int32(bitPattern: sequence &- (first &+ UInt32(truncatingIfNeeded: end))))
    }

    /// Adds a segment's data. `decide` decides about the connection by its kind.
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
            // All data of a late connection is read again.
            if file != nil { store(offset, region.copy(bytes)) } else { end = max(end, offset + bytes.count) }
            return
        }
        hold(offset, region, bytes)
        if offset < Self.startSize { recognize(isFinal: false, folder: folder, decide: decide) }
    }

    // Moves the offsets when a byte before the first one arrives.
    private func rebase(by count: Int) {
        first = first &- UInt32(truncatingIfNeeded: count)
        shift += count
        end += count
        if let known = finish { finish = known + count }
        let moved = start.dropLast(min(count, Self.startSize))
        start = [UInt8](repeating: 0, count: Self.startSize - moved.count) + moved
        startMask = count < Self.startSize ? startMask << UInt64(count) : 0
    }

    // Holds data while the kind is unknown.
    private func hold(_ offset: Int, _ region: MappedRegion, _ bytes: Range<Int>) {
        guard !bytes.isEmpty else { return }
        end = max(end, offset + bytes.count)
        if region.bigEndian(UInt64.self, at: bytes.lowerBound) == UInt64(MultifdPackets.magic) << 32 | 1 {
            hasMultifdPacket = true
        }
        lowest = min(lowest, offset - shift)
        if frameCount < Self.enoughFrames { frameCount += SectionFrame.count(in: region, bytes) }
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

    /// Releases all data except the first bytes; the rest is read again.
    func holdLess() {
        guard kind == nil, !isIgnored else { return }
        isLate = true
        drop()
    }

    /// Recognizes the kind from the data so far: at the end of the capture, or when there is enough.
    func recognize(isFinal: Bool, folder: String?, decide: (ConnectionKind) -> Decision) {
        guard kind == nil, !isIgnored else { return }
        let start = startBytes
        guard isFinal || start.count >= Self.startSize else { return }
        guard let found = ConnectionKind.of(start) else {
            // Without a SYN, earlier bytes may still arrive.
            return isFinal || hasStart ? ignore() : ()
        }
        if !isFinal, !hasStart, !found.isSure(start) { return }
        take(as: found, isFinal: isFinal, folder: folder, decide)
    }

    /// Sets the kind that later data shows, when the first bytes were not captured.
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

    /// The first bytes that arrived without a gap.
    var startBytes: [UInt8] { Array(start.prefix((~startMask).trailingZeroBitCount)) }

    private func keep(as found: ConnectionKind, folder: String?) {
        kind = found
        guard let file = try? TemporaryFile(folder: folder) else {
            problem = .system(EMFILE)
            return ignore()
        }
        let early = pending
        drop()
        // All of it is read again from the start.
        guard !isLate else { return }
        self.file = file
        end = 0
        for piece in early { store(piece.offset + shift, piece.bytes) }
    }

    /// Begins the second pass over the capture.
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
        for range in covered.missing(in: offset..<offset + bytes.count) {
            write(bytes[range.lowerBound - offset..<range.upperBound - offset], at: range.lowerBound)
            if covered.count < Self.rangeLimit { covered.add(range) }
        }
        end = max(end, offset + bytes.count)
    }

    private func write(_ bytes: ArraySlice<UInt8>, at offset: Int) {
        if offset != bufferOffset + buffer.count || buffer.count + bytes.count > Self.bufferSize { flush() }
        if buffer.isEmpty { bufferOffset = offset }
        buffer += bytes
    }

    /// Writes the collected data.
    func flush() {
        guard !buffer.isEmpty, let file else { return }
        let code = buffer.withUnsafeBytes { file.put($0, at: bufferOffset) }
        if code != 0 {
            problem = code == ENOSPC || code == EDQUOT ? .noRoom(folder: file.folder) : .system(code)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Returns the number of bytes that may still be written.
    func room(reserve: Int?) -> Int { file?.room(reserve: reserve) ?? .max }

    /// The ranges that were sent but did not arrive.
    var lost: LostRanges {
        var ranges: [Range<Int>] = []
        var start = 0
        for known in covered.ranges {
            if known.lowerBound > start { ranges.append(start..<known.lowerBound) }
            start = known.upperBound
        }
        // An end of which no byte was captured can only be after the data that arrived.
        if let finish, finish > start, finish - start < Self.reach { ranges.append(start..<finish) }
        return LostRanges(ranges)
    }

    /// Returns the reassembled data, with zeros for missing bytes; nil if nothing arrived.
    func region() throws(OpenError) -> MappedRegion? {
        flush()
        if let finish, finish > end, finish - end < Self.reach { file?.extend(to: finish) }
        return try file?.region()
    }
}
