import Bytes
import Format

extension Document {
    /// The default number of RAM records that one call of `open` reads.
    package static let scanBudget = 1 << 20

    /// Reads the lazy node at `path`. Returns whether the tree has changed.
    ///
    /// The live part is read in steps of `budget` records. The rest of it, including a partly read section,
    /// is the lazy last child, whose path is `unreadPath`.
    @discardableResult
    package func open(_ path: NodePath, budget: Int = scanBudget) -> Bool {
        let node = tree.node(path)
        guard node.isLazy, case .record(let number) = node.source else { return false }
        switch store.records[number].kind {
        case .live: readLive(group: number, from: store.records[number].offset, budget, replacing: false)
        case .unread:
            guard let group = store.records.firstIndex(where: { $0.children.contains(number) }) else {
                return false
            }
            readLive(group: group, from: store.records[number].offset, budget, replacing: true)
        case .container: readChannel(number)
        default: readRAM(number)
        }
        store.noteChange()
        return true
    }

    /// The node for the rest of a partly read live part; nil before reading begins and after it is complete.
    package var unreadPath: NodePath? {
        for (index, group) in store.topLevel.enumerated() where store.records[group].kind == .live {
            guard let last = store.records[group].children.last, store.records[last].kind == .unread,
                store.records[last].isLazy
            else { continue }
            return NodePath([index, store.records[group].children.count - 1])
        }
        return nil
    }

    /// The fraction of the live part that was read, from 0 to 1. If reading has restarted because the stream
    /// ends before the file, the value does not fall below the old one.
    package var livePartProgress: Double {
        guard let path = unreadPath, let group = tree.nodes(along: path).dropLast().last else {
            return hasUnreadPart ? reading.reached : 1
        }
        let position = max(pause.reached ?? 0, tree.node(path).offset)
        return max(Double(position - group.offset) / Double(max(group.size, 1)), reading.reached)
    }

    /// Returns the fraction that was read of what `read(toward:)` needs for a byte, from 0 to 1.
    package func progress(toward offset: Int) -> Double {
        guard let path = unreadPath, let group = tree.nodes(along: path).dropLast().last,
            offset > group.offset
        else { return 0 }
        let position = max(pause.reached ?? 0, tree.node(path).offset)
        return min(Double(position - group.offset) / Double(offset - group.offset), 1)
    }

    /// Whether there is a live part that was not read completely.
    package var hasUnreadPart: Bool {
        unreadPath != nil
            || store.topLevel.contains { store.records[$0].kind == .live && store.records[$0].isLazy }
    }

    /// Reads one step toward the byte at `offset`: about `budget` RAM records. Returns whether the leaf that
    /// owns the byte is known now.
    package func read(toward offset: Int, budget: Int) -> Bool {
        var isLast = false
        while true {
            let node = tree.node(tree.knownPath(atOffset: offset))
            guard node.isLazy, let kind = tree.record(of: node)?.kind else { return true }
            // The records of one section are few enough for a step.
            let isScan = kind == .live || kind == .unread
            if isScan, isLast { return false }
            isLast = isScan
            guard open(node.path, budget: budget) else { return true }
        }
    }

    /// Reads one step of the live part: about `budget` RAM records. Returns whether all of it is read.
    package func readOn(budget: Int) -> Bool {
        if let path = livePartPath { open(path, budget: budget) }
        return !hasUnreadPart
    }

    /// Reads one step, but returns whether something is left to read.
    package func openLivePart(budget: Int) -> Bool { !readOn(budget: budget) }

    /// Reads the rest of the live part. O(RAM records).
    package func openLivePart() {
        while let path = livePartPath, open(path) {}
    }

    // The lazy node at which reading begins or continues.
    private var livePartPath: NodePath? {
        store.topLevel.indices.first {
            store.records[store.topLevel[$0]].kind == .live && store.records[store.topLevel[$0]].isLazy
        }
        .map { NodePath([$0]) } ?? unreadPath
    }

