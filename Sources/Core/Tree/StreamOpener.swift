/// What opening has found out about a stream.
struct OpenedStream {
    /// A problem on the way, to become a finding.
    struct Problem {
        var severity: Finding.Severity
        var code: String
        var mismatch: Mismatch
        var hint = ""
    }

    var description: Description?
    var table: LayoutTable
    var state: StreamState
    var records: [SectionRecord] = []
    var topLevel: [Int] = []
    var problems: [Problem] = []

    mutating func add(_ record: SectionRecord) {
        topLevel.append(records.count)
        records.append(record)
    }
}

/// Opens a stream from both ends.
enum StreamOpener {
    /// - Throws: `OpenError.notAStream` unless the region begins with the magic and a version that is live.
    static func check(_ region: MappedRegion, path: String) throws(OpenError) {
        guard region.matches("QEVM".utf8, at: 0) else {
            let found = Hex.dump(region.copy(0..<min(8, region.count)))
            throw .notAStream(path: path, found: found, advice: LookAlike.advice(region))
        }
        guard let version = region.bigEndian(UInt32.self, at: 4) else {
            throw .notAStream(path: path, found: "\(region.count) bytes", advice: "the file is cut")
        }
        guard version == 3 else {
            let word = version == 2 ? " (obsolete since QEMU 0.13)" : ""
            throw .notAStream(
                path: path, found: "QEVM of version \(version)\(word)", advice: "only version 3 has sections to read")
        }
    }

    /// Reads head and tail. Never fails: what does not fit becomes a gap and a problem.
    static func open(_ region: MappedRegion) -> OpenedStream {
        var opened = OpenedStream(table: LayoutTable(), state: StreamState())
        let place = DescriptionLocator.find(in: region)
        if let place { readDescription(region, place, &opened) }
        let limit = opened.description == nil ? region.count : place?.endOfFile ?? region.count
        var head = HeadWalk(region, description: opened.description, table: opened.table)
        opened.table = LayoutTable()
        head.walk(limit: limit)
        opened.table = head.table
        opened.state = head.state
        if let mismatch = head.mismatch {
            opened.problems.append(.init(severity: .error, code: "head", mismatch: mismatch))
        }
        assemble(region, head, limit: limit, &opened)
        if opened.description != nil, let place { addEnd(region, place, &opened) }
        return opened
    }

    private static func readDescription(
        _ region: MappedRegion, _ place: DescriptionLocator.Place, _ opened: inout OpenedStream
    ) {
        let text = region.span(place.text)
        do throws(JSONTape.Failure) {
            let tape = try JSONTape(text)
            var parser = DescriptionParser(tape: tape, base: place.text.lowerBound, table: opened.table)
            opened.table = LayoutTable()
            let description = parser.parse(text)
            opened.table = parser.table
            opened.description = description
            for problem in description.problems {
                let mismatch = Mismatch(
                    offset: problem.offset, size: 0, expected: problem.expected, found: problem.found)
                opened.problems.append(.init(severity: .warning, code: "description-value", mismatch: mismatch))
            }
        } catch {
            let mismatch = Mismatch(
                offset: place.text.lowerBound + error.offset, size: 0, expected: error.expected, found: error.found)
            opened.problems.append(.init(severity: .error, code: "description-json", mismatch: mismatch))
        }
    }

    private static func assemble(
        _ region: MappedRegion, _ head: HeadWalk, limit: Int, _ opened: inout OpenedStream
    ) {
        var tail = TailWalk(
            region, table: opened.table, devices: opened.description?.devices ?? [], floor: head.position,
            end: limit)
        tail.walk(from: head.earlyDevices.count)
        if opened.state.hasFooters == nil { opened.state.hasFooters = tail.hasFooters }
        if let mismatch = tail.mismatch {
            opened.problems.append(
                .init(
                    severity: .error, code: "section-missing", mismatch: mismatch,
                    hint: "the devices behind it are shown; what is before it is read from the start"))
        }
        let early = Dictionary(uniqueKeysWithValues: head.earlyDevices.map { ($0.offset, $0) })
        var devices = DeviceRecords(region: region, opened: opened)
        for record in head.records {
            let device = early[record.offset].flatMap { devices.record($0) }
            devices.opened.add(device ?? record)
        }
        if tail.start > head.position {
            devices.opened.add(livePart(head.position..<tail.start, &devices.opened))
        }
        for section in tail.sections {
            if let record = devices.record(section) { devices.opened.add(record) }
        }
        opened = devices.opened
    }

    private static func livePart(_ range: Range<Int>, _ opened: inout OpenedStream) -> SectionRecord {
        var live = SectionRecord(.live, offset: range.lowerBound, size: range.count)
        live.name = opened.table.names.intern(opened.description == nil ? "sections" : "live sections")
        live.isLazy = true
        return live
    }

    private static func addEnd(
        _ region: MappedRegion, _ place: DescriptionLocator.Place, _ opened: inout OpenedStream
    ) {
        var mark = SectionRecord(.endOfFile, offset: place.endOfFile, size: 1)
        mark.name = opened.table.names.intern("EOF")
        opened.add(mark)
        var fields = LayoutBuilder()
        fields.leaf("type", "section type", 1, role: .frame, in: &opened.table)
        fields.leaf("length", "uint32", 4, role: .frame, in: &opened.table)
        fields.leaf("json", "json", place.text.count, role: .frame, in: &opened.table)
        var description = SectionRecord(.description, offset: place.frame, size: fields.size)
        description.name = opened.table.names.intern("description")
        description.layout = fields.body(in: &opened.table)
        opened.add(description)
        guard place.text.upperBound < region.count else { return }
        let rest = place.text.upperBound..<region.count
        let isPadding = region.span(rest).isAllZero
        var trailing = SectionRecord(isPadding ? .padding : .gap, offset: rest.lowerBound, size: rest.count)
        trailing.name = opened.table.names.intern(isPadding ? "padding" : "gap")
        opened.add(trailing)
    }
}
