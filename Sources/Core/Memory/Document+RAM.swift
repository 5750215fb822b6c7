extension Document {
    /// A job that builds the index of all RAM pages. Reads the live part first. O(sections), then its steps.
    public func ramIndexBuilder() -> RAMIndexBuilder {
        openLivePart()
        return ramIndexBuilder(upTo: region.count)
    }

    /// A job that builds the index of the records before `end` that were read so far.
    func ramIndexBuilder(upTo end: Int) -> RAMIndexBuilder {
        let ordered = records.filter { $0.kind == .part || $0.kind == .end || $0.kind == .command }
            .filter { $0.offset < end }.sorted { $0.offset < $1.offset }
        return RAMIndexBuilder(
            region: region, blocks: state.blocks, pageSize: state.pageSize, names: table.names,
            sources: ordered.flatMap { ramSources($0, upTo: end) })
    }

    /// PART and END sections of `ram` that were read so far, large ones in their pieces, in stream order.
    func ramRecords() -> [SectionRecord] {
        records.filter { isRAM($0) && ($0.kind == .part || $0.kind == .end) }
            .flatMap { section in section.children.isEmpty ? [section] : section.children.map { records[$0] }
            }
            .sorted { $0.offset < $1.offset }
    }

    private func isRAM(_ record: SectionRecord) -> Bool {
        table.names.bytes(record.name).elementsEqual("ram".utf8)
    }

    private func ramSources(_ record: SectionRecord, upTo end: Int) -> [RAMIndexBuilder.Source] {
        if record.kind == .command {
            return record.id == UInt32(CommandKind.postcopyRAMDiscard.rawValue) ? discards(record) : []
        }
        guard isRAM(record) else { return [] }
        return [
            .records(
                record.offset + 5..<max(min(record.end, end), record.offset + 5), lastBlock: record.lastBlock)
        ]
    }

    // Version byte, counted block name, then be64 start and be64 length in bytes for each range
    // (migration/savevm.c qemu_savevm_send_postcopy_ram_discard, 7.2 and 10.0).
    private func discards(_ record: SectionRecord) -> [RAMIndexBuilder.Source] {
        let payload = record.offset + 5
        guard let length = region.byte(at: payload + 1) else { return [] }
        let name = region.copy(payload + 2..<payload + 2 + Int(length))
        guard let block = state.blocks.firstIndex(where: { table.names.bytes($0.name).elementsEqual(name) })
        else {
            return []
        }
        var sources: [RAMIndexBuilder.Source] = []
        var offset = payload + 3 + Int(length)
        while offset + 16 <= record.end, let start = region.bigEndian(UInt64.self, at: offset),
            let size = region.bigEndian(UInt64.self, at: offset + 8)
        {
            offset += 16
            guard let first = Int(exactly: start), let count = Int(exactly: size),
                first <= state.blocks[block].usedLength, count <= state.blocks[block].usedLength - first
            else { continue }
            sources.append(.discard(block: block, first..<first + count))
        }
        return sources
    }
}
