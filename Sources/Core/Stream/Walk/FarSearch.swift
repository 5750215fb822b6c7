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
        /// The end of a stream that has no footers: its description.
        case description
        /// A record of RAM after the damage that begins there.
        case page(from: Int)
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

    /// How far the farthest search has come; nil before any.
    package var reached: Int? { stretches.values.lazy.map(\.reached).max() }
}

extension LiveScan {
    /// Bytes that are searched in the time that a RAM record takes.
    private static let bytesOfUnit = 256

    /// The first offset in `start..<end` that `find` gives for it or a part of it, as far as the budget goes.
    /// Nil where there is none, and while `isSearching`. O(budget).
    package mutating func search(
        _ goal: FarSearch.Goal, from start: Int, to end: Int, _ find: (Range<Int>) -> Int?
    ) -> Int? {
        let first = farSearch.resumed(goal, from: start)
        guard first < end else { return nil }
        var place = first
        var left = searchLength
        var found: Int?
        while found == nil, place < end, left > 0 {
            let gap = lost.first(endingAfter: place)
            if let gap, gap.lowerBound <= place {
                // Nothing begins in what was not captured, which may be longer than all that was.
                place = min(gap.upperBound, end)
                continue
            }
            let stop = min(end, place.addingSaturated(left), gap?.lowerBound ?? end)
            found = ForwardWindow.first(in: region, place..<stop, find)
            let reached = found ?? stop
            left -= reached - place
            budget -= (reached - place) / Self.bytesOfUnit
            place = reached
        }
        farSearch.note(goal, first, reached: place)
        isSearching = found == nil && place < end
        return found
    }

    private var searchLength: Int {
        scope == .stream && budget < .max / Self.bytesOfUnit ? max(budget, 16) * Self.bytesOfUnit : .max
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

    /// The text of the next description that is whole in its frame, after an end mark, before `end`.
    package mutating func nextDescription(from start: Int, to end: Int) -> Range<Int>? {
        let region = region
        let mark = search(.description, from: start, to: end) { Self.descriptionMark(in: region, $0, end) }
        return mark.flatMap { Self.framed(in: region, after: $0) }
    }

    // The text of a description in its frame, after an end mark.
    private static func framed(in region: MappedRegion, after mark: Int) -> Range<Int>? {
        DescriptionLocator.framed(in: region, start: mark + 1 + SectionFrames.descriptionHeaderSize)?.text
    }

    // The end mark before it. Text has none of the bytes of a frame, so none is looked through twice.
    private static func descriptionMark(in region: MappedRegion, _ range: Range<Int>, _ end: Int) -> Int? {
        var from = range.lowerBound
        while from < range.upperBound,
            let mark = region.firstIndex(of: SectionType.endOfFile.rawValue, in: from..<range.upperBound)
        {
            from = mark + 1
            if let text = framed(in: region, after: mark), text.upperBound <= end,
                region.span(text).isPrintable
            {
                return mark
            }
        }
        return nil
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
        if let found, region.byte(at: found) == SectionType.footer.rawValue {
            return isDevice ? surerFooter(of: id, than: found) : found
        }
        let reached = found ?? farSearch.resumed(.footer(id: id), from: start)
        state.searchedInVain = state.searchedInVain.addingSaturated(max(reached - from, 0))
        return nil
    }

    // Bytes of a device can look like its footer and the end mark. Where neither a description nor the end of the file
    // follows that, and the next footer before a header is of the same section, it is that one.
    private mutating func surerFooter(of id: UInt32, than found: Int) -> Int? {
        let mark = found + SectionFrames.footerSize
        guard scope == .stream, region.byte(at: mark) == SectionType.endOfFile.rawValue, mark + 1 < limit,
            region.byte(at: mark + 1) != SectionType.description.rawValue,
            !HeadWalk.begins(region, at: mark + 1)
        else { return found }
        let next = surePlace(after: mark)
        guard !isSearching else { return nil }
        guard let next, region.byte(at: next) == SectionType.full.rawValue,
            region.byte(at: next - SectionFrames.footerSize) == SectionType.footer.rawValue,
            region.bigEndian(UInt32.self, at: next - SectionFrames.footerSize + 1) == id
        else { return found }
        return next - SectionFrames.footerSize
    }

    private static let shortSearch = 1 << 16
}
