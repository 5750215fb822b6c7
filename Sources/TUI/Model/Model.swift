import Bytes
import Compare
import Edit
import Format
import Meaning
import Memory
import Query
import Stream

/// All that the browser remembers. Nodes are not in it: only paths, offsets and which nodes are open.
struct Model {
    var outline: Outline
    /// What was open before a filter; nil while there is none.
    var unfiltered: Outline?
    /// The document's generation that `outline` counts.
    var generation: Int
    var selection: NodePath
    /// The first row that the tree pane shows.
    var treeTop = 0
    /// Bytes from the start of the stream.
    var hexCursor = 0
    /// A byte in the first row that the hex pane shows.
    var hexTop = 0
    var activePane = Pane.tree
    /// The pane from which somebody went to the details.
    var paneBeforeDetails = Pane.tree
    /// How far the details of a node are scrolled.
    var detailsTop = DetailsTop()
    /// Where a range of bytes begins that ends at the hex cursor; nil: there is none.
    var anchor: ByteAnchor?
    /// The byte on which a mouse button was pressed; nil while none is.
    var pressedByte: ByteAnchor?

    /// Names that were searched; at most one of these two is there.
    var search: Search?
    /// Values or bytes that were searched.
    var hits: Hits?
    /// Whether the last search went backwards, as `n` then does.
    var searchesBackward = false
    var job: Job?
    /// Whether someone has stopped reading what may hold sections.
    var hasStoppedReading = false
    /// How often the document had been opened anew when `outline` was made.
    var openingCount: Int
    /// How fast `job` goes on; nil while there is none.
    var pace: Pace?
    /// What check has found; nil before it has run.
    var checked: [Finding]?
    /// What the messages mean that were explained last.
    var explained: [Finding] = []
    /// The guest page that the hex pane shows instead of the stream.
    var page: PageView?
    /// Whether RAM is shown as it was sent.
    var showsRecords = false
    var guestMap: GuestMap?
    /// The map of RAM as far as it was made.
    var ramMap: RAMMap?
    var ramPlace = RAMPlace()
    /// The bytes whose node is to be selected once the live part is read.
    var wanted: Range<Int>?
    /// Where pages of RAM are, once someone has asked for an address.
    var ramIndex: RAMIndex?
    /// How many times the selected block was enlarged.
    var ramZoom = 0
    var history = History()
    /// Places by the number of their letter, 1 to 26.
    var marks: [Int: History.Visit] = [:]
    /// Rows that are tagged.
    var tags: Set<NodePath> = []
    /// Notes by node.
    var notes: [NodePath: String] = [:]
    /// Marks and notes of the last time whose nodes were not read yet.
    var unplaced = KeptSession()
    /// The writing of the edited stream, which no other work ends.
    var writing: WritingJob?
    /// The work that the user waits for.
    var shownJob: Job? { writing.map { .writing($0) } ?? job }
    /// Edits that were begun; nil while there were none.
    var edits: PendingEdits?
    /// The revision of the edits that a file has.
    var writtenRevision: Int?
    /// Whether somebody was told that edits would be lost.
    var isWarnedOfEdits = false
    var prompt: Prompt?
    /// What was typed at each prompt, oldest first.
    var typed: [Prompt.Purpose: [String]] = [:]
    /// What differs between two nodes of the stream, when they were compared.
    var twins: NodeComparison?
    /// The views that cover the panes, the one on top last.
    var views: [Overlay] = []
    var message: Message?
    var pending = PendingKeys()

    /// The first steps; nil: none are made.
    var tutor: TutorProgress?
    var look = Look()
    /// A shell command that takes what is copied; nil: the terminal does.
    var clipboard: String?
    var arrangement = Arrangement.automatic
    var isZoomed = false
    /// Where dividers were moved to; nil: where the layout puts them.
    var dividers = Dividers()
    var draggedDivider: Dividers.Axis?
    /// What the tree shows beside names and values.
    var columns = TreeColumns.standard
    var base = NumberBase.hexadecimal
    /// Whether the tree shows what part of its parent each node is.
    var showsShares = false
    /// Whether the bytes at the hex cursor are shown instead of the details.
    var isInspecting = false
    /// Bytes in a row of the hex pane; nil: as many as fit.
    var hexColumns: Int?
    /// How often the fields of a name have each value, and the same as a list, the most frequent first.
    var values: ValueTally?
    var countedValues: [ValueTally.CountedValue] = []
    /// Of the bytes that were summed up last.
    var statistics: StatisticsJob?

    init(_ document: Document) {
        outline = Outline(document)
        // What is inside the container is what people come for.
        selection = NodePath([document.store.containerCount])
        generation = document.store.generation
        openingCount = document.openingCount
        if document.tree.node(selection).path != selection { selection = .root }
    }
}

/// The first line in sight of the details of a node.
struct DetailsTop: Equatable, Sendable {
    var path = NodePath.root
    var line = 0
}

/// A byte, and what its offset counts in.
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

    /// Where Tab leads.
    var other: Pane { self == .tree ? .hex : .tree }
}

/// Shares of the tree pane, in parts of `whole`.
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

/// A count and the keys of a sequence that is not complete.
struct PendingKeys: Equatable, Sendable {
    static let largestCount = 1_000_000_000_000

    var count: Int?
    var keys: [Key] = []

    var isEmpty: Bool { count == nil && keys.isEmpty }

    mutating func append(digit: Int) {
        count = min((count ?? 0) * 10 + digit, Self.largestCount)
    }
}

/// How far someone is with the first steps.
struct TutorProgress: Equatable, Sendable {
    /// What the steps take of the screen, where there is room.
    static let rows = 6

    /// The number of the step that is to be done; that of all steps: the end.
    var step = 0
    /// Whether the step before was done, and not passed over.
    var hasDone = false
}
