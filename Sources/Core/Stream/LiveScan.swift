/// Reads the live part of a stream forwards: PART and END sections, commands, and, in a stream without a
/// description, all that follows. What is inside RAM sections is read when somebody opens one.
struct LiveScan {
    let region: MappedRegion
    let limit: Int
    var state: StreamState
    var table: LayoutTable
    var position: Int
    /// All records found; those inside a package are children of its command. `children` are places in here.
    var records: [SectionRecord] = []
    /// The places of the records that are inside no other.
    private(set) var topLevel: [Int] = []
    /// What did not fit, where reading went on.
    private(set) var notes: [StreamNote] = []
    /// What did not fit, where nothing could go on.
    private(set) var mismatch: Mismatch?
    private var ram: RAMReader
    private var budget: Int
    private var released: Int
    var meanings: MeaningPass
    let devices: DescribedDevices
    /// What holds the bytes that are read.
    let scope: Scope
    var isAfterRun = false

    /// More notes than this say nothing new.
    private static let noteLimit = 256
    /// Bytes of RAM records that may be in memory at a time.
    private static let releaseSize = 16 << 20

    enum Scope {
        case stream
        /// A package, which ends at `limit`: another one inside it is not read.
        case package
        /// A package of unknown length: it ends with POSTCOPY_RUN.
        case cutPackage
    }

    /// Starts at `position`. Stops after `budget` RAM records or pieces, at `limit`, or where nothing fits.
    init(
        _ region: MappedRegion, state: StreamState, table: LayoutTable, position: Int, limit: Int,
        lastBlock: Int, budget: Int, devices: DescribedDevices, scope: Scope = .stream
    ) {
        self.region = region
        self.state = state
        self.table = table
        self.position = position
        self.limit = limit
        self.budget = budget
        released = position
        meanings = MeaningPass(region)
        self.devices = devices
        self.scope = scope
        ram = RAMReader(
            pageSize: state.pageSize, blocks: state.blocks, names: table.names, lastBlock: lastBlock)
    }

    var lastBlock: Int { ram.lastBlock }
    var isFinished: Bool { position >= limit || mismatch != nil }

    /// O(records read), and the distance to footers that had to be searched.
    mutating func run() {
        while position < limit, budget > 0, mismatch == nil, !isAfterRun {
            let before = position
            section()
            if position == before, mismatch == nil {
                mismatch = Mismatch(
                    offset: position, size: limit - position, expected: "a section",
                    found: found(at: position))
            }
        }
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
        default: break
        }
    }

    mutating func append(_ record: SectionRecord) {
        topLevel.append(records.count)
        records.append(record)
        position = record.end
    }

    mutating func note(_ note: StreamNote) {
        if notes.count < Self.noteLimit { notes.append(note) }
    }

    private func found(at offset: Int) -> String {
        Hex.dump(region.copy(offset..<min(offset + 8, limit)))
    }
}

// MARK: - PART and END

extension LiveScan {
    private mutating func continuation(_ kind: SectionRecord.Kind) {
        guard let id = region.bigEndian(UInt32.self, at: position + 1) else { return }
        var record = SectionRecord(kind, offset: position, size: 0)
        record.id = id
        record.lastBlock = ram.lastBlock
        record.name = table.names.intern("unknown")
        if let handler = state.handlers[id] {
            record.name = handler.name
            record.instance = handler.instance
            record.version = handler.version
        }
        if isRAM(record) {
            guard let size = ramSize(id) else { return }
            record.size = size
            record.isLazy = true
            append(record)
        } else {
            live(record, header: SectionFrames.partHeader(in: &table))
        }
    }

    private func isRAM(_ record: SectionRecord) -> Bool {
        state.handlers[record.id] != nil && table.names.bytes(record.name).elementsEqual("ram".utf8)
    }

    // Gives back what was read, so that the program stays small however long the stream is.
    private mutating func release(upTo offset: Int) {
        guard offset - released >= Self.releaseSize else { return }
        region.advise(.done, released..<offset)
        released = offset
    }

    // The pages tell the end; where they do not fit, the footer does.
    private mutating func ramSize(_ id: UInt32) -> Int? {
        var offset = position + 5
        while true {
            do throws(Mismatch) {
                let record = try ram.read(region, at: offset, limit: limit)
                offset += record.size
                budget -= 1
                release(upTo: offset)
                guard record.kind == .eos else { continue }
                let reader = LiveSectionReader(region: region, limit: limit, hasFooters: state.hasFooters)
                let hasFooter = try reader.hasFooter(id, at: offset)
                state.hasFooters = hasFooter
                return offset + (hasFooter ? SectionFrames.footerSize : 0) - position
            } catch {
                guard let footer = footer(of: id, from: offset) else {
                    mismatch = error
                    return nil
                }
                note(.section(error))
                return footer + SectionFrames.footerSize - position
            }
        }
    }

    // A live section: by its format, else as far as its footer.
    mutating func live(_ record: SectionRecord, header: Item) {
        var record = record
        if var format = state.handlers[record.id]?.format {
            let reader = LiveSectionReader(region: region, limit: limit, hasFooters: state.hasFooters)
            do throws(Mismatch) {
                let section = try reader.read(
                    record.kind, id: record.id, at: position, header: header, format: &format, table: &table)
                state.handlers[record.id]?.format = format
                state.hasFooters = state.hasFooters ?? section.hasFooter
                record.size = section.size
                record.layout = section.layout
                budget -= section.pieceCount
                return append(record)
            } catch {
                if opaque(record, header: header) { note(.section(error)) } else { mismatch = error }
                return
            }
        }
        opaque(record, header: header)
    }

    func footer(of id: UInt32, from start: Int) -> Int? {
        guard state.hasFooters != false else { return nil }
        return FooterSearch(region: region, limit: limit).footer(of: id, from: start)
    }

    // A section that only its footer ends; false where there is none.
    @discardableResult
    private mutating func opaque(_ record: SectionRecord, header: Item) -> Bool {
        let start = position + header.size
        guard let footer = footer(of: record.id, from: start) else { return false }
        var data = LayoutBuilder()
        if footer > start { data.leaf("data", "buffer", footer - start, role: .field, in: &table) }
        append(record, header, body: data.body(in: &table), hasFooter: true)
        return true
    }

    mutating func append(_ record: SectionRecord, _ header: Item, body: LayoutID, hasFooter: Bool) {
        var fields = LayoutBuilder()
        fields.append(header)
        for item in table.items(of: body) { fields.append(item) }
        if hasFooter { fields.append(SectionFrames.footer(in: &table)) }
        var record = record
        record.size = fields.size
        record.layout = fields.body(in: &table, vmsdName: table[body].vmsdName, version: table[body].version)
        append(record)
    }
}
