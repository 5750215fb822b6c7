extension Update {
    /// Performs an action: `count` times when it is repeatable; otherwise `count` is its argument.
    mutating func perform(_ action: Action, count: Int?) {
        if action != .quit, action != .close, action != .command { model.isWarnedOfEdits = false }
        if model.overlay != nil {
            performOnOverlay(action, count: count)
        } else {
            performInPanes(action, count: count)
        }
    }

    /// Performs an action on the panes, even when a view covers them.
    mutating func performInPanes(_ action: Action, count: Int?) {
        if !performInPane(action, count), !performFind(action, count) { performRest(action, count) }
    }

    /// Returns false for actions that are handled elsewhere.
    private mutating func performFind(_ action: Action, _ count: Int?) -> Bool {
        switch action {
        case .search: openPrompt(.search)
        case .searchBackward: openPrompt(.searchBackward)
        case .searchNext: moveMatches(searchDirection * max(count ?? 1, 1))
        case .searchPrevious: moveMatches(-searchDirection * max(count ?? 1, 1))
        case .searchName: searchName()
        case .searchNameBackward: searchName(backward: true)
        case .matches: openMatches()
        case .filter: openPrompt(.filter)
        case .values: openValues()
        case .strings: openStrings(count)
        case .palette:
            openPrompt(.command)
            model.prompt?.takesFirst = true
        case .command: openPrompt(.command)
        case .goto: openPrompt(.goto)
        case .percent: go(toPercent: count)
        case .follow: follow()
        case .back: moveInHistory(max(count ?? 1, 1)) { $0.back(from: $1) }
        case .forward: moveInHistory(max(count ?? 1, 1)) { $0.forward(from: $1) }
        case .setMark: setMark(count ?? 1)
        case .goToMark: goToMark(count ?? 1)
        case .note: openNote()
        case .marks: openMarks()
        case .nextFinding: moveFindings(max(count ?? 1, 1))
        case .previousFinding: moveFindings(-max(count ?? 1, 1))
        case .compareTwin: compareTwin()
        case .compareRange: compareRange(with: count)
        case .findings: openFindings()
        case .explain: openPrompt(.explain)
        case .differences: openDifferences()
        case .otherStream: switchStream()
        default: return false
        }
        return true
    }

    private mutating func performRest(_ action: Action, _ count: Int?) {
        switch action {
        case .zoom: changeView { $0.isZoomed.toggle() }
        case .dividerLeft: moveDivider(-max(count ?? 1, 1))
        case .dividerRight: moveDivider(max(count ?? 1, 1))
        case .layout:
            changeView {
                $0.isZoomed = false
                $0.arrangement = $0.arrangement.next
            }
            note("layout: \(model.arrangement.rawValue)")
        case .numberBase: model.base = model.base == .hexadecimal ? .decimal : .hexadecimal
        case .ramMap: openRAMMap()
        case .otherPane: changeView { $0.activePane = $0.activePane.other }
        case .write: openWrite()
        case .pipe: openPrompt(.pipe)
        case .report: openPrompt(.report)
        case .statistics: openStatistics()
        case .open: openPrompt(.command, Action.open.name + " ")
        case .nextFile: request = .nextFile(max(count ?? 1, 1))
        case .previousFile: request = .nextFile(-max(count ?? 1, 1))
        case .help: model.overlay = .help()
        case .tutor: tutor(count)
        case .set: openPrompt(.command, "set ")
        case .cancel: cancel()
        case .close: close()
        case .editValue: openValue()
        case .drop: drop()
        case .undo: undo(max(count ?? 1, 1))
        case .redo: redo(max(count ?? 1, 1))
        case .edits: openEdits()
        case .quit: quit()
        case .redraw: emit(.redraw)
        case .suspend: emit(.suspend)
        default: performCopy(action)
        }
    }

    private mutating func cancel() {
        if model.shownJob != nil { return cancelJob() }
        if model.anchor != nil {
            model.anchor = nil
            return
        }
        // Tags took work to set, so clear them last.
        if model.search == nil, model.hits == nil, model.unfiltered == nil { model.tags = [] }
        model.search = nil
        model.hits = nil
        endFilter()
    }

    private mutating func close() {
        if model.unfiltered != nil || model.anchor != nil {
            cancel()
        } else if model.activePane == .details {
            toggleDetails()
        } else if model.isZoomed {
            changeView { $0.isZoomed = false }
        } else if model.tutor != nil {
            request = .leaveTutor
        } else {
            quit()
        }
    }
}
