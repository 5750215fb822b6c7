import Container
import Bytes
import Format

/// The state of a partly read RAM section, from which reading continues.
package struct RAMSectionScan: Sendable {
    /// A run of records: the offset of its first one, and the block that CONTINUE refers to there.
    package struct Chunk: Sendable {
        package var offset: Int
        package var lastBlock: Int?
        /// Whether this is damage between records.
        package var isDamaged = false
        /// The layout of its bytes, if someone opened it before the section was complete.
        package var layout = LayoutID.none

        package init(offset: Int, lastBlock: Int?, isDamaged: Bool = false) {
            self.offset = offset
            self.lastBlock = lastBlock
            self.isDamaged = isDamaged
        }
    }

    /// The runs of records; the first one begins with the section's header.
    package var chunks: [Chunk]
    /// The offset of the next record.
    package var offset: Int
    /// The number of records in the last chunk.
    package var recordCount = 0
    package var hasHook = false
    /// The last record that was read, with its offset.
    package var last: (offset: Int, record: RAMRecord)?
    /// The last record that holds a page.
    package var lastPage: RAMResumption.Last?
    /// The number of times that reading continued after damage.
    package var damageCount = 0
    /// The offset of the section's footer, or of a package, a discard or another stream, after damage. If none
    /// was found yet, it is not before `known`.
    package var end: (known: Int, isFound: Bool)?

    /// Ends the last chunk, because someone opened it, and begins another. Does nothing if the last chunk is
    /// not at `start`.
    package mutating func endOpened(at start: Int, _ layout: LayoutID, lastBlock: Int?) {
        guard chunks.last?.offset == start else { return }
        chunks[chunks.count - 1].layout = layout
        chunks.append(Chunk(offset: offset, lastBlock: lastBlock))
        recordCount = 0
    }

    /// Ends the last chunk before damage, and begins a chunk for the damage.
    package mutating func beginDamage() {
        if recordCount == 0, chunks.count > 1 { chunks.removeLast() }
        chunks.append(Chunk(offset: offset, lastBlock: nil, isDamaged: true))
        recordCount = 0
        damageCount += 1
    }

    /// The maximum number of records in a chunk. A section with more records is opened chunk by chunk, so
    /// that opening one costs the same however large the guest is.
    package static let chunkSize = 1 << 17

    package init(at offset: Int, lastBlock: Int?) {
        chunks = [Chunk(offset: offset, lastBlock: lastBlock)]
        self.offset = offset + 5
    }
}

/// The state of a paused read of the live part, from which the next step continues.
package struct LivePause: Sendable {
    /// The RAM section in which reading stopped.
    package var section: RAMSectionScan?
    /// The mismatch after which the next readable place is being searched.
    package var mismatch: Mismatch?
    package var search = FarSearch()
    /// The devices that were already read.
    package var seen: Set<DescribedDevices.InternedKey> = []

    package init(
        section: RAMSectionScan? = nil, mismatch: Mismatch? = nil, search: FarSearch = FarSearch(),
        seen: Set<DescribedDevices.InternedKey> = []
    ) {
        self.section = section
        self.mismatch = mismatch
        self.search = search
        self.seen = seen
    }

    /// The offset that reading and searching have reached, from the start of the stream; nil if nothing is
    /// paused.
    package var reached: Int? { [section?.offset, search.reached].compactMap(\.self).max() }
}

extension LiveScan {
    /// Reads a PART or END section of `ram`. Its pages give the end, or its footer if they do not fit.
    package mutating func ramSection(_ record: SectionRecord, _ known: SectionRecord.Section) {
        var section = pending ?? RAMSectionScan(at: position, lastBlock: ram.lastBlock)
        pending = nil
        var part = SectionRecord.RAMPart(lastBlock: section.chunks[0].lastBlock)
        guard let end = ramEnd(known.id, &section) else {
            if mismatch == nil || isGrowing { return }
            // The records before the damage are shown.
            if section.recordCount == 0, section.chunks.count > 1 { section.chunks.removeLast() }
            guard section.recordCount > 0 || section.chunks.count > 1 else { return }
            part.hasFooter = false
            add(section, of: record, known, part, end: section.offset)
            // Otherwise the gap that follows reports it.
            if position >= limit, let mismatch { noteCut(mismatch) }
            return
        }
        add(section, of: record, known, part, end: end)
    }

