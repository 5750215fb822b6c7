import Memory

extension Update {
    /// Shows the selected guest page with the content that the guest had, unless the user wants its record.
    mutating func updatePage() {
        guard !model.showsRecords, let page = document.tree.guestPage(selectedNode) else {
            model.page = nil
            return
        }
        guard page != model.page?.page else { return }
        model.page = nil
        if let content = document.store.content(of: page) {
            show(page, content)
        } else if model.job == nil {
            let job = PageJob(page, document)
            model.job = .history(job)
            step(job)
        }
    }

    mutating func step(_ job: PageJob) {
        guard let content = job.step(budget: Self.recordsAStep, document.store.region) else { return }
        model.job = nil
        // The selection may have moved on.
        if document.tree.guestPage(selectedNode) == job.page { show(job.page, content) }
    }

    private mutating func show(_ page: GuestPage, _ content: PageReader.Content) {
        let map = model.guestMap ?? document.guestMap
        model.guestMap = map
        model.page = PageView(page, content, physical: page.physicalAddress(in: map))
        if let inside = page.offset(ofStreamOffset: model.hexCursor) {
            _ = moveInPage(to: inside)
        }
    }

    /// Toggles between the page and the record that carried it.
    mutating func toggleRecord() {
        model.showsRecords.toggle()
        updatePage()
        note(model.showsRecords ? "RAM records as they were sent" : "RAM pages as the guest had them")
    }

    /// Moves the cursor of the visible page; returns false when there is none.
    mutating func moveInPage(to offset: Int) -> Bool {
        guard var page = model.page else { return false }
        page.cursor = min(max(offset, 0), max(page.region.count - 1, 0))
        let width = layout.hexGeometry.bytesPerRow
        let height = max(layout.hex?.height ?? 1, 1)
        let row = page.cursor / width
        let top = page.top / width
        if row < top { page.top = row * width }
        if row >= top + height { page.top = (row - height + 1) * width }
        model.page = page
        return true
    }

    mutating func scrollPage(_ rows: Int) -> Bool {
        guard var page = model.page else { return false }
        let width = layout.hexGeometry.bytesPerRow
        let height = max(layout.hex?.height ?? 1, 1)
        let highest = max(0, (page.region.count - 1) / width - height + 1)
        page.top = min(max((page.top / width).addingSaturated(rows), 0), highest) * width
        model.page = page
        return true
    }

    /// The cursor of the hex pane, in the units of its content.
    var shownCursor: Int { model.page?.cursor ?? model.hexCursor }

    /// A byte in the first row of the hex pane, in the units of its content.
    var shownTop: Int { model.page?.top ?? model.hexTop }
}
