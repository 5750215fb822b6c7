import Compare
import Diagnose
import Export
import Stream

/// The content of a terminal: takes events and draws.
package protocol Screen: AnyObject {
    /// Handles an event on a screen of this size.
    /// - Returns: the effects for the terminal, in order.
    func handle(_ event: Event, size: Size) -> [Effect]

    /// Whether there is work to continue with each `Event.tick`.
    var hasWork: Bool { get }

    /// A descriptor other than the terminal whose readability brings work.
    var input: Int32? { get }

    /// Whether the screen needs `Event.clock` while no other event comes.
    var isFollowing: Bool { get }

    /// Checks whether drawing touched bytes that the file has lost; true when the screen needs another
    /// drawing.
    func noticesLosses() -> Bool

    /// Draws the screen. O(cells); changes nothing.
    func render(size: Size) -> Frame
}

extension Screen {
    package var isFollowing: Bool { false }
    package func noticesLosses() -> Bool { false }
}

/// The browser: handles events, keeps the state, and draws. It has no access to a terminal.
package final class Browser: Screen {
    private(set) var state: Update
    private let options: BrowserOptions
    /// The state below the first steps of `:tutor`.
    private var beneath: Update?
    /// The other of two compared streams.
    private var other: Update?
    /// All files, by name, with the state of those that are open but not shown.
    private var files: [(name: String, state: Update?)]
    private var current = 0

    /// Browses one document; with a `target`, checks the stream against it.
    package init(document: Document, target: CheckTarget = CheckTarget(), options: BrowserOptions) {
        self.options = options
        files = [(options.inputName, nil)] + options.moreFiles.map { ($0, nil) }
        state = Update(document, target: target, options)
        state.start(options)
        state.refreshColorRules()
        for line in options.commands {
            for event in Self.events(line: line) { _ = handle(event, size: state.size) }
        }
    }

    /// Compares `document` with something else, and begins with the list of differences.
    package init(document: Document, comparedWith right: ComparedWith, options: BrowserOptions) {
        self.options = options
        files = []
        let session = DiffSession(document, right)
        state = Update(document, diff: session, options)
        other = right.stream.map { Update($0, diff: session, side: .right, options) }
        state.start(options)
        state.refreshColorRules()
    }

    package func handle(_ event: Event, size: Size) -> [Effect] {
        let effects = state.handle(event, size)
        switchStreams()
        switchDocuments()
        state.refreshColorRules()
        return effects
    }

    private func switchDocuments() {
        switch state.request {
        case .tutor: startTutor()
        case .openFile(let name): open(name)
        case .nextFile(let steps): goToFile(steps)
        case .leaveTutor:
            if let back = beneath {
                state = back
                beneath = nil
            }
            state.model.tutor = nil
        case nil: break
        }
        state.request = nil
    }

    // MARK: Several files

    private func open(_ name: String) {
        state.request = nil
        guard !files.isEmpty, beneath == nil else { return state.fail("files can't be opened here") }
        if let known = files.firstIndex(where: { $0.name == name }) { return goToFile(known - current) }
        files.append((name, nil))
        goToFile(files.count - 1 - current)
        // A file that can't be opened does not stay in the list.
        if current != files.count - 1 { files.removeLast() }
    }

    private func goToFile(_ steps: Int) {
        state.request = nil
        let wanted = current + steps
        guard beneath == nil, files.indices.contains(wanted), wanted != current else {
            return state.fail(
                files.count < 2 ? "only one file is open; :open FILE opens another" : "no more files that way"
            )
        }
        guard var next = files[wanted].state ?? opened(files[wanted].name) else { return }
        next.model.look = state.model.look
        next.model.arrangement = state.model.arrangement
        next.model.base = state.model.base
        next.model.typed = state.model.typed
        next.resize(state.size)
        next.note("\(wanted + 1)/\(files.count): \(next.document.overview.fileName)")
        state.model.job = nil
        files[current].state = state
        files[wanted].state = nil
        current = wanted
        next.otherEditedFiles = files.compactMap { $0.state?.hasUnwrittenEdits ?? false ? $0.name : nil }
        state = next
    }

    private func opened(_ name: String) -> Update? {
        guard let open = options.openFile else {
            state.fail("files can't be opened here")
            return nil
        }
        switch open(name) {
        case .failure(let problem):
            state.fail(problem.text)
            return nil
        case .success(let document):
            var own = options
            own.startPlace = nil
            own.find = nil
            own.notice = nil
            own.commands = []
            own.inputName = name
            own.inputWords = []
            own.kept = Keepsake(history: [])
            var update = Update(document, own)
            update.start(own)
            return update
        }
    }

    private func startTutor() {
        guard let sample = options.sample?() else { return state.fail("there is no sample stream here") }
        var own = options
        own.startPlace = nil
        own.find = nil
        own.notice = nil
        own.kept = Keepsake(history: [])
        var tutor = Update(sample, own)
        tutor.start(own)
        tutor.model.look = state.model.look
        tutor.model.tutor = TutorProgress()
        tutor.resize(state.size)
        tutor.otherEditedFiles = state.hasUnwrittenEdits ? [state.document.overview.fileName] : []
        state.request = nil
        beneath = state
        state = tutor
    }

    private func switchStreams() {
        guard state.wantsOtherStream, var next = other else { return }
        state.wantsOtherStream = false
        state.handOver(to: &next)
        state.model.job = nil
        next.otherEditedFiles = state.hasUnwrittenEdits ? [state.document.overview.fileName] : []
        other = state
        state = next
    }

    /// The state to keep for the next session.
    package var keepsake: Keepsake {
        // With several files, the state of the first, which the program knows.
        (beneath ?? files.first?.state ?? state).keepsake
    }

    /// The nodes with marks and notes.
    package var markedItems: [ReportItem] { state.markedItems }

    package var hasWork: Bool { state.model.shownJob != nil }

    package var input: Int32? { nil }

    package var isFollowing: Bool { state.document.isGrowing }

    package func noticesLosses() -> Bool {
        let count = state.document.findings.count
        state.reportLosses()
        return state.document.findings.count != count
    }

    package func render(size: Size) -> Frame {
        guard size != state.size else { return ScreenView(state).frame() }
        var resized = state
        resized.resize(size)
        return ScreenView(resized).frame()
    }
}
