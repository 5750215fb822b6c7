import Bytes
import Memory
import Stream

/// Looks for bytes in the whole stream, then in pages that were not sent as they are: XBZRLE and compressed ones, as
/// the guest had them. Such a match counts once a page, at the page's last record.
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

    /// The bytes of the stream are guessed to be most of the work.
    package var progress: Double {
        guard bytes.isFinished else { return 0.8 * bytes.progress }
        return 0.8 + (pages.map { 0.1 + 0.1 * $0.progress } ?? 0.1 * document.livePartProgress)
    }

    /// Reads about `budget` bytes: of the stream, of records that say where pages are, of pages. O(budget).
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
        // Two sorted runs: linear.
        offsets += Set(found).subtracting(offsets).sorted()
        offsets.sort()
    }
}

/// The pages of a stream that were sent otherwise than whole, one after the other.
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

    // The first from `block` on that has such pages.
    private mutating func findBlock() {
        page = 0
        while block < reader.index.blocks.count {
            let counts = reader.index.counts(block: block, in: reader.region)
            pageCount = reader.index.pageCount(block: block)
            if counts.xbzrle + counts.compressed > 0 { return }
            block += 1
        }
    }

    /// What unpacking a page costs, beside passing one that was sent whole.
    private static let unpackCost = 16

    /// Looks at pages; the places of those in which the pattern is. O(budget).
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

    // Where the page's last record is, if the pattern is in the page.
    private func place(of pattern: BytePattern) -> Int? {
        guard case .bytes(let content) = reader.content(block: block, page: page), pattern.isIn(content)
        else {
            return nil
        }
        return reader.index.bodyOffset(block: block, page: page, in: reader.region)
    }
}
