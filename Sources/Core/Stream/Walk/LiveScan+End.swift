import Bytes
import Format

extension LiveScan {
    /// The end mark, and what is after it: a description, another stream, zeros.
    ///
    /// Such a stream is not the last in the file: a file or a volume may have held a longer one before.
    package mutating func endOfFile() {
        let description = embeddedDescription(at: position + 1)
        guard !isSearching else { return }
        if let description, isNew(description), read(description), unreadDevices() { return }
        let end = description?.text.upperBound ?? position + 1
        let next = nextStream(from: end) ?? limit
        guard !isSearching else { return }
        var mark = SectionRecord(.endOfFile, offset: position, size: 1)
        mark.name = table.names.intern("EOF")
        append(mark)
        if let description { append(description) }
        if isNextStream { return nextStream() }
        guard next < limit || limit == region.count || region.span(end..<limit).isAllZero else {
            // Sections follow: what ended was no stream.
            mismatch = Mismatch(
                offset: end, size: limit - end, expected: "the end of the file", found: found(at: end))
            return
        }
        if next > end { rest(upTo: next) }
        if isNextStream { nextStream() }
    }

    // One that was read again before is not read a third time: two may lead to each other.
    private func isNew(_ description: EmbeddedDescription) -> Bool {
        descriptionOffset != description.text.lowerBound && rereadOffset < description.text.lowerBound
    }

    private mutating func rest(upTo next: Int) {
        let zeros = region.span(position..<next).isAllZero
        var rest = SectionRecord(zeros ? .padding : .gap, offset: position, size: next - position)
        rest.name = table.names.intern(zeros ? "padding" : "gap")
        append(rest)
        if !zeros { note(.behindEnd(rest)) }
    }

    package var isNextStream: Bool { scope == .stream && HeadWalk.begins(region, at: position) }

    // RAM of a later stream has blocks of its own: the index stays that of the first.
    package mutating func nextStream() {
        note(.nextStream(at: position))
        var head = HeadWalk(region, from: position, description: nil, table: table)
        table = LayoutTable()
        head.walk(limit: limit)
        table = head.table
        ended.append(state)
        stream += 1
        pages?.close()
        head.state.descriptionPageSize = state.descriptionPageSize
        head.state.fit = state.fit
        head.state.searchedInVain = state.searchedInVain
        state = head.state
        ram = RAMReader(pageSize: state.pageSize, blocks: state.blocks, names: table.names)
        for record in head.records { append(record) }
        for found in head.notes { note(found) }
    }

    /// A description that is not at the end of the file. Offsets in bytes from the start of the file.
    private struct EmbeddedDescription {
        package var text: Range<Int>
        /// Whether another stream begins where more of it should be.
        package var isCut: Bool
    }

    // The text of a description in its frame: 06, its length, and an object.
    private mutating func embeddedDescription(at offset: Int) -> EmbeddedDescription? {
        guard region.byte(at: offset) == SectionType.description.rawValue,
            let length = region.bigEndian(UInt32.self, at: offset + 1), length > 1,
            offset + 5 < limit, region.byte(at: offset + 5) == UInt8(ascii: "{")
        else { return nil }
        let text = offset + 5..<offset + 5 + Int(length)
        if text.upperBound <= limit, region.byte(at: text.upperBound - 1) == UInt8(ascii: "}") {
            return EmbeddedDescription(text: text, isCut: false)
        }
        guard let next = nextStream(from: text.lowerBound), next < text.upperBound else { return nil }
        return EmbeddedDescription(text: text.lowerBound..<next, isCut: true)
    }

    // Whether its devices are known from now on.
    private mutating func read(_ found: EmbeddedDescription) -> Bool {
        let tape = JSONTape(prefixOf: region.span(found.text))
        guard tape.failure == nil || found.isCut, !tape.tokens.isEmpty else { return false }
        var parser = DescriptionParser(tape: tape, base: found.text.lowerBound, table: table)
        table = LayoutTable()
        let description = parser.parse(region.span(found.text), root: 0)
        table = parser.table
        budget -= found.text.count >> 10
        descriptionOffset = found.text.lowerBound
        rereadOffset = found.text.lowerBound
        devices = DescribedDevices(description)
        return !description.devices.isEmpty
    }

    private mutating func append(_ description: EmbeddedDescription) {
        let start = description.text.lowerBound - 5
        var record = SectionRecord(.description, offset: start, size: description.text.upperBound - start)
        record.name = table.names.intern("description")
        if description.isCut {
            record.kind = .gap
            record.name = table.names.intern("gap")
            note(.cutDescription(record))
        } else {
            var fields = LayoutBuilder()
            fields.leaf("type", "section type", 1, role: .frame, in: &table)
            fields.leaf("length", "uint32", 4, role: .frame, in: &table)
            fields.leaf("json", "json", description.text.count, role: .frame, in: &table)
            record.layout = fields.body(in: &table)
        }
        append(record)
    }
}
