import Container
import Bytes
import Format
import Meaning

/// Reads the live part of a stream forwards: PART and END sections, commands, and, in a stream without a
/// description, all that follows. What is inside RAM sections is read when someone opens one.
package struct LiveScan {
    package let region: MappedRegion
    package let limit: Int
    package var state: StreamState
    package var table: LayoutTable
    package var position: Int
    /// Where the stream ends before `limit`, once reading has come there.
    package var ending: StreamLimit?
    /// The devices that were read, in this step and before.
    package var seen: Set<DescribedDevices.Key>
    /// Whether the stream is known to end at `limit`: what goes on there is of another one.
    package var endsAtLimit = false
    /// The devices that were found from the end of the file; of this stream only where none of them is before `limit`.
    package var tail: Set<DescribedDevices.Key> = []
    /// All records found; those inside a package are children of its command. `children` are places in here.
    package var records: [SectionRecord] = []
    /// The places of the records that are inside no other.
    package private(set) var topLevel: [Int] = []
    /// What did not fit, where reading went on.
    package private(set) var notes: [StreamNote] = []
    /// What did not fit, where nothing could go on.
    package var mismatch: Mismatch?
    package var ram: RAMReader
    package var budget: Int
    /// The RAM section in whose middle `budget` was used up.
    package var pending: RAMSectionScan?
    /// What became of the pages so far; nil when no one wants to know.
    package var pages: RAMPageCollector?
    /// What comes over other connections; nil where nothing does.
    package var channels: ChannelPages?
    /// Bytes that were not captured; they read as zero.
    package var lost = LostRanges()
    package var window: ForwardWindow
    /// Lays overlays on devices; nil when no one wants to know what bytes mean.
    package var meanings: MeaningPass?
    package var devices: DescribedDevices
    package var farSearch = FarSearch()
    /// Whether a search goes on in the next step, at the same place.
    package var isSearching = false
    /// What holds the bytes that are read.
    package let scope: Scope
    package var isAfterRun = false
    /// Whether the bytes after `limit` are yet to come: what breaks off there is no damage.
    package var isGrowing = false

    /// More notes than this say nothing new.
    private static let noteLimit = 256

    package enum Scope {
        case stream
        /// A package, which ends at `limit`: another one inside it is not read.
        case package
        /// A package of unknown length: it ends with POSTCOPY_RUN.
        case cutPackage
    }

    /// Starts at `position`. Stops after `budget` RAM records or pieces, at `limit`, or where nothing fits.
    /// `lastBlock` is what CONTINUE refers to there, or at the record where `pause` goes on.
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

    /// Where reading stops, to be gone on with.
    package var pause: LivePause {
        LivePause(
            section: pending, mismatch: isSearching ? mismatch : nil, search: farSearch,
            seen: seen)
    }

    package var lastBlock: Int? { ram.lastBlock }
    package var isFinished: Bool {
        position >= limit || ending != nil || (mismatch != nil && !isSearching)
    }

    /// O(records read), and the distance to places that had to be searched.
    package mutating func run() {
        while position < limit, budget > 0, !isAfterRun, !isSearching, ending == nil {
            if mismatch == nil { step() }
            guard let mismatch else { continue }
            guard !isGrowing, goOn(after: mismatch) else { break }
            self.mismatch = nil
        }
        window.close()
    }

    private mutating func step() {
        let before = position
        section()
        guard position == before, mismatch == nil, pending == nil, !isSearching, ending == nil else { return }
        mismatch = Mismatch(
            offset: position, size: limit - position, expected: "a section", found: found(at: position))
    }

    // What is before the next place where a section must begin is a gap.
    private mutating func goOn(after mismatch: Mismatch) -> Bool {
        guard scope == .stream, state.hasFooters != false, let next = surePlace(after: position) else {
            return false
        }
        guard next > position else { return true }
        let gap = SectionRecord(
            .gap(cut: nil), offset: position, size: next - position, name: table.names.intern("gap"))
        append(gap)
        note(.gap(mismatch, gap))
        return true
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
        Hex.dump(region.copy(offset..<min(offset + 8, limit)))
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

    // A live section: by its format, else as far as its footer.
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

    // A section that only its footer ends; false where there is none.
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
