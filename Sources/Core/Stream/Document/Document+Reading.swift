import Bytes
import Container
import Format

/// The progress of reading a stream.
///
/// Opening reads a stream's head and, by its description, its tail. Between them is RAM, unless the file is
/// cut, has no description, was switched to postcopy, or holds other bytes or another stream after the end.
/// In those cases only reading from the start shows what is there, and until that is complete nothing may be
/// reported as absent.
package struct Reading {
    package enum Phase: Sendable {
        /// All sections are in the tree.
        case known
        /// The tail fits the head. Reading checks that both belong to one stream, and discards its results.
        case probing
        /// The live part is read into the tree, because sections may be in it.
        case reading
        /// Another stream is searched after the end.
        case after
    }

    package var phase = Phase.known
    var probe: LiveScan?
    /// Whether everything up to the end of the file is probed. The sizes of the device sections differ from
    /// the description, which may be the remains of an older stream that a newer one has overwritten.
    var isWide = false
    var isTailWhole = false
    /// How often the end of the stream was found closer to its start. Limited, because a hostile file could
    /// repeat it forever.
    var limitCount = 0
    /// The offset up to which no stream begins after the end, in bytes from the start of the stream.
    var searched = 0
    /// The fraction of the live part that was read when reading restarted, from 0 to 1.
    var reached = 0.0
    /// The names in the live part apart from those of guest RAM, as a probe has found them; nil without one.
    var hidden: Set<[UInt8]>?

    static let mostLimits = 16
}

extension Document {
    /// The size up to which a live part is probed. A larger one with all devices and the description exactly
    /// after it is assumed to be RAM, because reading it would delay the first screen too long.
    private static let largestProbe = 256 << 20
    /// The number of bytes that are searched in the time that one RAM record takes.
    private static let bytesOfUnit = 256

    /// Whether unread parts may contain sections. Nothing may be reported as absent until `readMissing` is
    /// done.
    package var needsReading: Bool { reading.phase != .known }

    /// Reads one step of what may contain sections: about `budget` RAM records. Returns whether all is known.
    ///
    /// O(RAM records) in total; nothing for a large stream that ends where it must.
    @discardableResult
    package func readMissing(budget: Int = scanBudget) -> Bool {
        switch reading.phase {
        case .known: break
        case .probing: probe(budget)
        case .reading: if readOn(budget: budget), reading.phase == .reading { finishReading() }
        case .after: searchAfter(budget)
        }
        return !needsReading
    }

    /// Reads everything that may contain sections.
    package func readMissing() {
        while !readMissing(budget: Self.scanBudget) {}
    }

    /// The fraction that was read of what may contain sections, from 0 to 1.
    package var readingProgress: Double {
        switch reading.phase {
        case .known: return 1
        case .reading: return livePartProgress
        case .probing:
            guard let live = lazyLivePart, let probe = reading.probe else { return 0 }
            let done = max(probe.position, probe.pause.reached ?? 0) - live.offset
            let size = reading.isWide ? store.region.count - live.offset : live.size
            return Double(done) / Double(max(size, 1))
        case .after:
            let end = store.streamEnd
            return Double(max(reading.searched - end, 0)) / Double(max(store.region.count - end, 1))
        }
    }

    /// Returns the first phase of reading a stream that was just opened.
    func firstPhase(isTailWhole: Bool, isTailExact: Bool) -> Reading.Phase {
        guard !isGrowing else { return .known }
        guard let live = lazyLivePart else {
            return store.limit == nil && store.streamEnd < store.region.count ? .after : .known
        }
        if !isTailExact, store.limit == nil {
            reading.isWide = true
            reading.isTailWhole = isTailWhole
            return .probing
        }
        // Without a description, sections may be among the RAM: devices in a package of postcopy, early ones.
        guard isTailWhole, store.limit == nil || store.description != nil else { return .reading }
        return store.limit != nil || isSure(live) ? .known : .probing
    }

    private var lazyLivePart: SectionRecord? {
        store.topLevel.lazy.map { self.store.records[$0] }.first { $0.kind == .live && $0.isLazy }
    }

