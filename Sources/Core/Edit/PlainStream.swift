import Bytes
import Diagnose
import Format
import Memory
import Stream

/// A stream as one without capabilities is written: precopy, each page once, devices after them.
///
/// What carried the pages - XBZRLE, compressed pages, mapped-ram, a package of postcopy - is gone (migration/ram.c and
/// savevm.c, 7.2 to 11.1).
package struct PlainStream {
    private let source: Document
    private let sections: [CheckedSection]
    private let ramStart: CheckedSection
    /// Whether the result is a mapped-ram file.
    private let isMapped: Bool
    /// Whether memory that was shared with the destination is here all the same, from files of its blocks.
    private let hasSharedMemory: Bool

    /// Capabilities that change what a stream looks like.
    private static let shaping = [
        "mapped-ram", "multifd", "xbzrle", "compress", "postcopy-ram", "background-snapshot",
    ]

    /// - Throws: `EditError` where pages or devices are not in the stream.
    package init(_ source: Document, mapped isMapped: Bool = false) throws(EditError) {
        self.source = source
        self.isMapped = isMapped
        source.openLivePart()
        sections = source.store.checkedSections()
        guard let ramStart = source.store.ramStart.flatMap(source.store.checked) else {
            throw EditError("the stream has no RAM section")
        }
        self.ramStart = ramStart
        guard sections.contains(where: { $0.record.kind == .full }) else {
            throw EditError("the stream has no devices: it is cut off, or they are on another channel")
        }
        if source.findings.contains(where: { $0.code == .multifdChannels }),
            !source.store.state.blocks.contains(where: { $0.mapped != nil })
        {
            throw EditError("pages went over other channels (multifd), which this file does not hold")
        }
        if source.findings.contains(where: { $0.code == .ramHook }) {
            throw EditError("pages went by RDMA, which this file does not hold")
        }
        try LiveRewrite.requireReadableRAM(
            source, 0..<(source.store.firstEndMark ?? source.store.region.count))
        hasSharedMemory = Self.hasAllPages(source)
        guard source.store.state.advisedPageSizes.nonzeroBitCount <= 1 || !isMapped else {
            throw EditError("RAM in huge pages; try: migscope convert FILE -o PLAIN first")
        }
    }

    package func write(to sink: inout some PieceSink) throws(EditError) {
        let region = source.store.region
        var position = 0
        func put(_ bytes: [UInt8]) throws(EditError) {
            try sink.put(bytes)
            position += bytes.count
        }
        try put(region.copy(0..<8))
        try put(configuration())
        let hasFooters = source.store.state.hasFooters != false
        try put(
            FrameBytes.header(
                .start, id: ramStart.id, name: ramStart.key.name, instance: ramStart.key.instance,
                version: ramStart.version))
        try put(FrameBytes.bigEndian(total | RAMFlag.memSize))
        let index = source.ramIndex()
        for (number, block) in source.store.state.blocks.enumerated() {
            let name = Array(source.store.table.names.bytes(block.name))
            try put(
                [UInt8(truncatingIfNeeded: name.count)] + name
                    + FrameBytes.bigEndian(UInt64(block.usedLength)))
            if ignoresShared { try put(FrameBytes.bigEndian(address(of: number))) }
            if isMapped { position = try mapped(number, index, at: position, &sink) }
        }
        try put(FrameBytes.bigEndian(RAMFlag.eos) + (hasFooters ? FrameBytes.footer(ramStart.id) : []))
        for record in source.store.records
        where record.kind == .start && record.offset != ramStart.record.offset {
            try sink.copy(region, record.offset..<record.end)
        }
        for record in others() { try sink.copy(region, record.offset..<record.end) }
        try sink.put([SectionType.end.rawValue] + FrameBytes.bigEndian(ramStart.id))
        if !isMapped {
            var pages = PlainPages(region, index, RAMPlan(source))
            try pages.write(to: &sink)
        }
        try sink.put(
            FrameBytes.bigEndian(RAMFlag.eos) + (hasFooters ? FrameBytes.footer(ramStart.id) : []))
        for section in sections where section.record.kind == .full {
            try sink.copy(region, section.record.offset..<section.record.end)
        }
        try sink.put([SectionType.endOfFile.rawValue])
        if let own = source.store.description, own.borrowedFrom == nil, own.dump == nil {
            try sink.put(FrameBytes.description(description(own)))
        }
    }

    // PART and END sections that are not of RAM.
    private func others() -> [SectionRecord] {
        source.store.records.filter {
            ($0.kind == .part || $0.kind == .end) && $0.section?.id != ramStart.id
        }.sorted { $0.offset < $1.offset }
    }

    private var total: UInt64 { source.store.state.blocks.reduce(0) { $0 &+ UInt64($1.usedLength) } }

    // MARK: Configuration

    private var capabilities: [[UInt8]] {
        source.store.state.capabilities.map { Array(source.store.table.names.bytes($0)) }
    }

    private func isShaping(_ capability: [UInt8]) -> Bool {
        Self.shaping.contains { capability.elementsEqual($0.utf8) }
            || hasSharedMemory && capability.elementsEqual(Self.sharing.utf8)
    }

    private static let sharing = "x-ignore-shared"

    private static func hasAllPages(_ source: Document) -> Bool {
        let index = source.ramIndex()
        return index.blocks.indices.allSatisfy {
            index.counts(block: $0, in: source.store.region).absent == 0
        }
    }

    /// Whether the configuration names a capability that a plain stream does without, and that a destination would have to
    /// have (migration/savevm.c configuration_validate_capabilities).
    static func hasShapingCapability(_ source: Document) -> Bool {
        let names = source.store.state.capabilities.map { source.store.table.names.text($0) }
        return names.contains(where: shaping.contains) || names.contains(sharing) && hasAllPages(source)
    }

    private var ignoresShared: Bool {
        !hasSharedMemory && capabilities.contains { $0.elementsEqual(Self.sharing.utf8) }
    }

    private func address(of number: Int) -> UInt64 {
        let items = source.store.table.items(of: ramStart.record.layout).filter {
            source.store.table[type: $0.type].name == "RAM block"
        }
        guard items.indices.contains(items.startIndex + number) else { return 0 }
        let item = items[items.startIndex + number]
        let place =
            ramStart.record.offset + item.offset + 1 + source.store.table.names.bytes(item.name).count + 8
        return source.store.region.bigEndian(UInt64.self, at: place) ?? 0
    }

    // With the capabilities that the result has.
    private func configuration() -> [UInt8] {
        guard let record = source.store.records.first(where: { $0.kind == .configuration }) else { return [] }
        var names = capabilities.filter { !isShaping($0) }
        if isMapped { names.append(Array("mapped-ram".utf8)) }
        let bytes = source.store.region.copy(record.offset..<record.end)
        let subsection = names.isEmpty ? [] : Self.subsection(names)
        guard
            let node = source.path(text: "configuration/configuration%2fcapabilities").map({
                source.tree.node($0)
            }
            )
        else {
            return bytes + subsection
        }
        let start = node.offset - record.offset
        return Array(bytes[..<start]) + subsection + Array(bytes[(start + node.size)...])
    }

    private static func subsection(_ names: [[UInt8]]) -> [UInt8] {
        let title = Array("configuration/capabilities".utf8)
        var bytes =
            [SectionType.subsection.rawValue, UInt8(title.count)] + title
            + FrameBytes.bigEndian(UInt32(1))
        bytes += FrameBytes.bigEndian(UInt32(names.count))
        for name in names { bytes += [UInt8(truncatingIfNeeded: name.count)] + name }
        return bytes
    }

    // The description lists the capabilities too.
    private func description(_ own: Description) -> [UInt8] {
        let text = source.store.region.copy(own.text)
        let isSame = !isMapped && !capabilities.contains(where: isShaping)
        guard !isSame, var tree = StreamDraft.descriptionTree(of: source) else { return text }
        guard var configuration = tree.configuration else { return text }
        let all = configuration["subsections"]?.elements ?? []
        let kept = all.filter { $0["vmsd_name"]?.isText("configuration/capabilities".utf8) != true }
        configuration["subsections"] = kept.isEmpty ? nil : .array(kept)
        tree.configuration = configuration
        return tree.text
    }

    // MARK: mapped-ram

    // Pages are at multiples of this (migration/ram.c MAPPED_RAM_FILE_OFFSET_ALIGNMENT, 9.0).
    private static let alignment = 1 << 20

    // More than any machine has: 16 TiB in pages of 4 KiB.
    private static let pageLimit = 1 << 32

    // Header, bitmap and pages of a block; returns where the next one begins.
    private func mapped(
        _ number: Int, _ index: RAMIndex, at start: Int, _ sink: inout some PieceSink
    ) throws(EditError) -> Int {
        let pageSize = index.pageSize
        let count = index.pageCount(block: number)
        guard count <= Self.pageLimit else {
            throw EditError("a RAM block of \(count) pages: more than a mapped-ram file holds")
        }
        let bitmapSize = (count + 63) / 64 * 8
        let bitmapStart = start + 28
        let pages = (bitmapStart + bitmapSize + Self.alignment - 1) / Self.alignment * Self.alignment
        var header = FrameBytes.bigEndian(UInt32(1)) + FrameBytes.bigEndian(UInt64(pageSize))
        header += FrameBytes.bigEndian(UInt64(bitmapStart)) + FrameBytes.bigEndian(UInt64(pages))
        try sink.put(header)
        try bitmap(number, index, count, &sink)
        try sink.skip(pages - bitmapStart - bitmapSize)
        let reader = PageReader(region: source.store.region, index: index)
        var done = 0
        var page = index.nextKept(block: number, from: 0)
        while page < count {
            switch index.entry(block: number, page: page, in: source.store.region).kind {
            case .absent, .zero: break
            case .raw, .xbzrle, .compressed:
                if page > done { try sink.skip((page - done) * pageSize) }
                guard case .bytes(let bytes) = reader.content(block: number, page: page) else {
                    throw EditError("page \(Hex.offset(page * pageSize)) can't be unpacked")
                }
                try sink.put(bytes)
                done = page + 1
            }
            page = index.nextKept(block: number, from: page + 1)
        }
        let hole = (count - done) * pageSize
        try sink.skip(hole + source.store.state.blocks[number].usedLength - count * pageSize)
        return pages + source.store.state.blocks[number].usedLength
    }

    // A bit for each page that has bytes, in pieces: it grows with the guest, not with the memory of migscope.
    private func bitmap(
        _ number: Int, _ index: RAMIndex, _ count: Int, _ sink: inout some PieceSink
    ) throws(EditError) {
        let pieceSize = 1 << 16
        var page = index.nextKept(block: number, from: 0)
        for start in stride(from: 0, to: count, by: pieceSize * 8) {
            let pageCount = min(pieceSize * 8, count - start)
            var bits = [UInt8](repeating: 0, count: (pageCount + 63) / 64 * 8)
            while page < start + pageCount {
                switch index.entry(block: number, page: page, in: source.store.region).kind {
                case .absent, .zero: break
                case .raw, .xbzrle, .compressed: bits[(page - start) / 8] |= 1 << UInt8((page - start) % 8)
                }
                page = index.nextKept(block: number, from: page + 1)
            }
            if bits.allSatisfy({ $0 == 0 }) { try sink.skip(bits.count) } else { try sink.put(bits) }
        }
    }

    /// Whether a stream that was written reads as this one: the same bytes, sections and pages.
    package func verify(_ written: MappedRegion) throws(EditError) {
        var sink = VerifyingSink(written)
        try write(to: &sink)
        try sink.finish()
        let reopened: Document
        do throws(OpenError) {
            reopened = try Document.open(region: written, name: source.overview.fileName)
        } catch {
            throw EditError("what was written can't be opened: \(error)")
        }
        reopened.openLivePart()
        let (wanted, found) = (
            sections.filter { $0.record.kind == .full }.map(\.key),
            reopened.store.checkedSections().filter { $0.record.kind == .full }.map(\.key)
        )
        guard wanted == found else {
            throw EditError("what was written has \(found.count) devices, not \(wanted.count)")
        }
        let (old, new) = (source.ramIndex(), reopened.ramIndex())
        guard old.blocks.count == new.blocks.count else {
            throw EditError("what was written has other RAM blocks")
        }
        for block in old.blocks.indices {
            let (here, there) = (
                old.counts(block: block, in: source.store.region), new.counts(block: block, in: written)
            )
            let isMappedPair = isMapped || source.store.state.blocks[block].mapped != nil
            guard isMappedPair || here.absent == there.absent else {
                throw EditError("what was written lacks pages of block \(block)")
            }
        }
    }
}
