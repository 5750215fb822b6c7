import Bytes
import Format

extension LiveScan {
    /// Reads a START or FULL section.
    package mutating func opening(_ type: SectionType) {
        guard let header = SectionHeader(region, at: position) else { return }
        let section = SectionRecord.Section(type, header)
        let record = SectionRecord(
            .section(section), offset: position, size: 0, name: table.names.intern(region.copy(header.name)))
        let frame = SectionFrames.fullHeader(nameLength: header.name.count, in: table)
        guard type == .start else { return device(record, section, header: frame) }
        state.handlers[header.id] = .init(
            name: record.name, instance: header.instance, version: header.version,
            format: LiveSections.format(of: table.names.bytes(record.name)))
        live(record, section, header: frame)
    }

    // Reads a device. The description gives its size, else its footer or the next header does.
    private mutating func device(_ record: SectionRecord, _ section: SectionRecord.Section, header: Item) {
        let start = position + header.size
        if endsWithoutFooters(after: start) || endsBeforeRepeated(record) { return }
        let described = isForeignDescription(after: start) ? nil : devices.layout(of: record)
        guard let end = end(ofDevice: record, section.id, described, from: start) else {
            return isSearching ? () : cutDevice(record, section, header, described)
        }
        let body = start..<end.offset
        var layout: LayoutID
        if let described {
            layout = resolve(described, of: record, body)
        } else if let fitted = fitted(record, body) {
            layout = fitted
        } else {
            if described == nil, devices.dump == nil { state.fit.undescribed += 1 }
            var data = LayoutBuilder()
            if !body.isEmpty { data.leaf("data", "buffer", body.count, role: .field, in: table) }
            layout = data.body(in: table)
        }
        layout = LiveSections.oldStyleBody(layout, of: record.name, region, body, table: table) ?? layout
        layout = meanings?.attach(layout, at: start, section: record.name, table: table) ?? layout
        append(record, header, body: layout, hasFooter: end.hasFooter)
        if let key = DescribedDevices.InternedKey(record) { seen.insert(key) }
    }

    // Reads a device without an end: its header, and the fields before the latest possible end. The rest is a
    // gap.
    private mutating func cutDevice(
        _ record: SectionRecord, _ section: SectionRecord.Section, _ header: Item, _ described: LayoutID?
    ) {
        let start = position + header.size
        let name = table.names.bytes(record.name)
        guard !isGrowing, start < limit, name.allSatisfy({ (0x20...0x7e).contains($0) }) else { return }
        let next = surePlace(after: start)
        guard !isSearching else { return }
        let end = next ?? limit
        var layout = LayoutBuilder().body(in: table)
        var place = start
        if let described {
            let size = min(table[described].size, end - start)
            var resolver = Resolver(region: region, section: record.name, table: table)
            layout = resolver.resolve(described, at: start, size: size)
            place = resolver.mismatches.last?.offset ?? start + size
        }
        var section = section
        section.isCut = true
        var record = record
        record.content = .section(section)
        append(record, header, body: layout, hasFooter: false)
        let mismatch = Mismatch(
            offset: place, size: end - place, expected: "the footer of \(table.names.text(record.name))",
            found: "none up to "
                + (end == region.count ? "the end of the file" : "another section") + " at \(Hex.offset(end))"
        )
        self.mismatch = mismatch
        // Otherwise the gap that follows reports it.
        if position >= end { noteCut(mismatch) }
    }

    // Lays out a device by a vmstate from a dump or the built-in ones; nil if none fits.
    private mutating func fitted(_ record: SectionRecord, _ body: Range<Int>) -> LayoutID? {
        guard !devices.isEmpty else {
            return BuiltInVMStates.layout(of: record, body, region, table: table)
        }
        guard let dump = devices.dump else { return nil }
        // A dump omits what is registered by hand.
        guard let outcome = DumpLayouts(dump: dump).outcome(of: record, body, region, table: table) else {
            return BuiltInVMStates.layout(of: record, body, region, table: table)
        }
        switch outcome {
        case .exact(let layout):
            state.fit.add(isExact: true, problemCount: 0)
            return layout
        case .ambiguous(let layout):
            state.fit.add(isExact: false, problemCount: 0)
            note(.ambiguous(record, body, name: table.names.text(record.name)))
            return layout
        case .unfit(let mismatch):
            state.fit.add(isExact: false, problemCount: 1)
            note(.device(mismatch))
            return nil
        }
    }

