/// Reads the live part of a stream forwards: PART and END sections, commands, and, in a stream without a
/// description, all that follows. Finds sections only; what is inside is read when somebody opens one.
struct LiveScan {
    let region: MappedRegion
    let limit: Int
    var state: StreamState
    var table: LayoutTable
    private(set) var position: Int
    private(set) var records: [SectionRecord] = []
    private(set) var mismatch: Mismatch?
    private var ram: RAMReader
    private var budget: Int

    /// Starts at `position`. Stops after `budget` RAM records, at `limit`, or where nothing fits.
    init(
        _ region: MappedRegion, state: StreamState, table: LayoutTable, position: Int, limit: Int, lastBlock: Int,
        budget: Int
    ) {
        self.region = region
        self.state = state
        self.table = table
        self.position = position
        self.limit = limit
        self.budget = budget
        ram = RAMReader(pageSize: state.pageSize, blocks: state.blocks, names: table.names, lastBlock: lastBlock)
    }

    var lastBlock: Int { ram.lastBlock }
    var isFinished: Bool { position >= limit || mismatch != nil }

    /// O(records read).
    mutating func run() {
        while position < limit, budget > 0, mismatch == nil {
            let before = position
            section()
            if position == before, mismatch == nil {
                mismatch = Mismatch(
                    offset: position, size: limit - position, expected: "a section", found: found(at: position))
            }
        }
    }

    private mutating func section() {
        guard let byte = region.byte(at: position) else { return }
        switch SectionType(rawValue: byte) {
        case .command:
            if let record = CommandSection.read(region, at: position, limit: limit, state: &state, table: &table) {
                append(record)
            }
        case .part, .end: continuation(byte == SectionType.part.rawValue ? .part : .end)
        case .start, .full: opaque(byte == SectionType.start.rawValue ? .start : .full)
        case .endOfFile: endOfFile()
        default: break
        }
    }

    private mutating func continuation(_ kind: SectionRecord.Kind) {
        guard let id = region.bigEndian(UInt32.self, at: position + 1), let handler = state.handlers[id] else {
            return
        }
        var record = SectionRecord(kind, offset: position, size: 0)
        record.id = id
        record.name = handler.name
        record.instance = handler.instance
        record.version = handler.version
        record.lastBlock = ram.lastBlock
        if table.names.bytes(handler.name).elementsEqual("ram".utf8) {
            guard let end = ramEnd(from: position + 5) else { return }
            record.size = end - position + footerSize
            record.isLazy = true
            append(record)
        } else if let size = opaqueSize(id: id, header: 5) {
            record.size = size
            record.layout = opaqueLayout(SectionFrames.partHeader(in: &table), size: size)
            append(record)
        }
    }

    private var footerSize: Int { state.hasFooters == false ? 0 : SectionFrames.footerSize }

    private mutating func ramEnd(from start: Int) -> Int? {
        var offset = start
        while true {
            do throws(Mismatch) {
                let record = try ram.read(region, at: offset, limit: limit)
                offset += record.size
                budget -= 1
                if record.kind == .eos { return offset }
            } catch {
                mismatch = error
                return nil
            }
        }
    }

    private mutating func opaque(_ kind: SectionRecord.Kind) {
        guard let header = SectionHeader(region, at: position),
            let size = opaqueSize(id: header.id, header: header.size)
        else { return }
        var record = SectionRecord(kind, offset: position, size: size)
        record.id = header.id
        record.name = table.names.intern(region.copy(header.name))
        record.instance = header.instance
        record.version = header.version
        if kind == .start {
            state.handlers[header.id] = .init(
                name: record.name, instance: header.instance, version: header.version)
        }
        let frame = SectionFrames.fullHeader(nameLength: header.name.count, in: &table)
        record.layout = opaqueLayout(frame, size: size)
        append(record)
    }

    // The size of a section that only its footer ends.
    private func opaqueSize(id: UInt32, header: Int) -> Int? {
        guard state.hasFooters != false else { return nil }
        let search = FooterSearch(region: region, limit: limit)
        guard let footer = search.footer(of: id, from: position + header) else { return nil }
        return footer + SectionFrames.footerSize - position
    }

    private mutating func opaqueLayout(_ header: Item, size: Int) -> LayoutID {
        var fields = LayoutBuilder()
        fields.append(header)
        let body = size - header.size - SectionFrames.footerSize
        if body > 0 { fields.leaf("data", "buffer", body, role: .field, in: &table) }
        fields.append(SectionFrames.footer(in: &table))
        return fields.body(in: &table)
    }

    private mutating func endOfFile() {
        var record = SectionRecord(.endOfFile, offset: position, size: 1)
        record.name = table.names.intern("EOF")
        append(record)
        guard position < limit else { return }
        let zeros = region.span(position..<limit).isAllZero
        var rest = SectionRecord(zeros ? .padding : .gap, offset: position, size: limit - position)
        rest.name = table.names.intern(zeros ? "padding" : "gap")
        append(rest)
    }

    private mutating func append(_ record: SectionRecord) {
        records.append(record)
        position = record.end
    }

    private func found(at offset: Int) -> String {
        Hex.dump(region.copy(offset..<min(offset + 8, limit)))
    }
}
