extension Update {
    /// Performs an action while a view covers the panes.
    mutating func performOnOverlay(_ action: Action, count: Int?) {
        guard let view = model.overlay?.view, !view.perform(action, count, &self) else { return }
        if action == view.opener { return model.overlay = nil }
        let times = max(count ?? 1, 1)
        let page = max(layout.body.height - 3, 1)
        switch action {
        case .moveDown, .scrollDown: view.move(times, &self)
        case .moveUp, .scrollUp: view.move(-times, &self)
        case .pageDown: view.move(page, &self)
        case .pageUp: view.move(-page, &self)
        case .halfPageDown: view.move(max(page / 2, 1), &self)
        case .halfPageUp: view.move(-max(page / 2, 1), &self)
        case .first: view.move(-.max, &self)
        case .last: view.move(.max, &self)
        case .toggle, .right: view.choose(&self)
        case .cancel where model.shownJob != nil:
            cancelJob()
            model.overlay = nil
        case .close, .cancel, .left: if !view.leaves(&self) { model.overlay = nil }
        case .nextFinding, .searchNext: view.move(times, &self)
        case .previousFinding, .searchPrevious: view.move(-times, &self)
        default: performOutside(action, count)
        }
    }

    // Performs actions that work the same in all views: opening views, prompts, and the program's own.
    private mutating func performOutside(_ action: Action, _ count: Int?) {
        if action == .goToMark { showPanes() }
        guard action.isForAllViews || action == .goToMark else { return emit(.bell) }
        performInPanes(action, count: count)
    }

    /// Selects the row of a list at a mouse click. The cursor is on the selected line; each row of a list is
    /// one line.
    mutating func pressOnOverlay(_ mouse: MouseEvent) {
        guard let view = model.overlay?.view, view.isList, layout.overlayArea.contains(mouse.x, mouse.y),
            let cursor = ScreenView(self).frame().grid.cursor
        else { return }
        view.move(mouse.y - cursor.y, &self)
    }
}
