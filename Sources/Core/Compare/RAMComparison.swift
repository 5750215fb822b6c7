import Format
import Memory

/// The state of the comparison of a block.
package struct BlockComparison {
    package var block: RAMComparison.Block
    /// The next page.
    package fileprivate(set) var page = 0
    package fileprivate(set) var isFinished = false
    /// The first page of the current run of changed pages.
    fileprivate var open: Int?

    package init(block: RAMComparison.Block) { self.block = block }

    /// The progress, from 0 to 1.
    package var progress: Double { Double(page) / Double(max(block.pageCount, 1)) }
}

/// Compares guest RAM page by page, independent of the records that carried it.
package struct RAMComparison {
    /// The differences in one block.
    package struct Block: Sendable, Equatable {
        /// The name of the block. Escaped.
        package var name: String
        /// The number of the block in the index of each stream.
        package var first = 0
        package var second = 0
        package var pageCount = 0
        /// The number of pages that both streams have, with different bytes.
        package var changed = 0
        /// The number of pages that only one of the streams has.
        package var onlyLeft = 0
        package var onlyRight = 0
        /// The first runs of changed pages, as byte offsets in the block.
        package var runs: [Range<Int>] = []
        /// The number of all runs of changed pages.
        package var runCount = 0

        package init(
            name: String, first: Int = 0, second: Int = 0, pageCount: Int = 0, changed: Int = 0,
            onlyLeft: Int = 0, onlyRight: Int = 0, runs: [Range<Int>] = [], runCount: Int = 0
        ) {
            self.name = name
            self.first = first
            self.second = second
            self.pageCount = pageCount
            self.changed = changed
            self.onlyLeft = onlyLeft
            self.onlyRight = onlyRight
            self.runs = runs
            self.runCount = runCount
        }

        package var isEqual: Bool { changed == 0 && onlyLeft == 0 && onlyRight == 0 }
    }

    /// The maximum number of runs kept for each block.
    package static let runLimit = 1000

    private let left: PageReader
    private let right: PageReader

    package init(_ left: PageReader, _ right: PageReader) {
        self.left = left
        self.right = right
    }

    /// Compares one block of each stream. O(pages), and the bytes of pages that both have.
    package func compare(_ first: Int, _ second: Int, name: String) -> Block {
        var work = begin(first, second, name: name)
        while !work.isFinished { step(&work, budget: .max) }
        return work.block
    }

    /// Begins the comparison of one block of each stream.
    package func begin(_ first: Int, _ second: Int, name: String) -> BlockComparison {
        var block = Block(name: name, first: first, second: second)
        block.pageCount =
            min(left.index.blocks[first].size, right.index.blocks[second].size) / left.index.pageSize
        return BlockComparison(block: block)
    }

    /// Compares up to `budget` more pages.
    package func step(_ work: inout BlockComparison, budget: Int) {
        let pageSize = left.index.pageSize
        let end = work.page.addingSaturated(min(budget, work.block.pageCount - work.page))
        while work.page < end {
            let page = work.page
            if page % BlockPages.chunkSize == 0, skipAbsent(&work) { continue }
            let isChanged = look(page, &work)
            if isChanged { work.block.changed += 1 }
            if isChanged, work.open == nil { work.open = page }
            if let start = work.open, !isChanged {
                Self.close(start..<page, pageSize, &work.block)
                work.open = nil
            }
            work.page += 1
        }
        guard work.page == work.block.pageCount else { return }
        if let start = work.open { Self.close(start..<work.page, pageSize, &work.block) }
        work.isFinished = true
        release()
    }

    private static func close(_ pages: Range<Int>, _ pageSize: Int, _ block: inout Block) {
        block.runCount += 1
        guard block.runs.count < runLimit else { return }
        block.runs.append(pages.lowerBound * pageSize..<pages.upperBound * pageSize)
    }

    // Skips to the next page that one of the streams has; a block may claim any size.
    private func skipAbsent(_ work: inout BlockComparison) -> Bool {
        let page = work.page
        let kept = min(
            left.index.nextKept(block: work.block.first, from: page),
            right.index.nextKept(block: work.block.second, from: page), work.block.pageCount)
        guard kept > page else { return false }
        if let start = work.open { Self.close(start..<page, left.index.pageSize, &work.block) }
        work.open = nil
        work.page = kept
        return true
    }

    private func look(_ page: Int, _ work: inout BlockComparison) -> Bool {
        let (first, second) = (work.block.first, work.block.second)
        let pageSize = left.index.pageSize
        let one = left.index.entry(block: first, page: page, in: left.region)
        let two = right.index.entry(block: second, page: page, in: right.region)
        switch (one.kind, two.kind) {
        case (.absent, .absent), (.zero, .zero): return false
        case (.absent, _):
            work.block.onlyRight += 1
            return false
        case (_, .absent):
            work.block.onlyLeft += 1
            return false
        case (.raw, .raw):
            left.prepare(one)
            right.prepare(two)
            return !left.index.region(of: one, stream: left.region).isEqual(
                one.offset..<one.offset + pageSize, to: right.index.region(of: two, stream: right.region),
                two.offset..<two.offset + pageSize)
        default:
            return bytes(left, first, page) != bytes(right, second, page)
        }
    }

    private func bytes(_ reader: PageReader, _ block: Int, _ page: Int) -> [UInt8]? {
        switch reader.content(block: block, page: page) {
        case .absent: nil
        case .zero: [UInt8](repeating: 0, count: reader.index.pageSize)
        case .bytes(let bytes): bytes
        }
    }

    private func release() {
        left.release()
        right.release()
    }
}
