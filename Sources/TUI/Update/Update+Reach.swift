import Stream

/// What a jump waits for while the part of the stream that it leads into is read.
enum Goal {
    /// A byte of the stream.
    case offset(Int)
    /// What someone typed.
    case text(String)
    /// What someone searches, and found in nothing that was read so far.
    case find(String)
    /// The counterpart of the selection.
    case follow
}

extension Update {
    /// Goes to a byte of the stream as a jump: what a filter hides is shown. Where nothing is known of it yet,
    /// it is read in steps.
    mutating func jump(toOffset offset: Int) {
        remember()
        arrive(at: offset)
    }

    private mutating func arrive(at offset: Int) {
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

    mutating func step(toward goal: Goal) {
        let wasMissing = document.needsReading
        let isKnown =
            switch goal {
            case .offset(let offset): document.read(toward: offset, budget: Self.recordsAStep)
            case .find: document.readMissing(budget: Self.recordsAStep)
            case .text, .follow:
                document.needsReading
                    ? document.readMissing(budget: Self.recordsAStep)
                    : document.readOn(budget: Self.recordsAStep)
            }
        synchronize()
        guard isKnown else { return }
        if wasMissing, !document.needsReading { showDevices() }
        // What was begun goes on after the place that was wanted.
        model.job = document.unreadPath == nil ? nil : .live
        switch goal {
        case .offset(let offset): arrive(at: offset)
        case .text(let text): go(to: text)
        case .find(let text): find(text)
        case .follow: follow()
        }
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