    private mutating func end(
        ofDevice record: SectionRecord, _ id: UInt32, _ described: LayoutID?, from start: Int
    ) -> (offset: Int, hasFooter: Bool)? {
        if let described, table[described].size <= limit - start {
            let end = start + table[described].size
            let reader = LiveSectionReader(region: region, limit: limit, hasFooters: state.hasFooters)
            if isZeroWithoutFooters(at: end) {
                if isLast(record) { return (end, false) }
            } else if let hasFooter = try? reader.hasFooter(id, at: end) {
                return (end, hasFooter)
            }
        }
        if state.hasFooters == false { return unframedEnd(from: start).map { ($0, false) } }
        return footer(of: id, from: start, isDevice: true).map { ($0, true) }
    }

    private func isZeroWithoutFooters(at end: Int) -> Bool {
        scope == .stream && !isGrowing && state.hasFooters == false && end < limit
            && region.byte(at: end) == SectionType.endOfFile.rawValue
    }

    // Whether all devices have been read, so that a zero byte is the end mark, whatever follows. Remains of
    // an older stream in the file may describe devices of other sizes.
    private func isLast(_ record: SectionRecord) -> Bool {
        DescribedDevices.InternedKey(record).map { devices.areAll(in: seen, with: $0) } ?? false
    }

    // Without footers, only the description gives the sizes of devices, and it ends the stream, wherever that
    // is in the file. The stream is then opened again with that description.
    private mutating func endsWithoutFooters(after start: Int) -> Bool {
        guard scope == .stream, !isGrowing, state.hasFooters == false else { return false }
        let next = nextStream(from: start)
        guard !isSearching, let text = nextDescription(from: start, to: next ?? limit),
            text.upperBound < limit
        else { return isSearching }
        ending = StreamLimit(end: text.upperBound, next: next)
        return true
    }

    // A stream contains each device once. Without footers and a description of its own, only a repeated
    // device shows that the stream has ended and the remains of a longer, older one begin.
    private mutating func endsBeforeRepeated(_ record: SectionRecord) -> Bool {
        guard scope == .stream, !isGrowing, state.hasFooters == false,
            let key = DescribedDevices.InternedKey(record)
        else { return false }
        if tail.contains(key) { ending = StreamLimit(end: limit, next: nil) }
        if seen.contains(key) { ending = StreamLimit(end: position, next: nil) }
        return ending != nil
    }

    // Sizes cannot be checked without footers, and a description after another stream belongs to that stream.
    private mutating func isForeignDescription(after start: Int) -> Bool {
        scope == .stream && state.hasFooters == false && nextStream(from: start) != nil
    }

    // The end of a device without a footer: the next header, else the end of the sections or another stream;
    // nil if the file is cut.
    private mutating func unframedEnd(from start: Int) -> Int? {
        let next = nextStream(from: start)
        guard !isSearching else { return nil }
        let end = next ?? limit
        if let header = HeaderSearch(region: region, limit: end).header(from: start) { return header }
        if next == nil, limit < region.count || endsAtLimit { return limit }
        return end > start && region.byte(at: end - 1) == 0 ? end - 1 : next
    }

    private mutating func resolve(_ described: LayoutID, of record: SectionRecord, _ body: Range<Int>)
        -> LayoutID
    {
        let isExact = table[described].size == body.count
        guard !isExact || table[described].needsResolution else {
            state.fit.add(isExact: true, problemCount: 0)
            return described
        }
        var resolver = Resolver(region: region, section: record.name, table: table)
        let layout = resolver.resolve(described, at: body.lowerBound, size: body.count)
        for mismatch in resolver.mismatches { note(.device(mismatch)) }
        state.fit.add(isExact: isExact, problemCount: resolver.mismatches.count)
        return layout
    }
}
