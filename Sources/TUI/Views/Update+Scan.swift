import Bytes
import Query
import Stream

/// Searches for values and bytes.
extension Update {
    private static let bytesAStep = 4 << 20

    /// Searches from the hex cursor on; `text` is the typed line.
    mutating func scan(_ query: SearchQuery, _ text: String) {
        let shown = DisplayText.escaped(text)
        let job: ScanJob
        // The search includes what is still unread.
        if document.needsReading { return reach(.find(text)) }
        if case .values = query, readsHidden(for: .find(text)) { return }
        switch query {
        case .names: return
        case .values(let wanted):
            job = ScanJob(
                scan: LeafScan(wanted, document), budget: Self.fieldsAStep, start: model.hexCursor,
                isBackward: model.searchesBackward, failure: "no field has the value \(shown.dropFirst())")
        case .bytes(let pattern):
            job = ScanJob(
                scan: PatternScan(pattern, in: document), budget: Self.bytesAStep, start: model.hexCursor,
                isBackward: model.searchesBackward, failure: "no bytes match \(shown)")
        }
        model.search = nil
        model.hits = Hits(text: text)
        if case .bytes = query { model.hits?.areBytes = true }
        model.job = .scan(job)
        // A small stream needs no second step, and shows the match at once.
        step(job)
    }

    /// Lists texts of at least a given number of characters, in the range or in the whole stream.
    mutating func openStrings(_ count: Int?) {
        let range = model.page == nil ? selectedBytes : nil
        let least = min(max(count ?? StringScan.usual, StringScan.least), StringScan.most)
        let region = range == nil ? document.store.region : document.store.region(of: shownSpace)
        guard shownSpace == .stream || range == nil else {
            return fail("only text in the stream can be listed")
        }
        // The result is a list, not a jump.
        let job = ScanJob(
            scan: StringScan(region, in: range ?? 0..<region.count, least: least), budget: Self.bytesAStep,
            start: model.hexCursor, isBackward: false, hasJumped: true,
            failure: "no text of \(least) characters\(range == nil ? "" : " in the range")")
        model.search = nil
        model.hits = Hits(text: "text of \(least) characters or more", areBytes: true)
        model.job = .scan(job)
        model.overlay = .matches(selected: 0)
        step(job)
    }

    mutating func step(_ job: ScanJob) {
        var job = job
        let generation = document.store.generation
        job.scan.step(budget: job.budget)
        if document.store.generation != generation { synchronize() }
        model.job = job.scan.isFinished ? nil : .scan(job)
        model.hits?.offsets = job.scan.offsets
        if let strings = job.scan as? StringScan {
            model.hits?.runs = strings.runs
            if strings.isFinished, strings.runs.isEmpty {
                model.hits = nil
                if model.overlay?.is(MatchesList.self) ?? false { model.overlay = nil }
                return fail(job.failure)
            }
        }
        guard let hits = model.hits, !job.hasJumped else { return }
        guard let wanted = job.wanted(hits) else {
            guard job.scan.isFinished else { return }
            model.hits = nil
            return fail(job.failure)
        }
        jump(toOffset: hits.offsets[wanted])
        job.hasJumped = true
        if model.job != nil { model.job = .scan(job) }
    }

    /// Goes forward by a number of matches, or backward when it is negative.
    mutating func moveHits(_ steps: Int) {
        guard let hits = model.hits, !hits.offsets.isEmpty else { return fail("no match so far") }
        if !hits.paths.isEmpty { return moveFound(steps, hits) }
        let here = hits.index(from: model.hexCursor)
        let isOnHit = hits.ordinal(of: model.hexCursor) != nil
        let start = steps > 0 && !isOnHit ? here - 1 : here
        let count = hits.offsets.count
        let target = (start % count + steps % count + 2 * count) % count
        jump(toOffset: hits.offsets[target])
    }
}
