/// The final state of each page of a block: the last record wins.
///
/// Pages are stored in chunks of 512. A chunk is one run, a short list of runs or, if a stream alternates
/// between kinds, a table with 8 bytes per page. So memory is at most 8 bytes per page of guest RAM, whatever
/// is sent. Only sent pages take memory, because a block may claim any size.
package struct BlockPages: Sendable {
    package static let chunkSize = 512
    private static let runLimit = 64

    private enum Chunk: Sendable {
        case absent
        case runs([PageRun])
        case dense([PageEntry])
    }

    package let pageCount: Int
    // Groups of 1024 chunks, only those with content, and their numbers in order.
    private var groups: [Int: [Chunk]] = [:]
    private var groupNumbers: [Int] = []
    private static let groupSize = 1024
    // The pages that were sent again: 512 bits for each chunk that has any.
    private var resent: [Int: [UInt64]] = [:]

    package init(pageCount: Int) {
        self.pageCount = pageCount
    }

    private func chunk(_ number: Int) -> Chunk {
        groups[number / Self.groupSize]?[number % Self.groupSize] ?? .absent
    }

    private mutating func setChunk(_ number: Int, _ chunk: Chunk) {
        let group = number / Self.groupSize
        if groups[group] == nil {
            if case .absent = chunk { return }
            groups[group] = Array(repeating: .absent, count: Self.groupSize)
            groupNumbers.insert(group, at: firstGroup(from: group))
        }
        groups[group]?[number % Self.groupSize] = chunk
    }

    /// Returns the index of the first stored group at or after `group`. O(log groups).
    private func firstGroup(from group: Int) -> Int {
        // Pages mostly come in order.
        if groupNumbers.last.map({ $0 < group }) ?? true { return groupNumbers.count }
        return groupNumbers.indices.binarySearch(first: { groupNumbers[$0] >= group })
    }

    /// Returns the first page at or after `page` that may have been sent; all before it are absent.
    /// O(log groups + chunks of a group).
    package func nextKept(from page: Int) -> Int {
        let first = page / Self.chunkSize
        for place in firstGroup(from: first / Self.groupSize)..<groupNumbers.count {
            let group = groupNumbers[place]
            let base = group * Self.groupSize
            guard let chunks = groups[group] else { continue }
            for number in max(first - base, 0)..<Self.groupSize {
                if case .absent = chunks[number] { continue }
                return max(page, (base + number) * Self.chunkSize)
            }
        }
        return max(page, pageCount)
    }

    /// Returns the state of a page. O(log runs of its chunk).
    package subscript(page: Int) -> PageEntry {
        guard (0..<pageCount).contains(page) else { return .absent }
        switch chunk(page / Self.chunkSize) {
        case .absent: return .absent
        case .dense(let entries): return entries[page % Self.chunkSize]
        case .runs(let runs):
            for run in runs where page >= run.firstPage && page < run.firstPage + run.count {
                return run.entry(page)
            }
            return .absent
        }
    }

    /// Passes the number of pages of each kind to `add`, in parts. O(stored chunks · runs of a chunk).
    package func tally(_ pages: Range<Int>, _ add: (PageEntry.Form, Int) -> Void) {
        var page = pages.lowerBound
        while page < pages.upperBound {
            let kept = min(nextKept(from: page), pages.upperBound)
            if kept > page { add(.absent, kept - page) }
            let number = kept / Self.chunkSize
            page = min((number + 1) * Self.chunkSize, pages.upperBound)
            guard kept < page else { continue }
            switch chunk(number) {
            case .absent: add(.absent, page - kept)
            case .dense(let entries):
                for entry in entries[kept % Self.chunkSize..<page - number * Self.chunkSize] {
                    add(entry.kind, 1)
                }
            case .runs(let runs):
                let parts = runs.compactMap { $0.clipped(to: kept..<page) }
                for part in parts { add(part.kind, part.count) }
                add(.absent, page - kept - parts.reduce(0) { $0 + $1.count })
            }
        }
    }

    /// Replaces the state of a run's pages. O(chunks · runs of a chunk), stored chunks only for a run of
    /// absent pages.
    package mutating func insert(_ run: PageRun) {
        let end = min(run.firstPage.addingSaturated(run.count), pageCount)
        guard run.firstPage >= 0 else { return }
        var page = run.firstPage
        while page < end {
            // Postcopy may discard pages that were never sent.
            if run.kind == .absent { page = nextKept(from: page) }
            guard page < end else { break }
            let number = page / Self.chunkSize
            let pages = number * Self.chunkSize..<min((number + 1) * Self.chunkSize, pageCount)
            page = pages.upperBound
            guard let part = run.clipped(to: pages) else { continue }
            if run.kind != .absent { noteResent(part, number) }
            if part.count == pages.count {
                setChunk(number, run.kind == .absent ? .absent : .runs([part]))
            } else {
                insert(part, number, pages)
            }
        }
    }

    /// Returns whether a page was sent more than once. O(1).
    package func isResent(_ page: Int) -> Bool {
        guard page >= 0, let bits = resent[page / Self.chunkSize] else { return false }
        return bits[page % Self.chunkSize / 64] >> UInt64(page % 64) & 1 == 1
    }

    /// Returns the number of pages that were sent more than once. O(chunks that have any).
    package func resentCount(_ pages: Range<Int>) -> Int {
        guard !resent.isEmpty, !pages.isEmpty else { return 0 }
        let numbers = pages.lowerBound / Self.chunkSize...(pages.upperBound - 1) / Self.chunkSize
        let chunks =
            numbers.count > resent.count
            ? resent.keys.filter(numbers.contains) : numbers.filter { resent[$0] != nil }
        return chunks.reduce(0) { sum, chunk in
            let inside = pages.clamped(to: chunk * Self.chunkSize..<(chunk + 1) * Self.chunkSize)
            return sum + inside.count(where: isResent)
        }
    }

    private mutating func noteResent(_ part: PageRun, _ chunk: Int) {
        if case .absent = self.chunk(chunk) { return }
        for page in part.pages where self[page].kind != .absent {
            let place = page % Self.chunkSize
            resent[chunk, default: Array(repeating: 0, count: Self.chunkSize / 64)][place / 64] |=
                1 << UInt64(place % 64)
        }
    }

    private mutating func insert(_ part: PageRun, _ number: Int, _ pages: Range<Int>) {
        let before = chunk(number)
        // Keeps the list unshared while it is written.
        setChunk(number, .absent)
        switch consume before {
        case .absent: setChunk(number, .runs([part]))
        case .dense(var entries):
            for page in part.pages { entries[page - pages.lowerBound] = part.entry(page) }
            setChunk(number, .dense(entries))
        case .runs(var runs):
            Self.overlay(&runs, part, pages)
            setChunk(number, runs.count > Self.runLimit ? .dense(Self.table(runs, pages)) : .runs(runs))
        }
    }

    private static func overlay(_ runs: inout [PageRun], _ part: PageRun, _ pages: Range<Int>) {
        if let last = runs.last, last.firstPage + last.count == part.firstPage {
            if last.isContinued(by: part) {
                runs[runs.count - 1].count += part.count
            } else {
                runs.append(part)
            }
            return
        }
        let before = runs.compactMap { $0.clipped(to: pages.lowerBound..<part.firstPage) }
        let after = runs.compactMap { $0.clipped(to: part.firstPage + part.count..<pages.upperBound) }
        runs = before + [part] + after
    }

    private static func table(_ runs: [PageRun], _ pages: Range<Int>) -> [PageEntry] {
        var entries = Array(repeating: PageEntry.absent, count: pages.count)
        for run in runs {
            for page in run.pages {
                entries[page - pages.lowerBound] = run.entry(page)
            }
        }
        return entries
    }
}
