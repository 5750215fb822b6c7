import Bytes
import Diagnose
import Format
import Memory
import Stream

/// The RAM blocks of a new stream, and the sources of their pages.
package struct RAMPlan: Equatable {
    /// A block of the new stream.
    package struct Block: Equatable {
        package var name: [UInt8]
        /// The size in bytes.
        package var size: Int
        /// The pieces, without overlap, in the order of their places.
        package var pieces: [Piece]

        /// Joins pieces that are adjacent in both blocks.
        mutating func joinPieces() {
            var joined: [Piece] = []
            for piece in pieces {
                if let last = joined.last, last.source == piece.source,
                    last.offset + last.length == piece.offset, last.place + last.length == piece.place
                {
                    joined[joined.count - 1].length += piece.length
                } else {
                    joined.append(piece)
                }
            }
            pieces = joined
        }
    }

    /// Bytes of a source block, in whole pages.
    package struct Piece: Equatable {
        /// The number of the block in the source.
        package var source: Int
        /// The offsets of the piece in the source block and in the new block, in bytes.
        package var offset: Int
        package var place: Int
        package var length: Int

        /// The pages of the source's block that are in a block.
        func pages(in block: Block, _ index: RAMIndex) -> Range<Int> {
            let first = offset / index.pageSize
            let room = min(length, block.size - place) / index.pageSize
            return first..<max(first, min(first + room, index.pageCount(block: source)))
        }
    }

    package var blocks: [Block]
    /// Whether to omit pages: the destination keeps its own.
    package var leavesPagesOut = false
    /// The pages that are written regardless, with these bytes, by block and page number of the source.
    package var replacements: [PageNumber: [UInt8]] = [:]

    package struct PageNumber: Hashable {
        package var block: Int
        package var page: Int

        package init(block: Int, page: Int) {
            self.block = block
            self.page = page
        }
    }

    /// The pages that are written even if others are omitted, in the order of their places in a block.
    package func replaced(in block: Block, _ pageSize: Int) -> [(page: Int, bytes: [UInt8])] {
        var result: [(page: Int, bytes: [UInt8])] = []
        for (place, bytes) in replacements {
            let offset = place.page * pageSize
            for piece in block.pieces
            where piece.source == place.block && offset >= piece.offset
                && offset - piece.offset + piece.place < block.size
                && offset < piece.offset + piece.length
            {
                result.append(((offset - piece.offset + piece.place) / pageSize, bytes))
            }
        }
        return result.sorted { $0.page < $1.page }
    }

    /// Creates a plan that keeps all blocks.
    package init(_ source: Document) {
        blocks = source.store.state.blocks.enumerated().map { number, block in
            Block(
                name: Array(source.store.table.names.bytes(block.name)), size: block.usedLength,
                pieces: [Piece(source: number, offset: 0, place: 0, length: block.usedLength)])
        }
    }
}

extension Document {
    /// - Parameter skipped: the range that is not written.
    /// - Throws: `EditError` when bytes of a capture are missing: the output would have zeros instead.
    package func requireCaptured(but skipped: Range<Int> = 0..<0) throws(EditError) {
        let gap = store.lost.ranges.first { gap in
            gap.lowerBound < skipped.lowerBound || gap.upperBound > skipped.upperBound
        }
        guard let gap else { return }
        throw EditError(
            "\(gap.count) bytes at \(Hex.offset(gap.lowerBound)) of the stream were not captured: in the output, they would "
                + "be zeros; try: capture it again, or migscope check")
    }

    /// Returns the offset where a live section could not be read, so that its pages are unknown; nil when all
    /// could. The live part must be open. O(findings + records).
    package func unreadRAM(in range: Range<Int>) -> Int? {
        let unread = findings.lazy.filter { $0.code == .sectionFormat && $0.severity != .note }.map(\.offset)
        return (unread + store.gapsInRAM.map(\.offset)).filter(range.contains).min()
    }
}

