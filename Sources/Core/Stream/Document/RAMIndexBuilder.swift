import Bytes
import Format

/// Builds the index of a part of the stream in steps, from sections at known offsets.
///
/// Works on Sendable values only and can run on any thread.
package struct RAMIndexBuilder: Sendable {
    /// A range of the stream that affects RAM pages.
    package enum Source: Sendable {
        /// A PART or END section: its records, and the block that CONTINUE refers to at its start.
        case records(Range<Int>, lastBlock: Int?)
        /// Postcopy discards: pages of a block, in bytes.
        case discard(block: Int, Range<Int>)
    }

    private let region: MappedRegion
    private let sources: [Source]
    private var pages: RAMPageCollector
    private var reader: RAMReader
    private var window: ForwardWindow
    private var current = 0
    /// The offset of the next record in the current source; nil before its first.
    private var position: Int?

    package init(region: MappedRegion, blocks: [RAMBlock], pageSize: Int, names: NameTable, sources: [Source])
    {
        self.region = region
        self.sources = sources
        reader = RAMReader(pageSize: pageSize, blocks: blocks, names: names)
        pages = RAMPageCollector(blocks: blocks, pageSize: pageSize)
        window = ForwardWindow(region, from: 0, limit: region.count)
    }

    /// The index built so far.
    package var index: RAMIndex { pages.index }

    package var isFinished: Bool { current >= sources.count }

    /// The fraction of the RAM sections that was read, from 0 to 1.
    package var progress: Double { sources.isEmpty ? 1 : Double(current) / Double(sources.count) }

    /// Reads about `budget` more records. O(budget).
    package mutating func step(budget: Int) {
        var left = budget
        while left > 0, !isFinished {
            switch sources[current] {
            case .records(let range, let lastBlock):
                if position == nil { reader.resume(lastBlock: lastBlock) }
                let read = records(from: position ?? range.lowerBound, limit: range.upperBound, atMost: left)
                left -= max(read.count, 1)
                position = read.end
                if read.count == 0 { next() }
            case .discard(let block, let bytes):
                pages.discard(block, bytes)
                next()
            }
        }
        if isFinished { window.close() }
    }

    /// Reads all remaining records.
    package mutating func finish() {
        while !isFinished { step(budget: 1 << 20) }
    }

    private mutating func next() {
        pages.endRun()
        current += 1
        position = nil
    }

    // The number of records that were read, 0 after the last; and their end.
    private mutating func records(
        from position: Int, limit: Int, atMost count: Int
    ) -> (count: Int, end: Int) {
        window.move(to: position)
        guard let record = try? reader.read(region, at: position, limit: limit), record.kind != .eos else {
            return (0, position)
        }
        let more = reader.followers(
            of: record, in: region, at: position, before: window.range.upperBound, limit: limit,
            atMost: count - 1)
        let stride = reader.stride(record.kind) ?? 0
        pages.add(record, at: position, count: 1 + more, stride: stride)
        return (1 + more, position + record.size + more * stride)
    }
}
