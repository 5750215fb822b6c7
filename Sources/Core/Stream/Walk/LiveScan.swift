import Container
import Bytes
import Format
import Meaning

/// Reads the live part of a stream forwards: PART and END sections, commands, and, in a stream without a
/// description, everything after them. The content of a RAM section is read when someone opens it.
package struct LiveScan {
    package let region: MappedRegion
    /// The end of the connection that contains `position`; the end of the stream if there is only one.
    package private(set) var limit: Int
    /// The end of the bytes that may be read.
    private let end: Int
    package var state: StreamState
    package var table: LayoutTable
    package var position: Int
    /// The end of the stream, if reading has found it before `limit`.
    package var ending: StreamLimit?
    /// The devices that were read in this step and earlier ones.
    package var seen: Set<DescribedDevices.InternedKey>
    /// Whether the stream is known to end at `limit`; later bytes belong to another stream.
    package var endsAtLimit = false
    /// The devices that were found from the end of the file. They belong to this stream only if none of them
    /// is before `limit`.
    package var tail: Set<DescribedDevices.InternedKey> = []
    /// All records, including those inside a package, which are children of its command. `children` are
    /// indices into this array.
    package var records: [SectionRecord] = []
    /// The indices of the records that are not inside another one.
    package private(set) var topLevel: [Int] = []
    /// Recoverable mismatches, after which reading continued.
    package private(set) var notes: [StreamNote] = []
    /// The mismatch at which reading stopped.
    package var mismatch: Mismatch?
    package var ram: RAMReader
    package var budget: Int
    /// The RAM section in which `budget` was used up.
    package var pending: RAMSectionScan?
    /// Collects the pages read so far; nil if they are not needed.
    package var pages: RAMPageCollector?
    /// The pages from other connections; nil if there are none.
    package var channels: ChannelPages?
    /// The ranges that were not captured; they read as zero.
    package var lost = LostRanges()
    /// The offsets at which the stream continues over another connection, in order; no section continues there.
    package var joins: [Int] = [] {
        didSet { limit = connectionEnd }
    }
    package var window: ForwardWindow
    /// Lays overlays on devices; nil if the meaning of their bytes is not needed.
    package var meanings: MeaningPass?
    package var devices: DescribedDevices
    package var farSearch = FarSearch()
    /// Whether a search continues in the next step, at the same place.
    package var isSearching = false
    /// What contains the bytes that are read.
    package let scope: Scope
    package var isAfterRun = false
    /// Whether bytes after `limit` are still to come. Then a record that breaks off there is not damaged.
    package var isGrowing = false

    /// The maximum number of notes; further ones add nothing new.
    private static let noteLimit = 256

    package enum Scope {
        case stream
        /// A package that ends at `limit`; packages inside it are not read.
        case package
        /// A package of unknown length, which ends with POSTCOPY_RUN.
        case cutPackage
    }

    /// Starts at `position`. Stops after `budget` RAM records or pieces, at `limit`, or at an unrecoverable
    /// mismatch. `lastBlock` is the block that CONTINUE refers to there, or at the record where `pause`
    /// resumes.
    package init(
        _ region: MappedRegion, state: StreamState, table: LayoutTable, position: Int, limit: Int,
        lastBlock: Int?, budget: Int, devices: DescribedDevices, scope: Scope = .stream,
        pause: LivePause = LivePause()
    ) {
        self.region = region
        self.state = state
        self.table = table
        self.position = position
        self.limit = limit
        end = limit
        self.budget = budget
        window = ForwardWindow(region, from: pause.section?.offset ?? position, limit: limit)
        meanings = MeaningPass(region)
        self.devices = devices
        seen = pause.seen
        self.scope = scope
        pending = pause.section
        mismatch = pause.mismatch
        farSearch = pause.search
        ram = RAMReader(
            pageSize: state.pageSize, blocks: state.blocks, names: table.names, lastBlock: lastBlock)
    }

    /// The state from which the next step continues.
    package var pause: LivePause {
        LivePause(
            section: pending, mismatch: isSearching ? mismatch : nil, search: farSearch,
            seen: seen)
    }

    package var lastBlock: Int? { ram.lastBlock }
    /// Whether the stream continues over another connection after this one.
    package var isBroken: Bool { limit < end }
    package var isFinished: Bool {
        position >= end || ending != nil || (mismatch != nil && !isSearching)
    }

    /// Reads until the budget is used up or the live part ends. O(records read), and the distances of
    /// searches.
    package mutating func run() {
        while position < end, budget > 0, !isAfterRun, !isSearching, ending == nil {
            if position >= limit { beginConnection() }
            if mismatch == nil { step() }
            guard let mismatch else { continue }
            guard !isGrowing, goOn(after: mismatch) else { break }
            self.mismatch = nil
        }
        window.close()
    }

    private var connectionEnd: Int { min(joins.first { $0 > position } ?? end, end) }

    // Pages name their block again there (migration/ram.c ram_state_resume_prepare).
    private mutating func beginConnection() {
        limit = connectionEnd
        ram.resume(lastBlock: nil)
        pages?.endRun()
    }

    // The uncaptured bytes of the section header at `position`; nil if all were captured. They read as zero,
    // which is not an end mark.
    private var lostHeader: Range<Int>? {
        guard !lost.isEmpty, pending == nil else { return nil }
        let size =
            switch region.byte(at: position).flatMap(SectionType.init) {
            case .start, .full: SectionHeader(region, at: position)?.size ?? 5
            default: 5
            }
        return lost.touching(position..<min(position + size, limit)).first
    }

    private mutating func step() {
        let before = position
        if let gap = lostHeader {
            budget -= 1
            mismatch = Mismatch(
                offset: position, size: gap.upperBound - position, expected: "a section",
                found: "bytes that were not captured")
            return
        }
        section()
        guard position == before, mismatch == nil, pending == nil, !isSearching, ending == nil else { return }
        mismatch = Mismatch(
            offset: position, size: limit - position, expected: "a section", found: found(at: position))
    }

    // Makes a gap of the bytes before the next place where a section must begin.
    private mutating func goOn(after mismatch: Mismatch) -> Bool {
        guard scope != .cutPackage, state.hasFooters != false, let next = surePlace(after: position) else {
            return !isSearching && endConnection(mismatch)
        }
        guard next > position else { return true }
        let gap = SectionRecord(
            .gap(cut: nil), offset: position, size: next - position, name: table.names.intern("gap"))
        append(gap)
        note(.gap(mismatch, gap))
        return true
    }

    // An incomplete record at the end of a connection is a gap; the next connection begins with a section.
    private mutating func endConnection(_ mismatch: Mismatch) -> Bool {
        guard isBroken else { return false }
        // A cut section was already reported.
        guard position < limit else { return true }
        append(
            SectionRecord(
                .gap(cut: nil), offset: position, size: limit - position, name: table.names.intern("gap")))
        note(.broken(mismatch, at: limit))
        return true
    }

    /// Notes that the bytes end inside a section.
    package mutating func noteCut(_ mismatch: Mismatch) {
        note(isBroken ? .broken(mismatch, at: limit) : .cut(mismatch))
    }

    private mutating func section() {
        guard let byte = region.byte(at: position) else { return }
        budget -= 1
        switch SectionType(rawValue: byte) {
        case .command: command()
        case .part: continuation(.part)
        case .end: continuation(.end)
        case .start: opening(.start)
        case .full: opening(.full)
        case .endOfFile: endOfFile()
        default: if isNextStream { ending = StreamLimit(end: position, next: position) }
        }
    }

    package mutating func append(_ record: SectionRecord) {
        topLevel.append(records.count)
        records.append(record)
        position = record.end
    }

    package mutating func note(_ note: StreamNote) {
        if notes.count < Self.noteLimit { notes.append(note) }
    }

    package func found(at offset: Int) -> String {
        offset < limit ? Hex.dump(region.copy(offset..<min(offset + 8, limit))) : "nothing"
    }
}