    // A part without a footer is cut.
    private mutating func add(
        _ section: RAMSectionScan, of record: SectionRecord, _ known: SectionRecord.Section,
        _ part: SectionRecord.RAMPart, end: Int
    ) {
        var record = record
        var known = known
        known.ram = part
        known.isCut = !part.hasFooter
        record.content = .section(known)
        record.size = end - position
        guard section.chunks.count > 1 else {
            record.isLazy = true
            return append(record)
        }
        append(record)
        addChunks(section, of: records.count - 1, part)
    }

    private mutating func addChunks(
        _ section: RAMSectionScan, of place: Int, _ whole: SectionRecord.RAMPart
    ) {
        let end = records[place].end
        for (number, chunk) in section.chunks.enumerated() {
            let isLast = number + 1 == section.chunks.count
            let next = isLast ? end : section.chunks[number + 1].offset
            guard !chunk.isDamaged else {
                let gap = SectionRecord(
                    .gap(cut: nil), offset: chunk.offset, size: next - chunk.offset,
                    name: table.names.intern("gap"))
                addChild(gap, of: place)
                continue
            }
            let part = SectionRecord.RAMPart(
                hasHeader: number == 0, hasFooter: isLast && whole.hasFooter, lastBlock: chunk.lastBlock)
            var pages = SectionRecord(
                .pages(part), offset: chunk.offset, size: next - chunk.offset,
                name: table.names.intern("pages"))
            // The last chunk includes the footer.
            pages.layout = isLast ? .none : chunk.layout
            pages.isLazy = pages.layout.isNone
            addChild(pages, of: place)
        }
    }

    // The end of the section. Nil if the budget is used up (`pending` is set) or there is no end (`mismatch`
    // is set).
    private mutating func ramEnd(_ id: UInt32, _ section: inout RAMSectionScan) -> Int? {
        while true {
            do throws(Mismatch) {
                if section.recordCount >= RAMSectionScan.chunkSize {
                    section.chunks.append(.init(offset: section.offset, lastBlock: ram.lastBlock))
                    section.recordCount = 0
                }
                if try records(&section) { return try sectionEnd(id, section.offset) }
                // A section that fits into the budget is always read to its end.
                guard budget > 0 || scope != .stream else {
                    pending = section
                    return nil
                }
            } catch {
                if goOn(afterLossIn: &section) { continue }
                takeBackOverwritten(&section)
                if goOn(after: error, id, in: &section) { continue }
                guard let footer = footer(of: id, from: section.offset) else {
                    if !isSearching { mismatch = error }
                    if isGrowing || isSearching { pending = section }
                    return nil
                }
                pages?.endRun()
                endDamage(error, at: footer, in: &section)
                return footer + SectionFrames.footerSize
            }
        }
    }

    /// The distance in bytes within which records are searched after damage, and the maximum number of
    /// damages per section.
    private static let damageReach = 16 << 20
    private static let damageLimit = 1024

    // Tries to continue after damage, at a record before the end of the section. Returns whether it found
    // one.
    private mutating func goOn(
        after mismatch: Mismatch, _ id: UInt32, in section: inout RAMSectionScan
    ) -> Bool {
        guard !isGrowing, scope == .stream, section.damageCount < Self.damageLimit else { return false }
        let end = damageEnd(id, &section)
        // Each step comes here again until the section's end is found.
        let from = captured(section.offset) ?? section.offset
        let start = max(farSearch.resumed(.page(from: section.offset), from: section.offset), from)
        guard start < end else { return false }
        guard let found = resumption(in: start..<end, after: section.lastPage) else {
            farSearch.note(.page(from: section.offset), section.offset, reached: end)
            return false
        }
        budget -= (found.offset - section.offset) / 256
        if found.offset > section.offset {
            section.beginDamage()
            note(.damage(mismatch, section.offset..<found.offset))
            section.chunks.append(.init(offset: found.offset, lastBlock: found.lastBlock))
        } else {
            // Only the block was unknown.
            section.chunks[section.chunks.count - 1].lastBlock = found.lastBlock
        }
        pages?.endRun()
        section.offset = found.offset
        ram.resume(lastBlock: found.lastBlock)
        return true
    }

