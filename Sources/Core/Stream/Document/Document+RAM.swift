import Format

extension Document {
    /// Returns the places of the bytes of all RAM pages. Reads the rest of the live part first: O(RAM
    /// records), later O(1).
    package func ramIndex() -> RAMIndex {
        openLivePart()
        return ramIndexSoFar
    }

    /// The index of RAM pages from the parts that were read. O(blocks).
    package var ramIndexSoFar: RAMIndex {
        if pages == nil, !hasUnreadPart, !isGrowing { joinChannelsAlone() }
        var known = pages ?? noPages
        known.endRun()
        return known.index
    }

    /// Returns a job that builds the index of the records before `end` that were read so far.
    package func ramIndexBuilder(upTo end: Int) -> RAMIndexBuilder {
        let whole = store.records.filter { $0.kind == .part || $0.kind == .end || $0.kind == .command }
        let ordered = (whole + store.begunPages).filter { $0.offset < end }.sorted { $0.offset < $1.offset }
        return RAMIndexBuilder(
            region: store.region, blocks: store.state.blocks, pageSize: store.state.pageSize,
            names: store.table.names,
            sources: ordered.flatMap { ramSources($0, upTo: end) })
    }

    private func ramSources(_ record: SectionRecord, upTo end: Int) -> [RAMIndexBuilder.Source] {
        if record.kind == .command {
            return record.command == .postcopyRAMDiscard
                ? RAMDiscards.ranges(
                    store.region, record, blocks: store.state.blocks, names: store.table.names
                ).map {
                    .discard(block: $0.block, $0.bytes)
                } : []
        }
        guard store.isRAM(record) || record.kind == .pages else { return [] }
        let start = record.offset + (record.ram?.hasHeader ?? true ? 5 : 0)
        return [.records(start..<max(min(record.end, end), start), lastBlock: record.lastBlock)]
    }

    /// Whether some pages are outside the stream: on other connections, or in files of blocks.
    package var hasPagesElsewhere: Bool { hasPagesOnChannels || !ramFiles.isEmpty }

    /// Whether pages came over multifd or preempt channels. O(live part) if it was not read yet.
    package var hasPagesOnChannels: Bool {
        if store.source.channels.contains(where: { $0.kind == .multifd || $0.kind == .preempt }) {
            return true
        }
        openLivePart()
        return findings.contains { $0.code == .multifdChannels }
            && store.state.blocks.allSatisfy { $0.mapped == nil }
    }

    package var noPages: RAMPageCollector {
        var pages = RAMPageCollector(
            blocks: store.state.blocks, pageSize: store.state.pageSize,
            spaces: ChannelPages.spaces(store.source.channels))
        for block in store.state.blocks.indices {
            if let region = ramFiles[block] { pages.back(block, by: region) }
        }
        return pages
    }
}
