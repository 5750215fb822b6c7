import Bytes
import Compare
import Edit
import Format
import Meaning
import Memory
import Query
import Stream

/// The state of the browser. It contains no nodes, only paths, offsets and the open state of nodes.
struct Model {
    var outline: Outline
    /// The outline before a filter; nil without a filter.
    var unfiltered: Outline?
    /// The generation of the document that `outline` was made for.
    var generation: Int
    var selection: NodePath
    /// The first visible row of the tree pane.
    var treeTop = 0
    /// The hex cursor, in bytes from the start of the stream.
    var hexCursor = 0
    /// A byte in the first visible row of the hex pane.
    var hexTop = 0
    var activePane = Pane.tree
    /// The pane that was active before the details.
    var paneBeforeDetails = Pane.tree
    /// The scroll position of a node's details.
    var detailsTop = DetailsTop()
    /// The start of a range of bytes that ends at the hex cursor; nil without a range.
    var anchor: ByteAnchor?
    /// The byte under a mouse press; nil while no button is pressed.
    var pressedByte: ByteAnchor?

    /// The search for names; at most one of `search` and `hits` is set.
    var search: Search?
    /// The search for values or bytes.
    var hits: Hits?
    /// Whether the last search went backward, as `n` then does.
    var searchesBackward = false
    var job: Job?
    /// Whether the user has stopped the reading of what may contain sections.
    var hasStoppedReading = false
    /// The document's opening count when `outline` was made.
    var openingCount: Int
    /// The speed of `job`; nil without a job.
    var pace: Pace?
    /// The findings of check; nil before it has run.
    var checked: [Finding]?
    /// The findings for the messages that were explained last.
    var explained: [Finding] = []
    /// The guest page in the hex pane; nil: the stream.
    var page: PageView?
    /// Whether RAM is shown as it was sent.
    var showsRecords = false
    var guestMap: GuestMap?
    /// The map of RAM so far.
    var ramMap: RAMMap?
    var ramPlace = RAMPlace()
    /// The bytes whose node will be selected once the live part is read.
    var wanted: Range<Int>?
    /// The locations of RAM pages, after a request for an address.
    var ramIndex: RAMIndex?
    /// The zoom steps of the selected block.
    var ramZoom = 0
    var history = History()
    /// The marked places, by number of the letter, 1 to 26.
    var marks: [Int: History.Visit] = [:]
    /// The tagged rows.
    var tags: Set<NodePath> = []
    /// The notes, by node.
    var notes: [NodePath: String] = [:]
    /// The kept marks and notes whose nodes were not read yet.
    var unplaced = KeptSession()
    /// The output of the edited stream, which other jobs do not replace.
    var writing: WritingJob?
    /// The job that the user waits for.
    var shownJob: Job? { writing.map { .writing($0) } ?? job }
    /// The edits; nil before the first.
    var edits: PendingEdits?
    /// The revision of the edits that were written to a file.
    var writtenRevision: Int?
    /// Whether the user was warned that edits would be lost.
    var isWarnedOfEdits = false
    var prompt: Prompt?
    /// The typed lines of each prompt, oldest first.
    var typed: [Prompt.Purpose: [String]] = [:]
    /// The differences between two nodes of the stream, after a comparison.
    var twins: NodeComparison?
    /// The views that cover the panes, the topmost last.
    var views: [Overlay] = []
    var message: Message?
    var pending = PendingKeys()

    /// The progress of the first steps; nil outside of them.
    var tutor: TutorProgress?
    var look = Look()
    /// The shell command that receives copied text; nil: the terminal.
    var clipboard: String?
    var arrangement = Arrangement.automatic
    var isZoomed = false
    /// The positions of moved dividers; nil: the default of the layout.
    var dividers = Dividers()
    var draggedDivider: Dividers.Axis?
    /// The columns of the tree besides names and values.
    var columns = TreeColumns.standard
    var base = NumberBase.hexadecimal
    /// Whether the tree shows each node's share of its parent.
    var showsShares = false
    /// Whether the inspector of bytes at the hex cursor replaces the details.
    var isInspecting = false
    /// The number of bytes per row of the hex pane; nil: as many as fit.
    var hexColumns: Int?
    /// The number of fields with each value, and the same as a list, most frequent first.
    var values: ValueTally?
    var countedValues: [ValueTally.CountedValue] = []
    /// The statistics that were computed last.
    var statistics: StatisticsJob?

    init(_ document: Document) {
        outline = Outline(document)
        // Users are interested in the content of the container.
        selection = NodePath([document.store.containerCount])
        generation = document.store.generation
        openingCount = document.openingCount
        if document.tree.node(selection).path != selection { selection = .root }
    }
}

/// The first visible line of the details of a node.
struct DetailsTop: Equatable, Sendable {
    var path = NodePath.root
    var line = 0
}

/// A byte offset and its address space.
struct ByteAnchor: Equatable, Sendable {
    var offset: Int
    var space: ByteSpace
}

/// A page of a RAM block.
struct RAMPlace: Equatable, Sendable {
    var block = 0
    var page = 0
}

enum Pane: CaseIterable, Sendable {
    case tree, hex, details

    /// The pane that Tab leads to.
    var other: Pane { self == .tree ? .hex : .tree }
}

/// The shares of the tree pane, in units of 1/`whole`.
struct Dividers: Equatable, Sendable {
    static let whole = 100_000

    enum Axis: Sendable { case beside, stacked }

    var beside: Int?
    var stacked: Int?
}

/// A line for the status bar.
struct Message: Equatable, Sendable {
    enum Tone: Sendable { case note, error }

    var kind: Tone
    /// Escaped.
    var text: String
}

/// A count and the keys of an incomplete sequence.
struct PendingKeys: Equatable, Sendable {
    static let largestCount = 1_000_000_000_000

    var count: Int?
    var keys: [Key] = []

    var isEmpty: Bool { count == nil && keys.isEmpty }

    mutating func append(digit: Int) {
        count = min((count ?? 0) * 10 + digit, Self.largestCount)
    }
}

/// The user's progress in the first steps.
struct TutorProgress: Equatable, Sendable {
    /// The number of rows for the steps, when there is room.
    static let rows = 6

    /// The number of the current step; the number of all steps means the end.
    var step = 0
    /// Whether the previous step was done, and not skipped.
    var hasDone = false
}
