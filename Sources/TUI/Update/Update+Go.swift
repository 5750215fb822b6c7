import Core

extension Update {
    /// Runs a line of the command prompt: an action by name with a number, or a place.
    mutating func run(_ line: String) {
        let words = line.split(separator: " ")
        guard let first = words.first else { return }
        if let action = Action(name: first), let argument = argument(of: action, words.dropFirst()) {
            return run(action, argument)
        }
        go(to: line)
    }

    // Nil when what follows the name can't belong to an action.
    private func argument(of action: Action, _ words: ArraySlice<Substring>) -> String? {
        if words.isEmpty { return "" }
        let text = words.joined(separator: " ")
        switch action {
        case .goto, .search, .command: return text
        default: return Int(text) == nil ? nil : text
        }
    }

    private mutating func run(_ action: Action, _ argument: String) {
        switch action {
        case .goto where !argument.isEmpty: go(to: argument)
        case .command where !argument.isEmpty: run(argument)
        case .search where !argument.isEmpty:
            remember()
            recall(argument, .search)
            find(argument)
        default: perform(action, count: Int(argument))
        }
    }

    /// Goes to an offset, a path, a section or a guest page.
    mutating func go(to text: String) {
        guard text.contains(where: { $0 != " " }) else { return }
        do throws(PlaceError) {
            let place = try document.place(text, from: model.hexCursor)
            synchronize()
            remember()
            select(place.path, isJump: true)
            if let offset = place.offset {
                model.hexCursor = clampedOffset(offset)
                revealHexCursor()
            }
        } catch {
            fail(error.description)
        }
    }

    // MARK: Findings

    private var sortedFindings: [Finding] { document.findings.sorted { $0.offset < $1.offset } }

    mutating func moveFindings(_ steps: Int) {
        let findings = sortedFindings
        guard !findings.isEmpty else { return note("no findings") }
        let here = model.hexCursor
        let ahead = findings.firstIndex { $0.offset > here } ?? findings.count
        let behind = (findings.lastIndex { $0.offset < here } ?? -1)
        let wanted = steps > 0 ? ahead.addingClamped(steps - 1) : behind.addingClamped(steps + 1)
        guard findings.indices.contains(wanted) else { return fail("no more findings that way") }
        show(findings[wanted])
    }

    mutating func openFindings() {
        guard !document.findings.isEmpty else { return note("no findings") }
        model.overlay = .findings(selected: 0)
    }

    mutating func show(_ finding: Finding) {
        remember()
        moveHexCursor(to: finding.offset)
        note("\(finding.severity.rawValue): \(finding.message)")
    }

    // MARK: Overlays

    /// Keys while help or a list covers the panes.
    mutating func performOnOverlay(_ action: Action, count: Int?) {
        let times = max(count ?? 1, 1)
        let page = max(layout.body.height - 3, 1)
        switch action {
        case .moveDown, .scrollDown: moveOverlay(times)
        case .moveUp, .scrollUp: moveOverlay(-times)
        case .pageDown: moveOverlay(page)
        case .pageUp: moveOverlay(-page)
        case .halfPageDown: moveOverlay(max(page / 2, 1))
        case .halfPageUp: moveOverlay(-max(page / 2, 1))
        case .first: moveOverlay(-.max)
        case .last: moveOverlay(.max)
        case .toggle, .right: chooseInOverlay()
        case .close, .cancel, .left: model.overlay = nil
        case .help: model.overlay = overlayIsHelp ? nil : .help(top: 0)
        case .findings: model.overlay = overlayIsHelp ? .findings(selected: 0) : nil
        case .quit: emit(.quit)
        case .redraw: emit(.redraw)
        case .suspend: emit(.suspend)
        default: emit(.bell)
        }
    }

    private var overlayIsHelp: Bool { if case .help = model.overlay { true } else { false } }

    mutating func moveOverlay(_ rows: Int) {
        switch model.overlay {
        case .help(let top):
            let last = max(0, HelpView.lines.count - HelpView.height(layout))
            model.overlay = .help(top: min(max(top.addingClamped(rows), 0), last))
        case .findings(let selected):
            let last = document.findings.count - 1
            model.overlay = .findings(selected: min(max(selected.addingClamped(rows), 0), last))
        case nil: break
        }
    }

    mutating func chooseInOverlay() {
        guard case .findings(let selected) = model.overlay, document.findings.indices.contains(selected) else {
            return
        }
        model.overlay = nil
        show(document.findings[selected])
    }
}
