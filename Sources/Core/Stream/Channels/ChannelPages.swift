import Bytes
import Container
import Format

/// The pages from connections besides the main channel, merged with it where both sides synchronize.
///
/// The source ends a round with a SYNC packet on each multifd channel and, on the main channel, with
/// RAM_SAVE_FLAG_MULTIFD_FLUSH or, up to machine types of 8.0, the end of a RAM section (migration/ram.c, 7.2
/// to 11.1). Each page comes once per round, so the order within a round does not matter.
package struct ChannelPages: Sendable {
    private struct Source: Sendable {
        var packets: MultifdPackets
        var lost: LostRanges
        /// The spaces of the index for the channel's own bytes and for its unpacked pages.
        var space: Int
        var unpackedSpace: Int
        /// The size of the unpacked pages in bytes; nil if the channel is not packed.
        var unpackedSize: Int?
        /// The origin of the channel. Escaped.
        var name: String
        /// Whether it ended before a SYNC that the main channel shows.
        var isShort = false
        /// Whether the last round ended with its SYNC.
        var hasSync = false
        /// The number of normal pages before the next packet.
        var pageCount = 0
    }

    private var sources: [Source] = []
    private let preempt: [(region: MappedRegion, space: Int, lost: LostRanges)]
    private let blocks: [RAMBlock]
    private let names: NameTable
    private let numbers: [[UInt8]: Int]
    private let pageSize: Int
    /// Whether a flag in the stream ends a round, instead of the end of a RAM section.
    package let syncsAtFlush: Bool
    /// The number of rounds merged so far.
    package private(set) var rounds = 0
    /// Whether everything was taken from the channels.
    package private(set) var isFinished = false
    // The packets of all channels are numbered together.
    private var packetCount = 0
    private var lastNumber: UInt64?

    /// Each channel takes two `spaces` of the index: its bytes and its unpacked pages.
    package init(
        _ channels: [WireChannel], blocks: [RAMBlock], names: NameTable, pageSize: Int, syncsAtFlush: Bool
    ) {
        self.blocks = blocks
        self.names = names
        self.pageSize = pageSize
        self.syncsAtFlush = syncsAtFlush
        numbers = Dictionary(
            blocks.enumerated().map { (Array(names.bytes($1.name)), $0) },
            uniquingKeysWith: { first, _ in first })
        var preempt: [(region: MappedRegion, space: Int, lost: LostRanges)] = []
        for (number, channel) in channels.enumerated() {
            if channel.kind == .preempt { preempt.append((channel.region, 2 * number + 1, channel.lost)) }
            guard channel.kind == .multifd, let packets = MultifdPackets(channel.region),
                packets.pageSize == pageSize
            else { continue }
            sources.append(
                Source(
                    packets: packets, lost: channel.lost, space: 2 * number + 1,
                    unpackedSpace: 2 * number + 2,
                    unpackedSize: channel.unpacked?.count, name: channel.name))
        }
        self.preempt = preempt
    }

    /// Returns the spaces for the places of pages, after the stream's own, for `RAMIndex.spaces`.
    package static func spaces(_ channels: [WireChannel]) -> [MappedRegion] {
        channels.flatMap { [$0.region, $0.unpacked ?? $0.region] }
    }

    /// Takes everything from the channels up to their next SYNC. O(packets).
    ///
    /// - Returns: The number of packets.
    package mutating func sync(into pages: inout RAMPageCollector, at offset: Int) -> Int {
        let count = takeRound(into: &pages, at: offset)
        // The first one is not seen on the main channel.
        guard rounds > 1 else { return count }
        for number in sources.indices where !sources[number].hasSync { sources[number].isShort = true }
        return count
    }

    private mutating func takeRound(into pages: inout RAMPageCollector, at offset: Int) -> Int {
        rounds += 1
        pages.beginPass(at: offset)
        var count = 0
        for number in sources.indices { count += round(number, &pages) }
        return count
    }

    /// The text about channels that end too early, or of which packets are missing; nil if there are none, and
    /// where bytes were not captured.
    package var missingWords: String? {
        guard sources.allSatisfy(\.lost.isEmpty) else { return nil }
        if let short = sources.first(where: \.isShort) {
            let count = sources.count { $0.isShort }
            return
                "expected \(count == 1 ? "a multifd channel" : "\(count) multifd channels") to have all packets up "
                + "to the main channel's last synchronization, found the end: \(short.name)"
        }
        guard let last = lastNumber.flatMap({ Int(exactly: $0) }), last < Int.max else { return nil }
        let missing = last + 1 - packetCount
        // One number far from the others is a damaged one.
        guard missing > 0, missing / 4 <= packetCount else { return nil }
        return "expected multifd packets 0 to \(last), \(missing) of them are on no channel that is here"
    }

    /// Takes the rest: rounds that the main channel has lost, and pages requested after the switch to
    /// postcopy.
    package mutating func finish(into pages: inout RAMPageCollector, at offset: Int) {
        while sources.contains(where: { $0.packets.position < $0.packets.region.count }) {
            let before = sources.map(\.packets.position)
            _ = takeRound(into: &pages, at: offset)
            if sources.map(\.packets.position) == before { break }
        }
        for (region, space, lost) in preempt { records(region, space, lost, &pages) }
        isFinished = true
    }

    private mutating func round(_ number: Int, _ pages: inout RAMPageCollector) -> Int {
        var count = 0
        sources[number].hasSync = false
        while true {
            guard let packet = sources[number].packets.next() else {
                guard goOn(number) else { return count }
                continue
            }
            count += 1
            if !packet.isDeviceState {
                packetCount += 1
                lastNumber = max(lastNumber ?? 0, packet.number)
            }
            take(packet, number, &pages)
            // Bytes already read are not needed soon: up to 128 pages lie between two headers.
            guard packet.isSync else { continue }
            sources[number].hasSync = sources[number].packets.isWhole(packet)
            return count
        }
    }

    // Searches the next packet after uncaptured bytes.
    private mutating func goOn(_ number: Int) -> Bool {
        let packets = sources[number].packets
        guard packets.position < packets.region.count, !sources[number].lost.isEmpty else { return false }
        var from = packets.position + 1
        while let offset = packets.region.firstIndex(of: 0x11, in: from..<packets.region.count) {
            if packets.packet(at: offset) != nil {
                sources[number].packets.move(to: offset)
                return true
            }
            from = offset + 1
        }
        sources[number].packets.move(to: packets.region.count)
        return false
    }

    private mutating func take(
        _ packet: MultifdPackets.Packet, _ number: Int, _ pages: inout RAMPageCollector
    ) {
        let first = sources[number].pageCount
        sources[number].pageCount += packet.normal
        guard packet.normal + packet.zero > 0 else { return }
        let source = sources[number]
        guard source.lost.touching(packet.offset..<packet.table.upperBound).isEmpty,
            let block = numbers[source.packets.region.copy(packet.name)]
        else { return }
        var run: PageRun?
        for index in 0..<packet.normal + packet.zero {
            guard let address = source.packets.address(index, of: packet), address >= 0,
                address % pageSize == 0
            else { continue }
            let page = address / pageSize
            let kind: PageEntry.Form = index < packet.normal ? .raw : .zero
            let place = kind == .zero ? 0 : self.place(index, of: packet, source, first)
            guard let place else {
                // The page was sent again, so its earlier content is outdated.
                if let open = run.take() { pages.add(open, block: block) }
                discard(page, block, &pages)
                continue
            }
            let next = PageRun(
                firstPage: page, count: 1, kind: kind, place: place, stride: kind == .raw ? pageSize : 0)
            if let open = run, open.isContinued(by: next) {
                run?.count += 1
            } else {
                if let run { pages.add(run, block: block) }
                run = next
            }
        }
        if let run { pages.add(run, block: block) }
    }

    private func discard(_ page: Int, _ block: Int, _ pages: inout RAMPageCollector) {
        guard page < blocks[block].usedLength / pageSize else { return }
        pages.discard(block, page * pageSize..<(page + 1) * pageSize)
    }

    // Returns the place of a normal page; nil if the file ends before it or it was not captured.
    private func place(
        _ index: Int, of packet: MultifdPackets.Packet, _ source: Source, _ first: Int
    ) -> Int? {
        if let size = source.unpackedSize {
            let start = (first + index) * pageSize
            return start + pageSize <= size ? PageEntry.place(start, in: source.unpackedSpace) : nil
        }
        guard packet.method == MultifdPackets.Method.none else { return nil }
        let start = packet.data.lowerBound + index * pageSize
        guard start + pageSize <= packet.data.upperBound,
            source.lost.touching(start..<start + pageSize).isEmpty
        else { return nil }
        return PageEntry.place(start, in: source.space)
    }

    // Reads RAM records without sections around them.
    private func records(
        _ region: MappedRegion, _ space: Int, _ lost: LostRanges, _ pages: inout RAMPageCollector
    ) {
        var reader = RAMReader(pageSize: pageSize, blocks: blocks, names: names)
        var last: RAMRecord?
        var offset = 0
        pages.beginPass(at: 0)
        while offset < region.count {
            let before = reader
            if let record = try? reader.read(region, at: offset, limit: region.count),
                lost.touching(offset..<offset + 8 + record.nameSize).isEmpty
            {
                take(record, at: offset, space, lost, &pages)
                if record.block >= 0 { last = record }
                offset += record.size
                continue
            }
            // Continue after uncaptured bytes.
            reader = before
            guard let last, let gap = lost.touching(offset..<offset + 8 + 256).first,
                let next = reader.offset(
                    after: gap, of: lost, last: (last, offset), in: region, limit: region.count),
                next > offset
            else { return }
            offset = next
        }
    }

    private func take(
        _ record: RAMRecord, at offset: Int, _ space: Int, _ lost: LostRanges,
        _ pages: inout RAMPageCollector
    ) {
        guard record.kind == .raw || record.kind == .zero else { return }
        let isRaw = record.kind == .raw
        let body = offset + 8 + record.nameSize
        let page = record.address / pageSize
        guard lost.touching(body..<offset + record.size).isEmpty else {
            return discard(page, record.block, &pages)
        }
        pages.add(
            PageRun(
                firstPage: page, count: 1, kind: isRaw ? .raw : .zero,
                place: isRaw ? PageEntry.place(body, in: space) : 0, stride: isRaw ? pageSize + 8 : 0),
            block: record.block)
    }
}
