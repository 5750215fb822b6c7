/// The final state of each page of a block: the last record wins.
///
/// Pages are kept in chunks of 512. A chunk is one run, a short list of runs, or, when a stream alternates
/// between kinds, a table of 8 bytes a page: at most 8 bytes for each page of guest RAM, whatever is sent.
struct BlockPages: Sendable {
    static let chunkSize = 512
    private static let runLimit = 64

    private enum Chunk: Sendable {
        case absent
        case runs([PageRun])
        case dense([PageEntry])
    }

    let pageCount: Int
    private var chunks: [Chunk]
    // Pages that were sent when something was there already: 512 bits for each chunk that has any.
    private var resent: [Int: [UInt64]] = [:]

    init(pageCount: Int) {
        self.pageCount = pageCount
        chunks = Array(repeating: .absent, count: (pageCount + Self.chunkSize - 1) / Self.chunkSize)
    }

    /// The state of a page. O(log runs of its chunk).
    subscript(page: Int) -> PageEntry {
        guard (0..<pageCount).contains(page) else { return .absent }
        switch chunks[page / Self.chunkSize] {
        case .absent: return .absent
        case .dense(let entries): return entries[page % Self.chunkSize]
        case .runs(let runs):
            for run in runs where page >= run.firstPage && page < run.firstPage + run.count {
                return run.entry(page)
            }
            return .absent
        }
    }

    /// Lays a run over what was there. O(chunks · runs of a chunk).
    mutating func insert(_ run: PageRun) {
        let last = min(run.firstPage + run.count, pageCount) - 1
        guard run.firstPage >= 0, run.firstPage <= last else { return }
        for chunk in run.firstPage / Self.chunkSize...last / Self.chunkSize {
            let pages = chunk * Self.chunkSize..<min((chunk + 1) * Self.chunkSize, pageCount)
            guard let part = run.clipped(to: pages) else { continue }
            if run.kind != .absent { noteResent(part, chunk) }
            if part.count == pages.count {
                chunks[chunk] = run.kind == .absent ? .absent : .runs([part])
            } else {
                insert(part, chunk, pages)
            }
        }
    }

    /// Whether a page was sent more than once. O(1).
    func isResent(_ page: Int) -> Bool {
        guard page >= 0, let bits = resent[page / Self.chunkSize] else { return false }
        return bits[page % Self.chunkSize / 64] >> UInt64(page % 64) & 1 == 1
    }

    private mutating func noteResent(_ part: PageRun, _ chunk: Int) {
        if case .absent = chunks[chunk] { return }
        for page in part.firstPage..<part.firstPage + part.count where self[page].kind != .absent {
            let place = page % Self.chunkSize
            resent[chunk, default: Array(repeating: 0, count: Self.chunkSize / 64)][place / 64] |=
                1 << UInt64(place % 64)
        }
    }

    private mutating func insert(_ part: PageRun, _ chunk: Int, _ pages: Range<Int>) {
        switch chunks[chunk] {
        case .absent: chunks[chunk] = .runs([part])
        case .dense(var entries):
            // Keeps the table unshared while it is written.
            chunks[chunk] = .absent
            for page in part.firstPage..<part.firstPage + part.count {
                entries[page - pages.lowerBound] = part.entry(page)
            }
            chunks[chunk] = .dense(entries)
        case .runs(let runs):
            let merged = Self.overlay(runs, part, pages)
            chunks[chunk] = merged.count > Self.runLimit ? .dense(Self.table(merged, pages)) : .runs(merged)
        }
    }

    private static func overlay(_ runs: [PageRun], _ part: PageRun, _ pages: Range<Int>) -> [PageRun] {
        if var last = runs.last, last.firstPage + last.count == part.firstPage {
            if continues(last, part) {
                last.count += part.count
                return runs.dropLast() + [last]
            }
            return runs + [part]
        }
        let before = runs.compactMap { $0.clipped(to: pages.lowerBound..<part.firstPage) }
        let after = runs.compactMap { $0.clipped(to: part.firstPage + part.count..<pages.upperBound) }
        return before + [part] + after
    }

    private static func continues(_ run: PageRun, _ next: PageRun) -> Bool {
        run.kind == next.kind && run.stride == next.stride && run.place + run.count * run.stride == next.place
    }

    private static func table(_ runs: [PageRun], _ pages: Range<Int>) -> [PageEntry] {
        var entries = Array(repeating: PageEntry.absent, count: pages.count)
        for run in runs {
            for page in run.firstPage..<run.firstPage + run.count {
                entries[page - pages.lowerBound] = run.entry(page)
            }
        }
        return entries
    }
}