    // Whether a live part is large, no larger than RAM, and in a file that ends with the stream.
    private func isSure(_ live: SectionRecord) -> Bool {
        guard live.size > Self.largestProbe, store.streamEnd == store.region.count else { return false }
        let ram = store.state.blocks.reduce(0) { $0.addingSaturated(Int(clamping: $1.usedLength)) }
        return live.size <= ram.addingSaturated(ram / 256)
    }

    // MARK: Steps

    // Reads the live part without changing the tree.
    private func probe(_ budget: Int) {
        guard let live = lazyLivePart else { return reading.phase = .after }
        var scan = reading.probe ?? newProbe(live)
        reading.probe = nil
        scan.budget = budget
        scan.isSearching = false
        scan.run()
        if let ending = scan.ending, restrict(to: ending) { return }
        guard scan.isFinished else { return reading.probe = scan }
        if reading.isWide {
            // The sections are of one damaged stream.
            reading.isWide = false
            return reading.phase = reading.isTailWhole ? .probing : .reading
        }
        let isWhole = scan.position >= live.end && scan.notes.isEmpty && store.source.lost.isEmpty
        let isPlain =
            isWhole && scan.records.allSatisfy { $0.kind != .full && $0.kind != .gap && !$0.isCut }
        if isPlain { reading.hidden = names(in: scan) }
        reading.phase = isPlain ? .after : .reading
        if isPlain, store.streamEnd == store.region.count { reading.phase = .known }
    }

    // Whether the description that was found from the end of the file begins in a frame at `end`.
    private func isOwnDescription(at end: Int) -> Bool {
        store.region.byte(at: end) == SectionType.description.rawValue
            && store.description?.borrowedFrom == nil
            && store.description?.text.lowerBound == end + SectionFrames.descriptionHeaderSize
    }

    private func newProbe(_ live: SectionRecord) -> LiveScan {
        var scan = LiveScan(
            store.readable, state: store.state, table: store.table.copy(), position: live.offset,
            limit: reading.isWide ? store.region.count : live.end, lastBlock: nil,
            budget: 0, devices: DescribedDevices(store.description))
        scan.meanings = nil
        scan.lost = store.source.lost
        scan.joins = store.source.joins.map(\.offset)
        if !reading.isWide { scan.tail = tailDevices }
        return scan
    }

    /// The devices that were found from the end of the file. O(devices)
    var tailDevices: Set<DescribedDevices.InternedKey> {
        guard store.state.hasFooters == false,
            let live = store.topLevel.firstIndex(where: { store.records[$0].kind == .live })
        else { return [] }
        return DescribedDevices.keys(of: store.topLevel[live...].lazy.map { self.store.records[$0] })
    }

    // The names of a scan's records that are not of guest RAM, and of their fields.
    private func names(in scan: LiveScan) -> Set<[UInt8]> {
        var names: Set<NameID> = []
        var layouts: Set<LayoutID> = []
        func add(_ layout: LayoutID) {
            guard !layout.isNone, layouts.insert(layout).inserted else { return }
            for item in scan.table.items(of: layout) where item.role != .frame {
                names.formUnion([item.name, item.label])
                add(item.child)
            }
        }
        for record in scan.records where !isRAM(record) {
            names.insert(record.name)
            add(record.layout)
        }
        names.remove(.empty)
        return Set(names.map { Array(scan.table.names.bytes($0)) })
    }

    private func isRAM(_ record: SectionRecord) -> Bool {
        if case .pages = record.content { return true }
        return record.section?.ram != nil
    }

    /// Whether the part that was not read may have nodes apart from guest RAM.
    package var mayHideNodes: Bool { !isGrowing && hasUnreadPart && reading.hidden?.isEmpty != true }

    /// Whether a probe has found such nodes.
    package var isKnownToHide: Bool { mayHideNodes && reading.hidden != nil }

    /// Whether such a node may have a name that `test` accepts. O(names of the live part).
    package func mayHide(_ test: (ArraySlice<UInt8>) -> Bool) -> Bool {
        guard mayHideNodes else { return false }
        if let hidden = reading.hidden { return hidden.contains { test($0[...]) } }
        let names = store.table.names
        let sections = store.state.handlers.values.map(\.name).filter {
            !names.bytes($0).elementsEqual("ram".utf8)
        }
        return sections.contains { test(names.bytes($0)) }
            || Self.liveCommands.contains { test(Array($0.label.utf8)[...]) }
    }

