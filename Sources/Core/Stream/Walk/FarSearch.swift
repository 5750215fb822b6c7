import Bytes
import Format

/// A search through bytes that nothing gives the length of, in steps: damage may be gigabytes before the next
/// place that can be read.
package struct FarSearch: Sendable {
    package enum Goal: Hashable, Sendable {
        /// The footer of a section, or a stream before it.
        case footer(id: UInt32)
        /// A place where a section must begin.
        case section
        case stream
    }

    // Nothing begins in `start..<reached`, in bytes from the start of the stream.
    private struct Stretch {
        package var start: Int
        package var reached: Int
    }

    private var stretches: [Goal: Stretch] = [:]

    /// Sections of other ids than these few are not searched at one place.
    private static let goalLimit = 8

    /// Where a search that begins at `start` has to go on. O(1).
    package func resumed(_ goal: Goal, from start: Int) -> Int {
        guard let stretch = stretches[goal], stretch.start <= start else { return start }
        return max(start, stretch.reached)
    }

    /// Notes that nothing begins from `start` up to `reached`. O(1).
    package mutating func note(_ goal: Goal, _ start: Int, reached: Int) {
        if stretches.count >= Self.goalLimit, stretches[goal] == nil { stretches.removeAll() }
        if let stretch = stretches[goal], stretch.start <= start, start <= stretch.reached {
            stretches[goal]?.reached = max(stretch.reached, reached)
        } else {
            stretches[goal] = Stretch(start: start, reached: reached)
        }
    }

    /// How far the farthest search has come; -1 before any.
    package var reached: Int { stretches.values.lazy.map(\.reached).max() ?? -1 }
}

extension LiveScan {
    /// Bytes that are searched in the time that a RAM record takes.
    private static let bytesOfUnit = 256
    private static let smallestGivenBack = 1 << 16

    /// The first offset in `start..<end` that `find` gives for it or a part of it, as far as the budget goes.
    /// Nil where there is none, and while `isSearching`. O(budget).
    package mutating func search(
        _ goal: FarSearch.Goal, from start: Int, to end: Int, _ find: (Range<Int>) -> Int?
    ) -> Int? {
        let from = farSearch.resumed(goal, from: start)
        guard from < end else { return nil }
        let stop = min(end, from.addingSaturated(searchLength))
        let found = inWindows(from..<stop, find)
        budget -= ((found ?? stop) - from) / Self.bytesOfUnit
        farSearch.note(goal, from, reached: found ?? stop)
        isSearching = found == nil && stop < end
        return found
    }

    private var searchLength: Int {
        scope == .stream && budget < .max / Self.bytesOfUnit ? max(budget, 16) * Self.bytesOfUnit : .max
    }

    // What was searched is given back, so that it stays out of memory.
    private func inWindows(_ range: Range<Int>, _ find: (Range<Int>) -> Int?) -> Int? {
        guard range.count >= Self.smallestGivenBack else { return find(range) }
        var window = ForwardWindow(region, from: range.lowerBound, limit: range.upperBound)
        defer { window.close() }
        var from = range.lowerBound
        while from < range.upperBound {
            window.move(to: from)
            if let found = find(from..<window.range.upperBound) { return found }
            from = window.range.upperBound
        }
        return nil
    }

    /// The offset of the next place where a section must begin, or another stream.
    package mutating func surePlace(after start: Int) -> Int? {
        let sure = SurePlace(region: region, limit: limit, state: state)
        return search(.section, from: start, to: limit) { sure.next(in: $0) }
    }

    /// The offset of the next stream.
    package mutating func nextStream(from start: Int) -> Int? {
        guard scope == .stream else { return nil }
        let region = region
        return search(.stream, from: start, to: limit) { SurePlace.stream(in: region, $0) }
    }

    /// The footer of a section whose length nothing else gives. What is after the first bytes of another
    /// stream belongs to that. Failed searches are paid from a purse: a hostile stream can't have each of its
    /// sections searched to the end.
    package mutating func footer(of id: UInt32, from start: Int, isDevice: Bool = false) -> Int? {
        guard state.hasFooters != false else { return nil }
        let footers = FooterSearch(region: region, limit: limit, mayBeLast: isDevice)
        let from = farSearch.resumed(.footer(id: id), from: start)
        let reach = max(region.count * 2 - state.searchedInVain, Self.shortSearch)
        let end = min(limit, from.addingSaturated(reach))
        let stopsAtStream = scope == .stream
        let found = search(.footer(id: id), from: start, to: end) {
            footers.footer(of: id, in: $0, orStream: stopsAtStream)
        }
        if let found, region.byte(at: found) == SectionType.footer.rawValue { return found }
        let reached = found ?? farSearch.resumed(.footer(id: id), from: start)
        state.searchedInVain = state.searchedInVain.addingSaturated(max(reached - from, 0))
        return nil
    }

    private static let shortSearch = 1 << 16
}
