import Bytes
import Diagnose
import Edit
import Memory
import Query
import Stream

/// Work that takes longer than a frame, done in steps between events.
enum Job {
    case scan(ScanJob)
    case filter(FilterJob)
    /// Counting values.
    case values(ValueTally)
    /// Summing up bytes.
    case statistics(StatisticsJob)
    case ram(RAMMapJob)
    /// Finding the sections of the live part, of which the first were wanted.
    case live
    /// Reading what may hold sections, so that nothing is said to be absent that is there.
    case reading
    case check(CheckJob)
    /// Comparing with another stream.
    case diff(DiffSession)
    /// Reading as far as a jump needs.
    case reach(Goal)
    /// The search for a guest page.
    case page(PageSearch)
    /// Reading what a delta of a page builds on.
    case history(PageJob)
    /// Finding out where pages are, to go to an address.
    case guest(GuestJob)
    /// Writing the edited stream.
    case writing(WritingJob)

    /// From 0 to 1.
    func progress(_ document: Document) -> Double {
        switch self {
        case .scan(let job): job.scan.progress
        case .filter(let job): job.scan.progress
        case .values(let tally): tally.progress
        case .statistics(let job): job.progress
        case .ram(let job): job.progress
        case .live: document.livePartProgress
        case .reading, .reach(.find): document.readingProgress
        case .check(let job): job.run.progress
        case .diff(let session): session.run.progress
        case .reach(.offset(let offset)): document.progress(toward: offset)
        case .reach: document.needsReading ? document.readingProgress : document.livePartProgress
        case .page(let search): search.progress
        case .history(let job): job.progress
        case .guest(let job): job.run.progress
        case .writing(let job): job.writing.progress
        }
    }

    /// How many bytes it goes over; nil where that says nothing.
    func byteCount(_ document: Document) -> Int? {
        switch self {
        case .scan(let job): job.scan is LeafScan ? nil : document.store.region.count
        case .ram, .live, .guest, .reading: document.store.region.count
        case .check, .diff, .reach, .page, .history, .filter, .values: nil
        case .statistics(let job): job.range.count
        case .writing(let job): 2 * job.writing.byteCount
        }
    }

    /// What the status line says of it.
    var title: String {
        switch self {
        case .scan: "searching"
        case .filter: "filtering"
        case .values: "counting"
        case .statistics: "summing up"
        case .ram: "reading RAM"
        case .check: "checking"
        case .diff: "comparing"
        case .reading, .reach(.find): "reading"
        case .live, .reach: "finding RAM sections"
        case .page: "searching the page"
        case .history: "reading the page's history"
        case .guest: "reading RAM"
        case .writing: "writing"
        }
    }
}

/// The search for nodes that fulfill a filter.
struct FilterJob {
    enum Aim {
        /// To show only them.
        case show
        /// To go to the first one from the selection on.
        case go
    }

    var scan: FilterScan
    /// As typed.
    let text: String
    let aim: Aim
}

/// A check of the stream, and what is to be done with its findings.
struct CheckJob {
    enum Aim {
        /// The list is on the screen, or will be looked at later.
        case list
        /// To go to the next finding that is this many further, or for negative ones back.
        case move(Int)
        case explain([FailureReport])
    }

    var run: CheckRun
    var aim: Aim
}

/// The way to an address of guest memory.
struct GuestJob {
    var run: RAMIndexRun
    let address: GuestAddress
    /// Where the user was: who has left is not taken away when the work is done.
    let selection: NodePath
    let cursor: Int
}

/// How fast work goes on.
struct Pace {
    /// No number is shown before this many milliseconds: the first ones say nothing.
    private static let patience = 400

    let title: String
    /// In milliseconds, and how much was done then, from 0 to 1.
    let start: (time: Int, progress: Double)
    var now: (time: Int, progress: Double)

    /// Whether this is still about the same work.
    func continues(_ title: String, _ progress: Double) -> Bool {
        self.title == title && progress >= now.progress
    }

    private var done: Double { now.progress - start.progress }
    private var time: Int { now.time - start.time }

    /// `512.0 M/s`; nil while that is not known.
    func rate(of bytes: Int) -> String? {
        guard time >= Self.patience, done > 0 else { return nil }
        return SizeText.long(Int(min(Double(bytes) * done / Double(time) * 1000, 1e18))) + "/s"
    }

    /// `3 s left`, `2 min left`; nil while that is not known.
    var rest: String? {
        guard time >= Self.patience, done > 0 else { return nil }
        let seconds = Int(min((Double(time) * (1 - now.progress) / done / 1000).rounded(.up), 1e9))
        return seconds < 100 ? "\(seconds) s left" : "\((seconds + 59) / 60) min left"
    }
}

/// A search for values or bytes.
struct ScanJob {
    var scan: any OffsetScan
    /// How much one step reads, so that it takes a few milliseconds.
    let budget: Int
    /// The byte from which on the first match is wanted, or, backward, before which the last.
    let start: Int
    let isBackward: Bool
    /// Whether a match was gone to.
    var hasJumped = false
    /// Said when there is no match.
    let failure: String

    /// The number of the match to go to, counted from 0; nil while it is not known, and when there is none.
    func wanted(_ hits: Hits) -> Int? {
        let next = hits.index(from: start)
        if isBackward {
            guard scan.isFinished, !hits.offsets.isEmpty else { return nil }
            return next > 0 ? next - 1 : hits.offsets.count - 1
        }
        if next < hits.offsets.count { return next }
        return scan.isFinished && !hits.offsets.isEmpty ? 0 : nil
    }
}

/// Writing the edited stream, and which edits it has.
struct WritingJob {
    var writing: DraftWriting
    let revision: Int
    let editCount: Int
}

/// What a jump waits for while the part of the stream that it leads into is read.
enum Goal {
    /// A byte of the stream.
    case offset(Int)
    /// What someone typed.
    case text(String)
    /// What someone searches, and found in nothing that was read so far.
    case find(String)
    /// The counterpart of the selection.
    case follow
}

/// Summing up bytes, in steps.
struct StatisticsJob: Sendable {
    let region: MappedRegion
    let range: Range<Int>
    /// What the bytes are of. Escaped.
    let title: String
    private(set) var statistics = ByteStatistics()
    private var next: Int

    init(_ region: MappedRegion, _ range: Range<Int>, title: String) {
        self.region = region
        self.range = range.clamped(to: 0..<region.count)
        self.title = title
        next = self.range.lowerBound
    }

    var isFinished: Bool { next >= range.upperBound }
    var progress: Double { range.isEmpty ? 1 : Double(next - range.lowerBound) / Double(range.count) }

    /// O(budget) bytes.
    mutating func step(budget: Int) {
        let end = min(next + budget, range.upperBound)
        statistics.add(region.copy(next..<end))
        next = end
    }
}