/// The live part of a stream, with the RAM blocks of a plan and without dropped sections and commands.
///
/// All sections and commands keep their order, and the records of pages their passes: the opposite edit gives
/// the same bytes if no page was lost. Only where pages are left out does one section of RAM, its END, hold
/// what remains.
package struct LiveRewrite {
    private let source: Document
    private let range: Range<Int>
    private let plan: RAMPlan
    private let dropped: Set<UInt32>
    private let commands: [Range<Int>]
    private let ramID: UInt32?

    /// - Throws: `EditError` when the live part could not be read whole.
    package init(
        _ source: Document, _ range: Range<Int>, _ plan: RAMPlan, dropped: Set<UInt32>,
        _ commands: [Range<Int>] = []
    ) throws(EditError) {
        self.source = source
        self.range = range
        self.plan = plan
        self.dropped = dropped
        self.commands = commands
        ramID = source.store.ramSectionID
        try Self.requireReadableRAM(source, range, pages: !plan.leavesPagesOut)
    }

    /// Reads the live part of a stream.
    /// - Parameter pages: whether the content of the pages is needed.
    /// - Throws: `EditError` when it could not be read to its end: the part after the damage would be lost.
    package static func requireReadableRAM(
        _ source: Document, _ range: Range<Int>, pages: Bool = true
    ) throws(EditError) {
        source.openLivePart()
        let inRAM = Set(source.store.gapsInRAM.map(\.offset))
        if let gap = source.store.records.first(where: {
            $0.kind == .gap && range.contains($0.offset) && !inRAM.contains($0.offset)
        }) {
            throw EditError(
                "the live part has bytes at \(Hex.offset(gap.offset)) that no section claims: "
                    + "RAM can't be rewritten; try: migscope check")
        }
        if pages, let fault = source.unreadRAM(in: range) {
            throw EditError(
                "RAM can't be read after \(Hex.offset(fault)): a rewrite would lose pages; "
                    + "try: migscope check")
        }
    }

    /// Writes the live part. O(its size), or O(its records other than pages) while the blocks are unchanged.
    package func write(to sink: inout some PieceSink) throws(EditError) {
        var position = range.lowerBound
        var passes = plan == RAMPlan(source) ? nil : RAMPasses(source, plan)
        for record in records() {
            let id = record.section?.id
            let isDropped = id.map(dropped.contains) == true
            if id != nil, id == ramID, !isDropped, !plan.leavesPagesOut {
                guard passes != nil else { continue }
                try sink.copy(source.store.region, position..<record.offset)
                position = try passes?.write(record, to: &sink) ?? record.offset
                continue
            }
            guard record.kind == .command || isDropped || id != nil && id == ramID else { continue }
            try sink.copy(source.store.region, position..<record.offset)
            position = record.end
            if !isDropped, record.kind == .end { try replacements(to: &sink) }
        }
        try sink.copy(source.store.region, position..<range.upperBound)
    }

    /// The size of the rewritten part in bytes. O(its size), like `write`.
    package var size: Int {
        get throws(EditError) {
            var sink = CountingSink()
            try write(to: &sink)
            return sink.count
        }
    }

    private func records() -> [SectionRecord] {
        source.store.records.filter {
            ($0.kind == .part || $0.kind == .end || commands.contains($0.offset..<$0.end))
                && range.contains($0.offset)
        }.sorted { $0.offset < $1.offset }
    }

    private func replacements(to sink: inout some PieceSink) throws(EditError) {
        guard let ramID else { return }
        try sink.put([SectionType.end.rawValue] + FrameBytes.bigEndian(ramID))
        let index = source.ramIndex()
        var writer = PlainPages(source.store.region, index, plan)
        try writer.write(to: &sink)
        try sink.put(
            FrameBytes.bigEndian(RAMFlag.eos)
                + (source.store.state.hasFooters != false ? FrameBytes.footer(ramID) : []))
    }
}

/// Counts the bytes of an output.
private struct CountingSink: PieceSink {
    var count = 0

    mutating func put(_ bytes: [UInt8]) { count += bytes.count }
    mutating func copy(_ region: MappedRegion, _ range: Range<Int>) { count += range.count }
    mutating func skip(_ count: Int) { self.count += count }
}