    private func readLive(group: Int, from position: Int, _ budget: Int, replacing: Bool) {
        let end = store.records[group].end
        let lastBlock =
            replacing ? store.records[group].children.last.flatMap { store.records[$0].lastBlock } : nil
        var scan = LiveScan(
            store.readable, state: store.state, table: store.table, position: position, limit: end,
            lastBlock: lastBlock, budget: budget, devices: DescribedDevices(store.description),
            pause: replacing ? pause : LivePause())
        scan.pages = pages.take() ?? noPages
        scan.channels = channelPages.take() ?? newChannelPages(&scan.pages, names: scan.table.names)
        scan.lost = store.source.lost
        scan.joins = store.source.joins.map(\.offset)
        if !options.explains { scan.meanings = nil }
        scan.isGrowing = isGrowing
        scan.tail = tailDevices
        scan.endsAtLimit = store.limit != nil
        scan.run()
        if let ending = scan.ending, restrict(to: ending) { return }
        pause = scan.pause
        store.state = scan.state
        pages = scan.pages.take()
        channelPages = scan.channels.take()
        if scan.isFinished, !isGrowing { finishChannels(at: scan.position) }
        self.lastBlock = scan.lastBlock
        if replacing {
            store.twins.removeLast(of: group, count: store.records[group].children.count)
            if store.records[group].children.removeLast() == store.records.count - 1 {
                store.records.removeLast()
            }
        }
        store.records[group].isLazy = false
        add(scan, to: group)
        if scan.isFinished { gradeLivePart() }
        defer {
            noteMissingEnd()
            noteMissingChannels()
        }
        guard scan.position < end else { return }
        let isGap = scan.isFinished && !isGrowing
        let name =
            !isGap && scan.isFinished
            ? begunName(at: scan.position) : store.table.names.intern(isGap ? "gap" : "not read yet")
        var rest = SectionRecord(
            isGap ? .gap(cut: nil) : .unread(lastBlock: scan.lastBlock), offset: scan.position,
            size: end - scan.position, name: name)
        rest.isLazy = !scan.isFinished
        let begun = isGrowing && scan.isFinished ? scan.showBegun(in: &rest) : []
        store.appendRecord(rest, to: group)
        if !begun.isEmpty {
            let number = store.records.count - 1
            store.records[number].children = Array(number + 1...number + begun.count)
            store.records += begun
        }
        if let mismatch = scan.mismatch, isGap { report(mismatch, rest) }
    }

    // The name of an incomplete section, in the form that the tree uses for complete ones.
    private func begunName(at offset: Int) -> NameID {
        let type = store.region.byte(at: offset).flatMap(SectionType.init)
        if let type, type.isNamed, let header = SectionHeader(store.region, at: offset) {
            return begunName(store.region.copy(header.name), header.instance, type)
        }
        if let type, type == .part || type == .end,
            let id = store.region.bigEndian(UInt32.self, at: offset + 1),
            let handler = store.state.handlers[id]
        {
            return begunName(Array(store.table.names.bytes(handler.name)), handler.instance, type)
        }
        return store.table.names.intern(type == .description ? "description" : "incomplete")
    }

    private func begunName(_ idstr: [UInt8], _ instance: UInt32, _ type: SectionType) -> NameID {
        store.table.names.intern(idstr + " #\(instance)\(type == .full ? "" : " " + type.label)".utf8)
    }

    // A package in the live part can contain devices.
    private func gradeLivePart() {
        guard let source = store.description?.borrowedFrom, !store.state.fit.isEmpty else { return }
        let problem = store.state.fit.problem(source)
        store.state.fit = DescriptionFit()
        findingList.add(
            Finding(
                problem.severity, problem.code, offset: problem.mismatch.offset,
                message: "live part: expected \(problem.mismatch.expected), found \(problem.mismatch.found)"))
    }

    private func add(_ scan: LiveScan, to group: Int) {
        let base = store.records.count
        for record in scan.records {
            var moved = record
            moved.children = record.children.map { $0 + base }
            store.records.append(moved)
        }
        store.records[group].children += scan.topLevel.map { $0 + base }
        for note in scan.notes { report(note) }
    }

    private func report(_ note: StreamNote) {
        let mismatch = note.mismatch
        findingList.add(note.severity, note.code, offset: mismatch.offset) {
            Finding(
                note.severity, note.code, offset: mismatch.offset, size: mismatch.size,
                path: tree.pathText(tree.knownPath(atOffset: mismatch.offset)),
                message: "expected \(mismatch.expected), found \(mismatch.found)", hint: note.hint)
        }
    }

    private func report(_ mismatch: Mismatch, _ rest: SectionRecord) {
        findingList.add(.error, .gap, offset: rest.offset) {
            Finding(
                .error, .gap, offset: rest.offset, size: rest.size,
                path: tree.pathText(tree.knownPath(atOffset: rest.offset)),
                message:
                    "expected \(mismatch.expected) at \(Hex.offset(mismatch.offset)), found \(mismatch.found)",
                hint: "the stream may be cut or damaged here")
        }
    }

    private func readRAM(_ number: Int) {
        store.records[number].isLazy = false
        let record = store.records[number]
        guard let part = record.ram else { return }
        let header = part.hasHeader ? 5 : 0
        let reader = RAMReader(
            pageSize: store.state.pageSize, blocks: store.state.blocks, names: store.table.names,
            lastBlock: part.lastBlock)
        let footer = store.state.hasFooters == false || !part.hasFooter ? 0 : SectionFrames.footerSize
        var section = RAMSectionLayout(region: store.region, table: store.table, reader: reader)
        section.lost = store.source.lost
        let body = section.body(at: record.offset + header, size: record.size - header - footer)
        var fields = LayoutBuilder()
        if header > 0 { fields.append(SectionFrames.partHeader(in: store.table)) }
        for item in body.members { fields.append(item) }
        if footer > 0 { fields.append(SectionFrames.footer(in: store.table)) }
        store.records[number].layout = fields.body(in: store.table)
    }
}
