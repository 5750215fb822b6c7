import Memory
import Stream

extension Update {
    mutating func moveSiblings(_ steps: Int) {
        let target = model.outline.sibling(steps, of: model.selection, document)
        if let target, target != model.selection { select(target) }
    }

    mutating func moveToParent(_ times: Int) {
        var path = model.selection
        for _ in 0..<min(times, path.depth) {
            if let parent = model.outline.parent(of: path, document), parent != .root { path = parent }
        }
        if path != model.selection { select(path) }
    }

    mutating func moveSections(_ times: Int, step: Int) {
        var path = model.selection
        for _ in 0..<times {
            guard let next = shownSection(path, step) else { break }
            path = next
        }
        if path != model.selection { select(path) }
    }

    /// Returns the records that lead to a path, outermost first.
    private func records(_ path: NodePath) -> [Node] {
        document.tree.nodes(along: path).filter(\.isRecord)
    }

    /// Returns the next or previous section that a filter does not hide.
    private func shownSection(_ path: NodePath, _ step: Int) -> NodePath? {
        var next = step > 0 ? nextSection(path) : previousSection(path)
        while let found = next, !model.outline.shows(document.tree.node(found), document) {
            next = step > 0 ? nextSection(found) : previousSection(found)
        }
        return next
    }

    private func nextSection(_ path: NodePath) -> NodePath? {
        let records = records(path)
        if let group = records.last, group.path == path, isOpenGroup(group) { return path.appending(0) }
        for record in records.reversed() {
            guard let parent = record.path.parent, let index = record.path.indices.last else { continue }
            if index + 1 < document.tree.node(parent).childCount { return parent.appending(index + 1) }
        }
        return nil
    }

    private func previousSection(_ path: NodePath) -> NodePath? {
        guard let record = records(path).last else { return nil }
        if record.path != path { return record.path }
        guard let parent = path.parent, let index = path.indices.last else { return nil }
        if index == 0 { return parent == .root ? nil : parent }
        let previous = document.tree.node(parent.appending(index - 1))
        return isOpenGroup(previous) ? previous.path.appending(previous.childCount - 1) : previous.path
    }

    /// Goes to a percentage of the stream; without one, goes from the first byte of the section to its last,
    /// and from there back.
    mutating func go(toPercent percent: Int?) {
        if let percent {
            let share = document.store.region.count * min(max(percent, 0), 100) / 100
            return jump(toOffset: min(share, document.store.region.count - 1))
        }
        guard let section = records(model.selection).last, section.size > 0 else { return }
        let last = section.range.upperBound - 1
        let offset = model.hexCursor == last ? section.offset : last
        guard section.space == .stream else { return moveHexCursor(to: offset) }
        jump(toOffset: offset)
    }

    /// Whether a node shows sections below it.
    private func isOpenGroup(_ node: Node) -> Bool {
        isOpen(node) && document.tree.child(0, of: node).isRecord
    }

    // MARK: History

    /// Stores the present place before a jump.
    mutating func remember() { model.history.push(here) }

    private var here: History.Visit { .init(selection: model.selection, offset: model.hexCursor) }

    mutating func moveInHistory(
        _ times: Int, _ step: (inout History, History.Visit) -> History.Visit?
    ) {
        for _ in 0..<times {
            guard let entry = step(&model.history, here) else { return fail("no more places that way") }
            go(to: entry)
        }
    }

    /// Restores a place with its selection and its byte or range of bytes.
    mutating func go(to entry: History.Visit) {
        select(entry.selection, isJump: true)
        if entry.length > 0, model.page == nil, shownSpace == .stream {
            return selectRange(entry.offset..<entry.offset.addingSaturated(entry.length))
        }
        guard document.tree.node(model.selection).range.contains(entry.offset) else { return }
        model.hexCursor = entry.offset
        revealHexCursor()
    }
}

extension Update {
    /// Goes to an offset, a path, a section, a guest page or an address of guest memory.
    mutating func go(to text: String) {
        guard text.contains(where: { $0 != " " }) else { return }
        showPanes()
        if let address = GuestAddress(text) { return go(to: address) }
        if !document.hasUnreadPart, let search = PageSearch(text, document) { return step(search) }
        do throws(PlaceError) {
            let place = try document.place(text, from: model.hexCursor, reading: false)
            synchronize()
            if let offset = place.offset, document.tree.node(place.path).space == .stream {
                return jump(toOffset: offset)
            }
            remember()
            select(place)
        } catch {
            if error.isUnread || document.needsReading { return reach(.text(text)) }
            guard error.isBeyondEnd, !document.overview.ramBlocks.isEmpty else {
                return fail(error.description)
            }
            let number = DisplayText.escaped(text.split(separator: " ").joined())
            fail(
                "the stream ends at \(Hex.offset(document.store.region.count)); "
                    + "for guest memory: v \(number), or p \(number)")
        }
    }
}

extension Update {
    /// Selects the node of a place, and puts the hex cursor on its byte.
    mutating func select(_ place: Place) {
        select(place.path, isJump: true)
        guard let offset = place.offset else { return }
        guard document.tree.node(place.path).space != .stream else {
            return moveHexCursor(to: offset, in: .stream)
        }
        model.hexCursor = clampedOffset(offset)
        revealHexCursor()
    }
}

extension Update {
    /// Jumps to a byte of the stream, and ends a filter that hides it. Reads in steps if that part is unread.
    mutating func jump(toOffset offset: Int) {
        remember()
        arrive(at: offset)
    }

    mutating func arrive(at offset: Int) {
        guard document.read(toward: offset, budget: Self.recordsAStep) else { return reach(.offset(offset)) }
        let path = document.path(atOffset: offset)
        synchronize()
        endFilter(hiding: path)
        select(path, isJump: true)
        moveHexCursor(to: offset, in: .stream)
    }

    /// Reads on in steps, then goes to the goal. Esc stops it.
    mutating func reach(_ goal: Goal) {
        synchronize()
        model.job = .reach(goal)
    }

    /// Reads what is known to be among the RAM sections. Returns whether it goes on in steps, toward the goal; a small
    /// stream needs but one.
    mutating func readsHidden(for goal: Goal) -> Bool {
        guard document.isKnownToHide, !document.readOn(budget: Self.recordsAStep) else { return false }
        reach(goal)
        return true
    }

    mutating func step(_ search: PageSearch) {
        var search = search
        search.step(budget: 2 * Self.recordsAStep)
        guard search.isFinished else { return model.job = .page(search) }
        model.job = nil
        do throws(PlaceError) {
            jump(toOffset: try search.offset(in: document))
            updatePage()
            _ = moveInPage(to: search.offsetInPage)
        } catch {
            fail(error.description)
        }
    }
}