    // The commands that a source sends between RAM sections before the devices (migration/migration.c, 2.5 to 11.1).
    private static let liveCommands: [CommandKind] = [.ping, .enableCOLO, .switchoverStart]

    private func finishReading() {
        if borrowKnown() { return }
        reading.phase = store.limit == nil && store.streamEnd < store.region.count ? .after : .known
    }

    private func searchAfter(_ budget: Int) {
        let end = store.streamEnd
        let start = max(reading.searched, end)
        let stop = min(
            start.addingSaturated(max(budget, 16).multipliedSaturated(by: Self.bytesOfUnit)),
            store.region.count)
        let region = store.region
        let found = ForwardWindow.first(in: region, start..<max(start, stop)) {
            SurePlace.stream(in: region, $0)
        }
        reading.searched = stop
        if let found, restrict(to: StreamLimit(end: end, next: found)) { return }
        if stop >= region.count { reading.phase = .known }
    }

    /// Opens the stream again with the end that reading from its start has found. Returns false if nothing
    /// changes.
    func restrict(to found: StreamLimit) -> Bool {
        guard !isGrowing, reading.limitCount < Reading.mostLimits, found.end <= store.streamEnd,
            found != store.limit, found.end < store.region.count, !isOwnDescription(at: found.end)
        else { return false }
        let (count, reached) = (reading.limitCount + 1, hasUnreadPart ? livePartProgress : 0)
        guard
            let fresh = try? Document.open(
                source: store.source, name: store.name, options: options, limit: found)
        else { return false }
        adopt(fresh)
        reading.limitCount = count
        reading.reached = reached
        return true
    }

    // Reopens the stream with a stored description for this machine that lists the sections found by reading.
    private func borrowKnown() -> Bool {
        guard store.description == nil, let folder = options.descriptionFolder else { return false }
        var opened = OpenedStream(table: store.table, state: store.state)
        opened.records = store.records
        guard let found = folder.best(for: opened) else { return false }
        var described = options
        described.description = found
        described.descriptionFolder = nil
        guard
            let fresh = try? Document.open(
                source: store.source, name: store.name, options: described, limit: store.limit)
        else { return false }
        let count = reading.limitCount
        adopt(fresh)
        options = described
        reading.limitCount = count
        return true
    }

    /// Adds a finding if the stream ends without an end mark and no other finding reports that. O(depth).
    func noteMissingEnd() {
        guard !isGrowing, !hasUnreadPart, !findings.contains(where: { $0.code == .endUnsure }) else { return }
        let end = store.streamEnd
        var number = store.topLevel.last {
            store.records[$0].space == .stream && store.records[$0].offset < end
        }
        while let last = number {
            let record = store.records[last]
            switch record.kind {
            case .endOfFile, .description, .gap, .padding, .unread, .stream, .container: return
            default: if record.isCut { return }
            }
            number = record.children.last
        }
        findingList.add(.error, .streamCut, offset: end) {
            Finding(
                .error, .streamCut, offset: end, path: tree.pathText(tree.knownPath(atOffset: end - 1)),
                message: "the stream ends after a section, without the end mark 00",
                hint: store.container.isCaptured
                    ? "the capture ends here: the destination may have had the rest"
                    : "the file is cut: copy it again, or save again")
        }
    }
}

// MARK: - Later streams

extension Document {
    /// Opens a stream that follows others, which must be read first. O(bytes before it).
    static func openLater(
        _ source: StreamSource, _ name: String, _ options: OpenOptions
    ) throws(OpenError) -> Document {
        var source = source
        var plain = options
        plain.stream = 1
        plain.isGrowing = false
        var number = 1
        while true {
            let document = try Document.open(source: source, name: name, options: plain)
            guard number < options.stream else {
                document.options = options
                document.options.isGrowing = false
                return document
            }
            document.readMissing()
            guard let next = document.store.nextStream else {
                throw .noSuchStream(path: name, number: options.stream, count: number)
            }
            let region = source.region
            source.file = source.file ?? region
            source.region = region.slice(next..<region.count)
            number += 1
        }
    }
}
