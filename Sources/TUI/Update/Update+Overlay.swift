extension Update {
    /// Keys while help or a list covers the panes.
    mutating func performOnOverlay(_ action: Action, count: Int?) {
        if model.overlay == .ramMap, performOnRAMMap(action, count) { return }
        if model.overlay == .differences, performOnDifferences(action, count) { return }
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
        case .cancel where model.job != nil:
            cancelJob()
            model.overlay = nil
        case .close, .cancel, .left: closeOverlay()
        case .help: model.overlay = overlayIsHelp ? nil : .help()
        case .search where overlayIsHelp: openPrompt(.help)
        case .command, .goto:
            model.overlay = nil
            perform(action, count: count)
        case .nextFinding: moveOverlay(times)
        case .previousFinding: moveOverlay(-times)
        case .findings:
            let isOpen = if case .findings = model.overlay { true } else { false }
            model.overlay = nil
            if !isOpen { openFindings() }
        case .marks, .matches, .compareTwin: model.overlay = nil
        case .searchNext: moveOverlay(times)
        case .searchPrevious: moveOverlay(-times)
        case .goToMark:
            model.overlay = nil
            goToMark(count ?? 1)
        case .quit: emit(.quit)
        case .redraw: emit(.redraw)
        case .suspend: emit(.suspend)
        default: emit(.bell)
        }
    }

    // Help that is searched shows all of itself first.
    private mutating func closeOverlay() {
        if case .help(_, let filter) = model.overlay, !filter.isEmpty {
            model.overlay = .help()
        } else {
            model.overlay = nil
        }
    }

    private var overlayIsHelp: Bool { if case .help = model.overlay { true } else { false } }

    mutating func moveOverlay(_ rows: Int) {
        switch model.overlay {
        case .help(let top, let filter):
            let last = max(0, HelpView.lines(filter, keymap).count - HelpView.height(layout))
            model.overlay = .help(top: min(max(top.addingClamped(rows), 0), last), filter: filter)
        case .findings(let selected):
            let last = max(findings.count - 1, 0)
            model.overlay = .findings(selected: min(max(selected.addingClamped(rows), 0), last))
        case .explanation(let selected):
            let last = model.explained.count - 1
            model.overlay = .explanation(selected: min(max(selected.addingClamped(rows), 0), last))
        case .marks(let selected):
            let last = markedPlaces.count - 1
            model.overlay = .marks(selected: min(max(selected.addingClamped(rows), 0), last))
        case .twins(let selected):
            let last = (model.twins?.differences.count ?? 1) - 1
            model.overlay = .twins(selected: min(max(selected.addingClamped(rows), 0), last))
        case .matches(let selected):
            model.overlay = .matches(selected: min(max(selected.addingClamped(rows), 0), matchTotal - 1))
        case .ramMap: moveInRAMMap(lines: rows)
        case .differences: diff?.move(rows)
        case nil: break
        }
    }

    mutating func chooseInOverlay() {
        switch model.overlay {
        case .findings(let selected):
            guard findings.indices.contains(selected) else { return }
            model.overlay = nil
            show(findings[selected])
        case .explanation(let selected):
            guard model.explained.indices.contains(selected) else { return }
            model.overlay = nil
            show(model.explained[selected])
        case .marks(let selected):
            let places = markedPlaces
            guard places.indices.contains(selected) else { return }
            model.overlay = nil
            remember()
            go(to: places[selected].entry)
        case .twins(let selected):
            model.overlay = nil
            goToTwin(selected)
        case .matches(let selected):
            model.overlay = nil
            goToMatch(selected)
        case .help, .ramMap, .differences, nil: break
        }
    }
}
