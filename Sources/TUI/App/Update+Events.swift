import Bytes
import Diagnose
import Query
import Stream

extension Update {
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
        detailsLines = { DetailsView.lineCount($0, $1) }
        layout = ScreenLayout(Size(width: 80, height: 24), .init())
        apply(options.settings)
        arrange()
    }

    /// Goes to the place that the command line names.
    mutating func start(_ options: BrowserOptions) {
        select(model.selection)
        restore(history: options.kept.history)
        if let session = options.kept.session { restore(session: session) }
        if !target.isEmpty { startCheck(.list) }
        startDiff()
        if let place = options.startPlace { select(place) }
        if let pattern = options.find { find(pattern) }
        // A fragment of a stream looks like a stream.
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

    /// Handles one event.
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
        beginMatches()
        checkTutor(effects)
        arrange()
        return effects
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