// MARK: - PART and END

extension LiveScan {
    private mutating func continuation(_ type: SectionType) {
        guard let id = region.bigEndian(UInt32.self, at: position + 1) else { return }
        let handler = state.handlers[id]
        let section = SectionRecord.Section(
            type, id: id, instance: handler?.instance ?? 0, version: handler?.version ?? 0)
        let record = SectionRecord(
            .section(section), offset: position, size: 0,
            name: handler?.name ?? table.names.intern("unknown"))
        if handler != nil, table.names.bytes(record.name).elementsEqual("ram".utf8) {
            ramSection(record, section)
        } else {
            live(record, section, header: SectionFrames.partHeader(in: table))
        }
    }

    // Reads a live section by its format, else up to its footer.
    package mutating func live(
        _ record: SectionRecord, _ section: SectionRecord.Section, header: Item
    ) {
        var record = record
        if var format = state.handlers[section.id]?.format {
            let reader = LiveSectionReader(region: region, limit: limit, hasFooters: state.hasFooters)
            do throws(Mismatch) {
                let read = try reader.read(
                    section.type, id: section.id, at: position, header: header, format: &format, table: table
                )
                state.handlers[section.id]?.format = format
                state.hasFooters = state.hasFooters ?? read.hasFooter
                record.size = read.size
                record.layout = read.layout
                budget -= read.pieceCount
                return append(record)
            } catch {
                if opaque(record, id: section.id, header: header) {
                    note(.section(error))
                } else if !isSearching {
                    mismatch = error
                }
                return
            }
        }
        opaque(record, id: section.id, header: header)
    }

    // Reads a section that only its footer ends; returns false if there is no footer.
    @discardableResult
    private mutating func opaque(_ record: SectionRecord, id: UInt32, header: Item) -> Bool {
        let start = position + header.size
        guard let footer = footer(of: id, from: start) else { return false }
        var data = LayoutBuilder()
        if footer > start { data.leaf("data", "buffer", footer - start, role: .field, in: table) }
        append(record, header, body: data.body(in: table), hasFooter: true)
        return true
    }

    package mutating func append(_ record: SectionRecord, _ header: Item, body: LayoutID, hasFooter: Bool) {
        var fields = LayoutBuilder()
        fields.append(header)
        for item in table.items(of: body) { fields.append(item) }
        if hasFooter { fields.append(SectionFrames.footer(in: table)) }
        var record = record
        record.size = fields.size
        record.layout = fields.body(in: table, vmsdName: table[body].vmsdName, version: table[body].version)
        append(record)
    }
}