    // Returns the next place where records continue with a captured header; other records cannot be read.
    private func resumption(in range: Range<Int>, after last: RAMResumption.Last?) -> RAMResumption? {
        var start = range.lowerBound
        while start < range.upperBound,
            let found = RAMResumption.first(
                ram, in: start..<range.upperBound, after: last, region, limit: limit)
        {
            guard let next = captured(found.offset) else { return found }
            start = next
        }
        return nil
    }

    // The end of the gap in the header of the record at `offset`; nil if the whole header was captured.
    private func captured(_ offset: Int) -> Int? {
        guard !lost.isEmpty else { return nil }
        var reader = ram
        let nameSize = (try? reader.read(region, at: offset, limit: limit))?.nameSize ?? 0
        return lost.touching(offset..<offset + 8 + nameSize).last?.upperBound
    }

    // The latest possible end of the damage.
    private func damageEnd(_ id: UInt32, _ section: inout RAMSectionScan) -> Int {
        let most = min(section.offset.addingSaturated(Self.damageReach), limit)
        if let end = section.end, end.known >= section.offset, end.isFound || end.known >= most {
            return min(end.known, most)
        }
        let from = max(section.end?.known ?? 0, section.offset)
        let footers = FooterSearch(region: region, limit: limit)
        let found = ForwardWindow.first(in: region, from..<most) {
            footers.footer(of: id, in: $0, orStart: true)
        }
        section.end = (found ?? most, found != nil)
        return found ?? most
    }

    // Marks the rest of a section up to its footer as damage, unless it is RDMA's bytes.
    private mutating func endDamage(_ mismatch: Mismatch, at footer: Int, in section: inout RAMSectionScan) {
        guard !section.hasHook, footer > section.offset else { return note(.section(mismatch)) }
        section.beginDamage()
        note(.damage(mismatch, section.offset..<footer))
        section.chunks.append(.init(offset: footer, lastBlock: nil))
        // The damage may have named another block.
        if ram.blocks.count > 1 { ram.resume(lastBlock: nil) }
    }

    private func isOverwritten(_ section: RAMSectionScan) -> Bool {
        guard scope == .stream, let last = section.last else { return false }
        return SurePlace.stream(in: region, last.offset + 1..<section.offset) != nil
    }

    // Drops the last page if another stream begins inside it.
    private mutating func takeBackOverwritten(_ section: inout RAMSectionScan) {
        guard isOverwritten(section), let (offset, record) = section.last, record.block >= 0,
            section.recordCount > 0
        else { return }
        section.offset = offset
        section.recordCount -= 1
        section.last = nil
        pages?.discard(record.block, record.address..<record.address + ram.pageSize)
    }

    // Reads the next record and the adjacent ones of its kind. Returns true after the last record.
    private mutating func records(_ section: inout RAMSectionScan) throws(Mismatch) -> Bool {
        window.move(to: section.offset)
        let record = try record(at: section.offset)
        if record.kind == .hook, !section.hasHook, isOverwritten(section) {
            throw Mismatch(
                offset: section.offset, size: 8, expected: "a RAM record", found: "another stream before it")
        }
        let room = min(budget, RAMSectionScan.chunkSize - section.recordCount) - 1
        let more = ram.followers(
            of: record, in: region, at: section.offset, before: window.range.upperBound, limit: limit,
            atMost: room)
        let stride = ram.stride(record.kind) ?? 0
        remark(record, &section)
        pages?.add(record, at: section.offset, count: 1 + more, stride: stride)
        if !lost.isEmpty { dropLost(record, at: section.offset, count: 1 + more, stride: stride) }
        var final = record
        final.address += more * ram.pageSize
        section.last = (section.offset + (more > 0 ? record.size + (more - 1) * stride : 0), final)
        section.offset += record.size + more * stride
        section.recordCount += 1 + more
        if final.block >= 0 { section.lastPage = .init(record: final, end: section.offset) }
        budget -= 1 + more
        if record.kind == .eos { pages?.endRun() }
        joinChannels(record, at: section.offset)
        return record.kind == .eos
    }

