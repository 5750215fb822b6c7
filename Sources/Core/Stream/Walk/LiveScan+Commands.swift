import Bytes
import Format

extension LiveScan {
    /// Reads the command at `position`; for a package, also the records inside it.
    package mutating func command() {
        guard
            let command = CommandSection(region, at: position, limit: limit, state: &state, table: table)
        else { return }
        if let note = command.note { self.note(note) }
        if command.kind == .postcopyRAMDiscard {
            for (block, bytes) in RAMDiscards.ranges(
                region, command.record, blocks: state.blocks, names: table.names)
            { pages?.discard(block, bytes) }
        }
        if scope == .cutPackage, command.kind == .postcopyRun { isAfterRun = true }
        guard let bytes = command.package else { return append(command.record) }
        package(command, bytes)
    }

    // A package is a stream of its own. The bytes of its command get a record before it.
    private mutating func package(_ command: CommandSection, _ bytes: Range<Int>) {
        var frame = command.record
        frame.content = .header
        frame.name = table.names.intern("package header")
        var whole = command.record
        whole.size = bytes.upperBound - whole.offset
        whole.layout = .none
        append(whole)
        let place = records.count - 1
        addChild(frame, of: place)
        guard !bytes.isEmpty else { return }
        guard scope == .stream else {
            note(
                .command(
                    Mismatch(
                        offset: whole.offset, size: whole.size, expected: "no package inside a package",
                        found: "PACKAGED")))
            return addChild(gap(bytes), of: place)
        }
        var inner = LiveScan(
            region, state: state, table: table, position: bytes.lowerBound, limit: bytes.upperBound,
            lastBlock: lastBlock, budget: .max, devices: devices,
            scope: command.isPackageCut ? .cutPackage : .package)
        inner.seen = seen
        inner.lost = lost
        inner.meanings = meanings.take()
        inner.pages = pages.take()
        inner.run()
        meanings = inner.meanings.take()
        pages = inner.pages.take()
        adopt(inner, of: place)
    }

    private mutating func adopt(_ inner: LiveScan, of place: Int) {
        state = inner.state
        seen = inner.seen
        for note in inner.notes { self.note(note) }
        let base = records.count
        for record in inner.records {
            var moved = record
            moved.children = record.children.map { $0 + base }
            records.append(moved)
        }
        records[place].children += inner.topLevel.map { $0 + base }
        guard inner.position < inner.limit else { return }
        guard !inner.isAfterRun else {
            records[place].size = inner.position - records[place].offset
            position = inner.position
            return
        }
        addChild(gap(inner.position..<inner.limit), of: place)
        if let mismatch = inner.mismatch { note(.command(mismatch)) }
    }

    package mutating func addChild(_ record: SectionRecord, of place: Int) {
        records[place].children.append(records.count)
        records.append(record)
    }

    private mutating func gap(_ range: Range<Int>) -> SectionRecord {
        SectionRecord(
            .gap(cut: nil), offset: range.lowerBound, size: range.count, name: table.names.intern("gap"))
    }
}
