extension Document {
    /// A job that builds the index of all RAM pages. Reads the live part first. O(sections), then its steps.
    public func ramIndexBuilder() -> RAMIndexBuilder {
        openLivePart()
        let ordered = records.filter { $0.kind == .part || $0.kind == .end || $0.kind == .command }
            .sorted { $0.offset < $1.offset }
        return RAMIndexBuilder(
            region: region, blocks: state.blocks, pageSize: state.pageSize, names: table.names,
            sources: ordered.flatMap(ramSources))
    }

    private func ramSources(_ record: SectionRecord) -> [RAMIndexBuilder.Source] {
        if record.kind == .command {
            return record.id == UInt32(CommandKind.postcopyRAMDiscard.rawValue) ? discards(record) : []
        }
        guard table.names.bytes(record.name).elementsEqual("ram".utf8) else { return [] }
        return [.records(record.offset + 5..<record.end, lastBlock: record.lastBlock)]
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