    // Reads a record, provided that its header was captured.
    private mutating func record(at offset: Int) throws(Mismatch) -> RAMRecord {
        guard !lost.isEmpty else { return try ram.read(region, at: offset, limit: limit) }
        let before = ram
        let record = try ram.read(region, at: offset, limit: limit)
        guard lost.touching(offset..<offset + 8 + record.nameSize).isEmpty else {
            ram = before
            throw Mismatch(
                offset: offset, size: 8, expected: "a RAM record", found: "bytes that were not captured")
        }
        return record
    }

    // Drops pages with uncaptured bytes, so that they count as absent.
    private mutating func dropLost(_ record: RAMRecord, at offset: Int, count: Int, stride: Int) {
        guard record.block >= 0, record.bodySize > 0 else { return }
        let end = offset + record.size + (count - 1) * stride
        for gap in lost.touching(offset..<end) {
            // The number of the record that contains a byte; the name can make the first record longer.
            func number(_ place: Int) -> Int {
                place < offset + record.size ? 0 : (place - offset - record.size) / max(stride, 1) + 1
            }
            let first = number(max(gap.lowerBound, offset))
            let last = min(number(min(gap.upperBound, end) - 1), count - 1)
            let start = record.address + first * ram.pageSize
            pages?.discard(record.block, start..<start + (last - first + 1) * ram.pageSize)
        }
    }

    // Tries to continue with the records after uncaptured bytes. Returns whether that worked.
    private mutating func goOn(afterLossIn section: inout RAMSectionScan) -> Bool {
        guard let gap = lost.touching(section.offset..<section.offset + 8 + 256).first,
            let last = section.last,
            last.record.block >= 0,
            let next = ram.offset(
                after: gap, of: lost, last: (last.record, section.offset), in: region, limit: limit),
            // The end of the section may be lost, and its next part may be near.
            SurePlace.start(in: region, section.offset..<next) == nil
        else { return false }
        pages?.endRun()
        section.offset = next
        return true
    }

    // All channels synchronize here: what the others have sent until now is what the guest has.
    private mutating func joinChannels(_ record: RAMRecord, at offset: Int) {
        guard var channels = channels.take() else { return }
        if record.kind == (channels.syncsAtFlush ? .flush : .eos), var known = pages.take() {
            budget -= channels.sync(into: &known, at: offset)
            pages = known
        }
        self.channels = channels
    }

    private mutating func sectionEnd(_ id: UInt32, _ offset: Int) throws(Mismatch) -> Int {
        // A footer that was not captured still occupies its place.
        let footer = offset..<min(offset + SectionFrames.footerSize, limit)
        if state.hasFooters == true, !lost.touching(footer).isEmpty { return footer.upperBound }
        let reader = LiveSectionReader(region: region, limit: limit, hasFooters: state.hasFooters)
        let hasFooter = try reader.hasFooter(id, at: offset)
        state.hasFooters = hasFooter
        return offset + (hasFooter ? SectionFrames.footerSize : 0)
    }

    private mutating func remark(_ record: RAMRecord, _ section: inout RAMSectionScan) {
        switch record.kind {
        case .hook where !section.hasHook:
            section.hasHook = true
            note(.hook(at: section.offset))
        case .flush where !state.hasMultifdNote && channels == nil:
            state.hasMultifdNote = true
            note(.multifd(at: section.offset))
        default: break
        }
    }
}
