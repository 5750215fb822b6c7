import Stream

extension Update {
    /// Takes over what is set and can be changed while the browser runs.
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

    /// Computes the layout anew; to be called when something that it depends on has changed.
    mutating func arrange() {
        layout = ScreenLayout(
            Size(width: size.width, height: size.height - tutorRows),
            .init(
                arrangement: model.arrangement, isZoomed: model.isZoomed, activePane: model.activePane,
                dividers: model.dividers, hasPrompt: model.prompt != nil,
                hasInspector: model.isInspecting, detailsLines: wantedDetailsLines, streamSize: shownEnd,
                hexColumns: model.hexColumns))
    }

    // Asked for with each event: only while somebody looks at them.
    private var wantedDetailsLines: Int {
        guard model.activePane == .details, !model.isInspecting else { return 0 }
        let frame = ScreenLayout.isBoxed(size) ? 2 : 0
        return detailsLines(self, Rect(x: 0, y: 0, width: size.width - frame, height: 2))
    }

    /// The rows at the bottom that the steps take from everything else.
    var tutorRows: Int { model.tutor == nil ? 0 : min(TutorProgress.rows, max(size.height - 9, 0)) }

    /// Changes something that moves or resizes panes, and keeps what is selected in sight.
    mutating func changeView(_ change: (inout Model) -> Void) {
        change(&model)
        arrange()
        revealSelection()
        revealHexCursor()
    }

    /// Counts rows anew when the tree has changed. The selection stays.
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

    /// Closes all views: somebody goes to a place.
    mutating func showPanes() { model.views = [] }
}
