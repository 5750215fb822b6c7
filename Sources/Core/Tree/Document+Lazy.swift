extension Document {
    /// How many RAM records one call of `open` reads before it comes back.
    static let scanBudget = 1 << 20

    /// Reads the lazy node at `path`. Returns whether the tree has changed.
    ///
    /// The live part is read in steps: what was not reached yet is the lazy last child.
    @discardableResult
    public func open(_ path: NodePath) -> Bool {
        let node = self.node(path)
        guard node.isLazy, case .record(let number) = node.source else { return false }
        switch records[number].kind {
        case .live: readLive(group: number, from: records[number].offset, lastBlock: -1, replacing: false)
        case .unread:
            guard let group = records.firstIndex(where: { $0.children.contains(number) }) else { return false }
            readLive(
                group: group, from: records[number].offset, lastBlock: records[number].lastBlock, replacing: true)
        default: readRAM(number)
        }
        generation += 1
        return true
    }

    /// Reads all of the live part that was not read yet.
    public func openLivePart() {
        while let number = records.indices.first(where: {
            records[$0].isLazy && (records[$0].kind == .live || records[$0].kind == .unread)
        }) {
            guard let path = path(ofRecord: number), open(path) else { return }
        }
    }

    /// The path of a record.
    func path(ofRecord number: Int) -> NodePath? {
        if let index = topLevel.firstIndex(of: number) { return NodePath([index]) }
        for (index, group) in topLevel.enumerated() {
            if let child = records[group].children.firstIndex(of: number) { return NodePath([index, child]) }
        }
        return nil
    }

    private func readLive(group: Int, from position: Int, lastBlock: Int, replacing: Bool) {
        let end = records[group].end
        var scan = LiveScan(
            region, state: state, table: takeTable(), position: position, limit: end, lastBlock: lastBlock,
            budget: Self.scanBudget)
        scan.run()
        table = scan.table
        state = scan.state
        if replacing { records[group].children.removeLast() }
        records[group].isLazy = false
        add(scan, to: group)
        guard scan.position < end else { return }
        var rest = SectionRecord(scan.isFinished ? .gap : .unread, offset: scan.position, size: end - scan.position)
        rest.name = table.names.intern(scan.isFinished ? "gap" : "not read yet")
        rest.isLazy = !scan.isFinished
        rest.lastBlock = scan.lastBlock
        add(rest, to: group)
        if let mismatch = scan.mismatch { report(mismatch, rest) }
    }

    private func add(_ record: SectionRecord, to group: Int) {
        records[group].children.append(records.count)
        records.append(record)
    }

    private func add(_ scan: LiveScan, to group: Int) {
        let base = records.count
        for record in scan.records {
            var moved = record
            moved.children = record.children.map { $0 + base }
            records.append(moved)
        }
        records[group].children += scan.topLevel.map { $0 + base }
        for note in scan.notes { report(note) }
    }

    private func report(_ note: StreamNote) {
        let mismatch = note.mismatch
        findings.append(
            Finding(
                .warning, note.code, offset: mismatch.offset, size: mismatch.size,
                path: pathText(knownPath(atOffset: mismatch.offset)),
                message: "expected \(mismatch.expected), found \(mismatch.found)", hint: note.hint))
    }

    private func report(_ mismatch: Mismatch, _ rest: SectionRecord) {
        findings.append(
            Finding(
                .error, "gap", offset: rest.offset, size: rest.size,
                path: pathText(knownPath(atOffset: rest.offset)),
                message: "expected \(mismatch.expected), found \(mismatch.found) at \(Hex.offset(mismatch.offset))",
                hint: "the stream may be cut or damaged here"))
    }

    private func readRAM(_ number: Int) {
        let record = records[number]
        let reader = RAMReader(
            pageSize: state.pageSize, blocks: state.blocks, names: table.names, lastBlock: record.lastBlock)
        let footer = state.hasFooters == false ? 0 : SectionFrames.footerSize
        var section = RAMSectionLayout(region: region, table: takeTable(), reader: reader)
        let body = section.body(at: record.offset + 5, size: record.size - 5 - footer)
        table = section.table
        var fields = LayoutBuilder()
        fields.append(SectionFrames.partHeader(in: &table))
        for item in body.members { fields.append(item) }
        if footer > 0 { fields.append(SectionFrames.footer(in: &table)) }
        records[number].layout = fields.body(in: &table)
        records[number].isLazy = false
    }

    // Hands the table over without a copy.
    private func takeTable() -> LayoutTable {
        defer { table = LayoutTable() }
        return table
    }
}
