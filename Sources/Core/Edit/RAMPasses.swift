import Bytes
import Format
import Stream

/// The records of the RAM sections in their order, for the blocks of a plan.
///
/// Of a record only the word and the block's name change; records of pages that no block keeps are left out.
/// Thus deltas stay deltas, and each pass of the source stays one.
struct RAMPasses {
    private let region: MappedRegion
    private let plan: RAMPlan
    private let pageSize: Int
    private let names: [[UInt8]]
    /// The pages that a block of the plan keeps, by block of the source; in order.
    private let kept: [[Kept]]
    private var reader: RAMReader
    private var window: ForwardWindow
    /// The block that CONTINUE refers to, in the source and in the output.
    private var lastSource: Int?
    private var lastTarget: Int?
    private var buffer: [UInt8] = []
    /// The start of the source's bytes that are to be copied unchanged.
    private var unwritten = 0

    private static let bufferSize = 1 << 18

    private struct Kept {
        var pages: Range<Int>
        var target: Int
        /// The distance of the pages from their old place, in bytes.
        var shift: Int
    }

    init(_ source: Document, _ plan: RAMPlan) {
        let state = source.store.state
        region = source.store.region
        self.plan = plan
        pageSize = state.pageSize
        names = state.blocks.map { Array(source.store.table.names.bytes($0.name)) }
        reader = RAMReader(pageSize: state.pageSize, blocks: state.blocks, names: source.store.table.names)
        window = ForwardWindow(source.store.region, from: 0, limit: source.store.region.count)
        var kept = [[Kept]](repeating: [], count: state.blocks.count)
        for (target, block) in plan.blocks.enumerated() {
            for piece in block.pieces where kept.indices.contains(piece.source) {
                let first = piece.offset / state.pageSize
                let count = max(min(piece.length, block.size - piece.place), 0) / state.pageSize
                guard count > 0 else { continue }
                kept[piece.source].append(
                    Kept(pages: first..<first + count, target: target, shift: piece.place - piece.offset))
            }
        }
        self.kept = kept.map { $0.sorted { $0.pages.lowerBound < $1.pages.lowerBound } }
    }

    /// Writes a PART or END section of RAM up to the end of its records.
    ///
    /// - Returns: the offset in the source from which it continues unchanged.
    mutating func write(_ section: SectionRecord, to sink: inout some PieceSink) throws(EditError) -> Int {
        reader.resume(lastBlock: section.lastBlock)
        lastSource = section.lastBlock
        // Where a source goes on over another connection, it names its block anew.
        if lastSource == nil { lastTarget = nil }
        var position = section.offset + (section.ram?.hasHeader ?? true ? 5 : 0)
        unwritten = section.offset
        while position < section.end {
            window.move(to: position)
            guard let record = try? reader.read(region, at: position, limit: section.end), record.kind != .eos
            else { break }
            guard record.block >= 0 else {
                position += record.size
                continue
            }
            let more = reader.followers(
                of: record, in: region, at: position, before: window.range.upperBound, limit: section.end,
                atMost: .max)
            try write(run: record, at: position, count: 1 + more, to: &sink)
            lastSource = record.block
            position += record.size + more * (reader.stride(record.kind) ?? 0)
        }
        try flush(upTo: position, &sink)
        window.close()
        return position
    }

    // Records with consecutive pages of a block: only the first may have a name.
    private mutating func write(
        run record: RAMRecord, at start: Int, count: Int, to sink: inout some PieceSink
    ) throws(EditError) {
        let first = record.address / pageSize
        let stride = reader.stride(record.kind) ?? 0
        func offset(_ number: Int) -> Int {
            number == 0 ? start : start + record.size + (number - 1) * stride
        }
        var number = 0
        while number < count {
            let page = first + number
            let piece = kept[record.block].first { $0.pages.upperBound > page }
            guard let piece, piece.pages.lowerBound <= page else {
                let next = piece.map { min($0.pages.lowerBound - first, count) } ?? count
                try flush(upTo: offset(number), &sink)
                unwritten = offset(next)
                number = next
                continue
            }
            let next = min(piece.pages.upperBound - first, count)
            // A name that the source repeats is repeated.
            let isNamed = number == 0 && record.nameSize > 0
            let names = lastTarget != piece.target || isNamed && lastSource == record.block
            let isSame =
                piece.shift == 0 && names == isNamed
                && (!names || plan.blocks[piece.target].name == self.names[record.block])
            if !isSame {
                try flush(upTo: offset(number), &sink)
                for moved in number..<(piece.shift == 0 ? number + 1 : next) {
                    header(
                        moved == number && names ? piece.target : nil, first + moved, piece.shift,
                        offset(moved))
                    let body = offset(moved) + 8 + (moved == 0 ? record.nameSize : 0)
                    buffer += region.copy(body..<body + record.bodySize)
                    unwritten = body + record.bodySize
                    if buffer.count >= Self.bufferSize { try put(&sink) }
                }
            }
            lastTarget = piece.target
            number = next
        }
    }

    // The flags of the record, without and with CONTINUE.
    private mutating func header(_ named: Int?, _ page: Int, _ shift: Int, _ offset: Int) {
        let word = region.bigEndian(UInt64.self, at: offset) ?? 0
        let flags = word & UInt64(pageSize - 1) & ~RAMFlag.cont
        let address = UInt64(page * pageSize + shift)
        buffer += FrameBytes.bigEndian(address | flags | (named == nil ? RAMFlag.cont : 0))
        guard let named else { return }
        buffer.append(UInt8(truncatingIfNeeded: plan.blocks[named].name.count))
        buffer += plan.blocks[named].name
    }

    private mutating func flush(upTo end: Int, _ sink: inout some PieceSink) throws(EditError) {
        try put(&sink)
        if unwritten < end { try sink.copy(region, unwritten..<end) }
        unwritten = end
    }

    private mutating func put(_ sink: inout some PieceSink) throws(EditError) {
        guard !buffer.isEmpty else { return }
        try sink.put(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
