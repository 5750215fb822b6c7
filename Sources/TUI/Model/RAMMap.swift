import Bytes
import Format
import Memory
import Stream

/// The states of the pages of all RAM blocks, in groups: as much as a screen can show.
struct RAMMap {
    /// The maximum number of groups in a block.
    static let groupLimit = 8192

    struct Block {
        /// Escaped.
        let name: String
        let pageCount: Int
        /// The last group may be shorter.
        let pagesPerGroup: Int
        /// The groups counted so far.
        var groups: [Tally] = []

        var groupCount: Int { (pageCount + pagesPerGroup - 1) / pagesPerGroup }

        /// Returns the known states of some pages. O(groups).
        func tally(_ pages: Range<Int>) -> Tally {
            let last = min((pages.upperBound + pagesPerGroup - 1) / pagesPerGroup, groups.count)
            let first = min(pages.lowerBound / pagesPerGroup, last)
            return groups[first..<last].reduce(Tally()) { $0 + $1 }
        }
    }

    /// The number of pages of each kind.
    struct Tally: Equatable {
        var raw = 0
        var zero = 0
        var xbzrle = 0
        var compressed = 0
        var absent = 0
        /// Pages sent more than once, which also count by kind.
        var resent = 0

        var total: Int { raw + zero + xbzrle + compressed + absent }

        static func + (left: Tally, right: Tally) -> Tally {
            Tally(
                raw: left.raw + right.raw, zero: left.zero + right.zero, xbzrle: left.xbzrle + right.xbzrle,
                compressed: left.compressed + right.compressed, absent: left.absent + right.absent,
                resent: left.resent + right.resent)
        }
    }

    let index: RAMIndex
    /// Whether there is more to read: then pages that seem absent are unknown.
    let isPartial: Bool
    private(set) var blocks: [Block]
    private var current = 0

    init(_ index: RAMIndex, names: [String], isPartial: Bool = false) {
        self.index = index
        self.isPartial = isPartial
        blocks = index.blocks.indices.map { number in
            let count = index.pageCount(block: number)
            return Block(
                name: names.indices.contains(number) ? names[number] : "?", pageCount: count,
                pagesPerGroup: max(1, (count + Self.groupLimit - 1) / Self.groupLimit))
        }
    }

    /// Whether all pages were counted.
    var isFinished: Bool { current >= blocks.count }

    /// The progress, from 0 to 1.
    var progress: Double {
        guard current < blocks.count else { return 1 }
        let part = Double(blocks[current].groups.count) / Double(max(blocks[current].groupCount, 1))
        return (Double(current) + part) / Double(blocks.count)
    }

    /// Counts about this many more pages.
    mutating func step(budget: Int, _ region: MappedRegion) {
        var left = budget
        while left > 0, current < blocks.count {
            let block = blocks[current]
            let first = block.groups.count * block.pagesPerGroup
            guard first < block.pageCount else {
                current += 1
                continue
            }
            let pages = first..<min(first + block.pagesPerGroup, block.pageCount)
            blocks[current].groups.append(tally(current, pages, region))
            left -= pages.count
        }
    }

    /// Returns the known states of some pages of a block: from whole groups when there are several, otherwise
    /// counted now. O(pages) for less than a group, O(groups) for more.
    func tally(block: Int, _ pages: Range<Int>, _ region: MappedRegion) -> Tally {
        let known = blocks[block]
        let isWhole =
            pages.lowerBound % known.pagesPerGroup == 0
            && (pages.upperBound % known.pagesPerGroup == 0 || pages.upperBound >= known.pageCount)
        if isWhole { return known.tally(pages) }
        return isFinished ? tally(block, pages.clamped(to: 0..<known.pageCount), region) : Tally()
    }

    private func tally(_ block: Int, _ pages: Range<Int>, _ region: MappedRegion) -> Tally {
        let counts = index.counts(block: block, pages: pages, in: region)
        return Tally(
            raw: counts.raw, zero: counts.zero, xbzrle: counts.xbzrle, compressed: counts.compressed,
            absent: isPartial ? 0 : counts.absent, resent: index.resentCount(block: block, pages: pages))
    }
}

/// The job that makes a map: reads the unread part of the stream, indexes its pages, and counts them.
final class RAMMapJob {
    private static let pagesAStep = 1 << 20
    /// The share of the stream, from 0 to 1, to read before the map is remade from what is known.
    private static let lookShare = 0.1

    private let document: Document
    private let recordsAStep: Int
    private var run: RAMIndexRun
    private let names: [String]
    private var nextLook = 0.0
    // Replaces the map when it is counted.
    private var next: RAMMap?
    /// The map so far.
    private(set) var map: RAMMap?

    init(_ document: Document, recordsAStep: Int = 1 << 15) {
        self.document = document
        self.recordsAStep = recordsAStep
        run = RAMIndexRun(document)
        names = document.overview.ramBlocks.map(\.name)
    }

    var isFinished: Bool { map.map { !$0.isPartial } ?? false }

    /// The progress, from 0 to 1.
    var progress: Double {
        guard run.index != nil else { return 0.9 * run.progress }
        return isFinished ? 1 : 0.9 + 0.1 * (next?.progress ?? 0)
    }

    /// Works for a few milliseconds.
    func step() {
        guard next != nil else { return read() }
        next?.step(budget: Self.pagesAStep, document.store.region)
        guard let counted = next, counted.isFinished else { return }
        map = counted
        next = nil
    }

    private func read() {
        run.step(budget: recordsAStep)
        if let index = run.index {
            next = RAMMap(index, names: names)
        } else if run.progress >= nextLook {
            nextLook = run.progress + Self.lookShare
            next = RAMMap(document.ramIndexSoFar, names: names, isPartial: true)
        }
    }
}
