import Bytes
import Diagnose
import Query
import Stream

/// The model, and how events change it.
struct Update {
    let document: Document
    let target: CheckTarget
    /// The comparison with another stream, and which of both this one is.
    let diff: DiffSession?
    let side: DiffSide
    /// Set by the action that brings the other stream to the front.
    var wantsOtherStream = false
    let keymap: Keymap
    /// What the file was called when the program was started; empty where nobody said.
    let inputName: String
    // The options by which it was opened.
    private let inputWords: [String]
    /// Opens what an edited stream is written to.
    let openOutput: OutputOpening?
    private let isInputAtEnd: (@Sendable () -> Bool)?
    /// The conditions of the color rules, and their colors.
    let colorRules: [FilterRun]
    let ruleColors: [RuleColor]
    var model: Model
    private(set) var size = Size(width: 80, height: 24)
    private(set) var layout: ScreenLayout
    /// Milliseconds since some moment; what time it is matters only for what is said of long work.
    let clock: @Sendable () -> Int
    private var effects: [Effect] = []
    /// Other open files with edits that no file has.
    var otherEditedFiles: [String] = []
    /// What the browser is to do with its documents.
    var request: Request?

    enum Request {
        /// Open the sample stream for the first steps.
        case tutor
        /// Open another file, or go to it when it is open.
        case openFile(String)
        /// Go on by so many files.
        case nextFile(Int)
        /// Go back from it.
        case leaveTutor
    }

    init(
        _ document: Document, target: CheckTarget = CheckTarget(), diff: DiffSession? = nil,
        side: DiffSide = .left, _ options: BrowserOptions
    ) {
        self.diff = diff
        self.side = side
        self.document = document
        self.target = target
        clock = options.clock ?? { 0 }
        keymap = options.settings.keymap
        inputName = options.inputName
        inputWords = options.inputWords
        isInputAtEnd = options.isInputAtEnd
        openOutput = options.openOutput
        colorRules = options.settings.colorRules.map { FilterRun($0.filter, document) }
        ruleColors = options.settings.colorRules.map(\.color)
        model = Model(document)
        model.look = Look(options)
        layout = ScreenLayout(size, .init())
        apply(options.settings)
        arrange()
    }

    /// Goes where the command line says.
    mutating func start(_ options: BrowserOptions) {
        select(model.selection)
        restore(history: options.kept.history)
        if let session = options.kept.session { restore(session: session) }
        if !target.isEmpty { startCheck(.list) }
        startDiff()
        if let place = options.startPlace { select(place) }
        if let pattern = options.find { find(pattern) }
        // A part of a stream looks like a stream.
        if let stop = document.findings.first(where: {
            $0.code.entry.subject == .containers && $0.severity != .note
        }) {
            note(stop.message)
        }
        if let notice = options.notice { fail(FileName.shown(notice)) }
        effects = []
        startReading()
        startFollowing()
        arrange()
    }

    /// The file as it is named on a command line that opens the same stream again.
    var inputArguments: [String] { [inputName.isEmpty ? document.overview.fileName : inputName] + inputWords }

    /// Takes over what is set and can be changed while the browser runs.
    mutating func apply(_ settings: Settings) {
        if let theme = settings.theme { model.look.theme = theme }
        if let ascii = settings.ascii { model.look.ascii = ascii }
        if let layout = settings.layout { model.arrangement = layout }
        if let columns = settings.columns { model.columns = columns }
        if let base = settings.base { model.base = base }
        if let clipboard = settings.clipboard { model.clipboard = clipboard }
    }

    /// Takes one event.
    mutating func handle(_ event: Event, _ newSize: Size) -> [Effect] {
        effects = []
        if newSize != size { resize(newSize) }
        switch event {
        case .key(let key): handle(key)
        case .mouse(let mouse): handle(mouse)
        case .paste(let text): paste(text)
        case .resize(let size): resize(size)
        case .resumed: emit(.redraw)
        case .tick: work()
        case .background(let isLight): model.look.isOnLight = isLight
        case .clock: readGrowth()
        case .fileNames(let names, let start): complete(names, of: start)
        case .reported(let text, isError: true): fail(FileName.shown(text))
        case .reported(let text, isError: false): note(FileName.shown(text))
        }
        reportLosses()
        synchronize()
        updatePage()
        checkTutor(effects)
        arrange()
        return effects
    }

    /// Whether no more of a stream that grows can come.
    var hasInputEnded: Bool { isInputAtEnd?() ?? false }

    mutating func emit(_ effect: Effect) { effects.append(effect) }

    /// Shows a line about something that did not work.
    mutating func fail(_ text: String) {
        model.message = Message(kind: .error, text: text)
        emit(.bell)
    }

    mutating func note(_ text: String) { model.message = Message(kind: .note, text: text) }

    mutating func resize(_ newSize: Size) {
        size = newSize
        arrange()
        revealSelection()
        revealHexCursor()
    }

    /// Computes the layout anew; to be called when something that it depends on has changed.
    mutating func arrange() {
        layout = ScreenLayout(
            Size(width: size.width, height: size.height - tutorRows),
            .init(
                arrangement: model.arrangement, isZoomed: model.isZoomed, activePane: model.activePane,
                dividers: model.dividers, hasPrompt: model.prompt != nil,
                hasInspector: model.isInspecting, detailsLines: detailsLines, streamSize: shownEnd,
                hexColumns: model.hexColumns))
    }

    // Asked for with each event: only while somebody looks at them.
    private var detailsLines: Int {
        guard model.activePane == .details, !model.isInspecting else { return 0 }
        let frame = ScreenLayout.isBoxed(size) ? 2 : 0
        return DetailsView.lineCount(self, Rect(x: 0, y: 0, width: size.width - frame, height: 2))
    }

    /// Counts rows anew when the tree has changed. The selection stays.
    mutating func synchronize() {
        guard document.generation != model.generation else { return }
        model.generation = document.generation
        let document = document
        if document.openingCount != model.openingCount { startAnew() }
        model.outline.refresh(document)
        model.unfiltered?.refresh(document)
        model.selection = document.node(model.selection).path
        if document.unreadPath == nil { placeKept() }
    }

    private mutating func handle(_ key: Key) {
        if model.prompt != nil { return edit(key) }
        if model.pending.keys.isEmpty, let digit = key.digit, digit > 0 || model.pending.count != nil {
            model.pending.append(digit: digit)
            return
        }
        if key == .escape, !model.pending.isEmpty {
            model.pending = PendingKeys()
            return
        }
        model.pending.keys.append(key)
        switch keymap.meaning(of: model.pending.keys) {
        case .prefix: return
        case .nothing:
            let keys = model.pending.keys.map(\.name).joined(separator: " ")
            model.pending = PendingKeys()
            fail("no action on \(DisplayText.escaped(keys)); \(keymap.hint(.help)) lists the keys")
        case .action(let action, let argument):
            let count = argument ?? model.pending.count
            model.pending = PendingKeys()
            model.message = nil
            perform(action, count: count)
        }
    }
}
