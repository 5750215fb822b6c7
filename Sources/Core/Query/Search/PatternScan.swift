import Bytes
import Memory
import Stream

/// Searches the whole stream for bytes, then the pages that were sent in XBZRLE or compressed form, with the
/// content that the guest had. Such a match counts once per page, at the page's last record.
package struct PatternScan: OffsetScan {
    package private(set) var offsets: [Int] = []
    private var bytes: ByteScan
    private let pattern: BytePattern
    private let document: Document
    private var pages: PackedPages?

    package init(_ pattern: BytePattern, in document: Document) {
        self.pattern = pattern
        self.document = document
        bytes = ByteScan(pattern, in: document.store.region)
    }

    package var isFinished: Bool {
        offsets.count >= ScanLimit.matches || bytes.isFinished && (pages?.isFinished ?? false)
    }

    /// The progress, from 0 to 1. It assumes that the bytes of the stream are most of the work.
    package var progress: Double {
        guard bytes.isFinished else { return 0.8 * bytes.progress }
        return 0.8 + (pages.map { 0.1 + 0.1 * $0.progress } ?? 0.1 * document.livePartProgress)
    }

    /// Reads about `budget` bytes: of the stream, of the records that give the locations of pages, and of
    /// pages. O(budget).
    package mutating func step(budget: Int) {
        guard !isFinished else { return }
        guard bytes.isFinished else {
            bytes.step(budget: budget)
            offsets = bytes.offsets
            return
        }
        guard pages != nil else {
            if document.readOn(budget: max(budget / 256, 1)) { pages = PackedPages(document) }
            return
        }
        let found = pages?.step(pattern, budget: max(budget / 1024, 1)) ?? []
        guard !found.isEmpty else { return }
        // Both parts are sorted already, so the sort is linear.
        offsets += Set(found).subtracting(offsets).sorted()
        offsets.sort()
    }
}

/// The pages of a stream that were not sent whole, one after another.
private struct PackedPages {
    private let reader: PageReader
    private var block = 0
    private var page = 0
    private var pageCount = 0

    package init(_ document: Document) {
        reader = PageReader(region: document.store.region, index: document.ramIndex())
        findBlock()
    }

    package var isFinished: Bool { block >= reader.index.blocks.count }

    package var progress: Double {
        let count = reader.index.blocks.count
        return Double(min(block, count)) / Double(max(count, 1))
    }

    private mutating func nextBlock() {
        block += 1
        findBlock()
    }

    // Finds the first block from `block` on that has such pages.
    private mutating func findBlock() {
        page = 0
        while block < reader.index.blocks.count {
            let counts = reader.index.counts(block: block, in: reader.region)
            pageCount = reader.index.pageCount(block: block)
            if counts.xbzrle + counts.compressed > 0 { return }
            block += 1
        }
    }

    /// The cost to unpack a page, relative to skipping one that was sent whole.
    private static let unpackCost = 16

    /// Searches pages; returns the locations of those that contain the pattern. O(budget).
    package mutating func step(_ pattern: BytePattern, budget: Int) -> [Int] {
        var found: [Int] = []
        var left = budget
        while left > 0, !isFinished {
            left -= 1
            page = reader.index.nextKept(block: block, from: page)
            guard page < pageCount else {
                nextBlock()
                continue
            }
            let kind = reader.index.entry(block: block, page: page, in: reader.region).kind
            if kind == .xbzrle || kind == .compressed {
                left -= Self.unpackCost
                if let place = place(of: pattern) { found.append(place) }
            }
            page += 1
        }
        return found
    }

    // The location of the page's last record, if the page contains the pattern.
    private func place(of pattern: BytePattern) -> Int? {
        guard case .bytes(let content) = reader.content(block: block, page: page), pattern.isIn(content)
        else {
            return nil
        }
        return reader.index.bodyOffset(block: block, page: page, in: reader.region)
    }
}
