import Core

/// Work that takes longer than a frame, done in steps between events.
enum Job {
    case scan(ScanJob)
    case ram(RAMMapJob)
    /// Finding the sections of the live part, of which the first were wanted.
    case live
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

    /// From 0 to 1.
    func progress(_ document: Document) -> Double {
        switch self {
        case .scan(let job): job.scan.progress
        case .ram(let job): job.progress
        case .live: document.livePartProgress
        case .check(let job): job.run.progress
        case .diff(let session): session.run.progress
        case .reach(.offset(let offset)): document.progress(toward: offset)
        case .reach: document.livePartProgress
        case .page(let search): search.progress
        case .history(let job): job.progress
        case .guest(let job): job.run.progress
        }
    }

    /// What the status line says of it.
    var title: String {
        switch self {
        case .scan: "searching"
        case .ram: "reading RAM"
        case .check: "checking"
        case .diff: "comparing"
        case .live, .reach: "finding RAM sections"
        case .page: "searching the page"
        case .history: "reading the page's history"
        case .guest: "reading RAM"
        }
    }
}

/// A check of the stream, and what is to be done with its findings.
struct CheckJob {
    enum Aim {
        /// The list is on the screen, or will be looked at later.
        case list
        /// To go to the next finding but so many, or for negative ones back.
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
}

/// A search for values or bytes.
struct ScanJob {
    var scan: any OffsetScan
    /// How much one step reads, so that it takes a few milliseconds.
    let budget: Int
    /// The byte from which on the first match is wanted.
    let start: Int
    /// Whether a match was gone to.
    var hasJumped = false
    /// Said when there is no match.
    let failure: String
}