/// Pages as plain records, each once: zero pages as marks, all others whole.
package struct PlainPages {
    private let region: MappedRegion
    private let index: RAMIndex
    private let plan: RAMPlan
    private let reader: PageReader
    private let pageSize: Int
    private var buffer: [UInt8] = []
    private var lastBlock: Int?

    private static let bufferSize = 1 << 18

    package init(_ region: MappedRegion, _ index: RAMIndex, _ plan: RAMPlan) {
        self.region = region
        self.index = index
        self.plan = plan
        reader = PageReader(region: region, index: index)
        pageSize = index.pageSize
    }

    /// Writes the pages. O(sent pages), or O(replacements) when all others are omitted.
    package mutating func write(to sink: inout some PieceSink) throws(EditError) {
        if plan.leavesPagesOut { return try writeReplacements(to: &sink) }
        for (number, block) in plan.blocks.enumerated() {
            for piece in block.pieces where index.blocks.indices.contains(piece.source) {
                let pages = piece.pages(in: block, index)
                var page = pages.lowerBound
                while page < pages.upperBound {
                    page = index.nextKept(block: piece.source, from: page)
                    guard page < pages.upperBound else { break }
                    page += try run(piece, number, from: page, pages.upperBound, &sink)
                }
            }
        }
        try flush(&sink)
    }

    private mutating func writeReplacements(to sink: inout some PieceSink) throws(EditError) {
        for (number, block) in plan.blocks.enumerated() {
            for (page, bytes) in plan.replaced(in: block, pageSize) {
                header(number, page, RAMFlag.page)
                buffer += bytes
            }
        }
        try flush(&sink)
    }

    // Returns the number of pages that were written: one, or a run of raw pages that the source has in the
    // same form.
    private mutating func run(
        _ piece: RAMPlan.Piece, _ target: Int, from page: Int, _ end: Int, _ sink: inout some PieceSink
    ) throws(EditError) -> Int {
        let number = piece.source
        let block = plan.blocks[target]
        let isMoved = piece.offset != piece.place
        let moved = page + (piece.place - piece.offset) / pageSize
        let entry = index.entry(block: number, page: page, in: region)
        // The stream's bytes do not contain a page from a channel, or from a block's file.
        switch entry.space != 0 && entry.kind == .raw ? .compressed : entry.kind {
        case .absent: return 1
        case .zero:
            header(target, moved, RAMFlag.zero)
            buffer.append(0)
        case .xbzrle, .compressed:
            guard case .bytes(let bytes) = reader.content(block: number, page: page) else {
                throw EditError(
                    "page \(Hex.offset(page * pageSize)) of \(DisplayText.escaped(bytes: block.name)) can't be decompressed"
                )
            }
            header(target, moved, RAMFlag.page)
            buffer += bytes
        case .raw:
            header(target, moved, RAMFlag.page)
            let last = isMoved ? 1 : rawRun(number, from: page, at: entry.place, end)
            let limit = entry.place + last * pageSize + (last - 1) * 8
            guard limit <= region.count else {
                throw EditError("page \(Hex.offset(page * pageSize)) is cut off; try: migscope check")
            }
            if limit - entry.place < Self.bufferSize {
                buffer += region.copy(entry.place..<limit)
            } else {
                try flush(&sink)
                try sink.copy(region, entry.place..<limit)
            }
            if buffer.count >= Self.bufferSize { try flush(&sink) }
            return last
        }
        if buffer.count >= Self.bufferSize { try flush(&sink) }
        return 1
    }

    // Runs in a mapped-ram file have no words between their pages.
    private func rawRun(_ number: Int, from page: Int, at place: Int, _ count: Int) -> Int {
        var length = 1
        var body = place
        while page + length < count {
            let entry = index.entry(block: number, page: page + length, in: region)
            let next = body + pageSize + 8
            let word = UInt64((page + length) * pageSize) | RAMFlag.page | RAMFlag.cont
            guard entry.kind == .raw, entry.space == 0, entry.place == next,
                region.bigEndian(UInt64.self, at: next - 8) == word
            else { break }
            body = next
            length += 1
        }
        return length
    }

    private mutating func header(_ number: Int, _ page: Int, _ flag: UInt64) {
        let block = plan.blocks[number]
        let isSame = lastBlock == number
        let word = UInt64(page * pageSize) | flag | (isSame ? RAMFlag.cont : 0)
        buffer += FrameBytes.bigEndian(word)
        if !isSame {
            buffer.append(UInt8(truncatingIfNeeded: block.name.count))
            buffer += block.name
        }
        lastBlock = number
    }

    private mutating func flush(_ sink: inout some PieceSink) throws(EditError) {
        guard !buffer.isEmpty else { return }
        try sink.put(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
