import Bytes
import Query
import Stream

extension Update {
    /// Does one step of the current job.
    mutating func work() {
        if let writing = model.writing { step(writing) } else { step() }
        if model.job == nil, document.needsReading, !model.hasStoppedReading { model.job = .reading }
        measure()
    }

    // Records the progress of the job and the time.
    private mutating func measure() {
        guard let job = model.shownJob else { return model.pace = nil }
        let now = (time: clock(), progress: job.progress(document))
        if model.pace?.continues(job.title, now.progress) ?? false {
            model.pace?.now = now
        } else {
            model.pace = Pace(title: job.title, start: now, now: now)
        }
    }

    private mutating func step() {
        guard let job = model.job else { return }
        switch job {
        case .scan(let scan): step(scan)
        case .filter(let job): step(job)
        case .values(let tally): step(tally)
        case .statistics(let job): step(job)
        case .ram(let ram): step(ram)
        case .live: readOn()
        case .reading: readMissing()
        case .check(let check): step(check)
        case .diff: stepDiff()
        case .reach(let goal): step(toward: goal)
        case .places: readMatches()
        case .page(let search): step(search)
        case .history(let job): step(job)
        case .guest(let guest): step(guest)
        case .writing: break
        }
    }

    // MARK: Search for values and bytes

    mutating func step(toward goal: Goal) {
        let wasMissing = document.needsReading
        let isKnown =
            switch goal {
            case .offset(let offset): document.read(toward: offset, budget: Self.recordsAStep)
            case .find, .filter, .text, .follow:
                document.needsReading
                    ? document.readMissing(budget: Self.recordsAStep)
                    : document.readOn(budget: Self.recordsAStep)
            }
        synchronize()
        guard isKnown else { return }
        if wasMissing, !document.needsReading { showDevices() }
        // The job continues after it has reached the wanted place.
        model.job = document.unreadPath == nil ? nil : .live
        switch goal {
        case .offset(let offset): arrive(at: offset)
        case .text(let text): go(to: text)
        case .find(let text): find(text)
        case .filter(let text, let aim): Filter.isFilter(text) ? scan(filter: text, aim) : filter(text)
        case .follow: follow()
        }
    }
}
