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
    /// Counts values.
    case values(ValueTally)
    /// Computes statistics of bytes.
    case statistics(StatisticsJob)
    case ram(RAMMapJob)
    /// Finds the sections of the live part, after the first were shown.
    case live
    /// Reads what may contain sections, so that nothing present is reported as absent.
    case reading
    case check(CheckJob)
    /// Compares with another stream.
    case diff(DiffSession)
    /// Reads as far as a jump needs.
    case reach(Goal)
    /// Reads the RAM of the matches in the visible part of their list.
    case places
    /// Searches for a guest page.
    case page(PageSearch)
    /// Reads the earlier content that a delta of a page builds on.
    case history(PageJob)
    /// Finds the locations of pages, to go to an address.
    case guest(GuestJob)
    /// Writes the edited stream.
    case writing(WritingJob)

    /// Returns the progress, from 0 to 1.
    func progress(_ document: Document) -> Double {
        switch self {
        case .scan(let job): job.scan.progress
        case .filter(let job): job.scan.progress
        case .values(let tally): tally.progress
        case .statistics(let job): job.progress
        case .ram(let job): job.progress
        case .live, .places: document.livePartProgress
        case .reading: document.readingProgress
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

    /// Returns the number of bytes that the job covers; nil when that is meaningless.
    func byteCount(_ document: Document) -> Int? {
        switch self {
        case .scan(let job): job.scan is LeafScan ? nil : document.store.region.count
        case .ram, .live, .guest, .reading, .places: document.store.region.count
        case .check, .diff, .reach, .page, .history, .filter, .values: nil
        case .statistics(let job): job.range.count
        case .writing(let job): 2 * job.writing.byteCount
        }
    }

    /// The text in the status line.
    var title: String {
        switch self {
        case .scan: "searching"
        case .filter: "filtering"
        case .values: "counting"
        case .statistics: "counting bytes"
        case .ram: "reading RAM"
        case .check: "checking"
        case .diff: "comparing"
        case .reading, .reach(.find), .reach(.filter): "reading"
        case .live, .reach, .places: "finding RAM sections"
        case .page: "searching the page"
        case .history: "reading the page's history"
        case .guest: "reading RAM"
        case .writing: "writing"
        }
    }
}

/// A search for nodes that fulfill a filter.
struct FilterJob {
    enum Aim {
        /// Shows only the matches.
        case show
        /// Goes to the first match at or after the selection.
        case go
    }

    var scan: FilterScan
    /// The filter, as typed.
    let text: String
    let aim: Aim
}

/// A check of the stream, and the use of its findings.
struct CheckJob {
    enum Aim {
        /// Keeps the list for display.
        case list
        /// Goes to the finding this many positions further, or back when negative.
        case move(Int)
        case explain([FailureReport])
    }

    var run: CheckRun
    var aim: Aim
}

/// The search for an address of guest memory.
struct GuestJob {
    var run: RAMIndexRun
    let address: GuestAddress
    /// The user's position at the start: when it has changed, the result does not move the user.
    let selection: NodePath
    let cursor: Int
}

/// The speed of a job.
struct Pace {
    /// The time before a number is shown, in milliseconds: early numbers are unreliable.
    private static let patience = 400

    let title: String
    /// The time in milliseconds, and the progress at that time, from 0 to 1.
    let start: (time: Int, progress: Double)
    var now: (time: Int, progress: Double)

    /// Whether the measurement still applies to the same job.
    func continues(_ title: String, _ progress: Double) -> Bool {
        self.title == title && progress >= now.progress
    }

    private var done: Double { now.progress - start.progress }
    private var time: Int { now.time - start.time }

    /// Returns `512.0 M/s`; nil while the rate is unknown.
    func rate(of bytes: Int) -> String? {
        guard time >= Self.patience, done > 0 else { return nil }
        return SizeText.long(Int(min(Double(bytes) * done / Double(time) * 1000, 1e18))) + "/s"
    }

    /// `3 s left`, `2 min left`; nil while the time is unknown.
    var rest: String? {
        guard time >= Self.patience, done > 0 else { return nil }
        let seconds = Int(min((Double(time) * (1 - now.progress) / done / 1000).rounded(.up), 1e9))
        return seconds < 100 ? "\(seconds) s left" : "\((seconds + 59) / 60) min left"
    }
}

/// A search for values or bytes.
struct ScanJob {
    var scan: any OffsetScan
    /// The budget of a step, for a few milliseconds of work.
    let budget: Int
    /// The byte from which the first match is wanted, or, backward, the byte before which the last is wanted.
    let start: Int
    let isBackward: Bool
    /// Whether the job has gone to a match.
    var hasJumped = false
    /// The message when there is no match.
    let failure: String

    /// Returns the index of the match to go to; nil while it is unknown, and when there is none.
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

/// The output of the edited stream, and the revision of its edits.
struct WritingJob {
    var writing: DraftWriting
    let revision: Int
    let editCount: Int
}

/// The goal of a jump into a part of the stream that is still being read.
enum Goal {
    /// A byte of the stream.
    case offset(Int)
    /// A typed place.
    case text(String)
    /// A search without a match in what was read so far.
    case find(String)
    /// A filter without a match in what was read so far.
    case filter(String, FilterJob.Aim)
    /// The counterpart of the selection.
    case follow
}

/// Statistics of bytes, in steps.
struct StatisticsJob: Sendable {
    let region: MappedRegion
    let range: Range<Int>
    /// The name of the bytes' owner. Escaped.
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

    /// Reads at most `budget` bytes. O(budget).
    mutating func step(budget: Int) {
        let end = min(next + budget, range.upperBound)
        statistics.add(region.copy(next..<end))
        next = end
    }
}
