import Stream

extension Update {
    /// Applies the settings that can change while the browser runs.
    mutating func apply(_ settings: Settings) {
        if let theme = settings.theme { model.look.theme = theme }
        if let ascii = settings.ascii { model.look.ascii = ascii }
        if let layout = settings.layout { model.arrangement = layout }
        if let columns = settings.columns { model.columns = columns }
        if let base = settings.base { model.base = base }
        if let clipboard = settings.clipboard { model.clipboard = clipboard }
    }

    mutating func resize(_ newSize: Size) {
        size = newSize
        arrange()
        revealSelection()
        revealHexCursor()
    }

    /// Recomputes the layout; call it when one of its inputs has changed.
    mutating func arrange() {
        layout = ScreenLayout(
            Size(width: size.width, height: size.height - tutorRows),
            .init(
                arrangement: model.arrangement, isZoomed: model.isZoomed, activePane: model.activePane,
                dividers: model.dividers, hasPrompt: model.prompt != nil,
                hasInspector: model.isInspecting, detailsLines: wantedDetailsLines, streamSize: shownEnd,
                hexColumns: model.hexColumns))
    }

    // Runs at each event, so count only while the details are in front.
    private var wantedDetailsLines: Int {
        guard model.activePane == .details, !model.isInspecting else { return 0 }
        let frame = ScreenLayout.isBoxed(size) ? 2 : 0
        return detailsLines(self, Rect(x: 0, y: 0, width: size.width - frame, height: 2))
    }

    /// The number of rows at the bottom that the first steps take.
    var tutorRows: Int { model.tutor == nil ? 0 : min(TutorProgress.rows, max(size.height - 9, 0)) }

    /// Makes a change that moves or resizes panes, and keeps the selection visible.
    mutating func changeView(_ change: (inout Model) -> Void) {
        change(&model)
        arrange()
        revealSelection()
        revealHexCursor()
    }

    /// Recounts rows when the tree has changed. The selection stays.
    mutating func synchronize() {
        guard document.store.generation != model.generation else { return }
        model.generation = document.store.generation
        let document = document
        if document.openingCount != model.openingCount { startAnew() }
        model.outline.refresh(document)
        model.unfiltered?.refresh(document)
        model.selection = document.tree.node(model.selection).path
        if document.unreadPath == nil { placeKept() }
    }

    /// Closes all views, before a jump to a place.
    mutating func showPanes() { model.views = [] }
}
