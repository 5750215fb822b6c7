import Bytes
import Format

/// The state of searches through bytes of unknown length. They run in steps, because gigabytes of damage may
/// precede the next readable place.
package struct FarSearch: Sendable {
    package enum Goal: Hashable, Sendable {
        /// The footer of a section, or a package, discard or stream before it.
        case footer(id: UInt32)
        /// A place where a section must begin.
        case section
        case stream
        /// The end of a stream without footers: its description.
        case description
        /// A RAM record after the damage that begins at `from`.
        case page(from: Int)
    }

    // No match begins in `start..<reached`, in bytes from the start of the stream.
    private struct Stretch {
        package var start: Int
        package var reached: Int
    }

    private var stretches: [Goal: Stretch] = [:]

    /// The maximum number of goals that are remembered; few section ids are searched from one place.
    private static let goalLimit = 8

    /// The offset where a search from `start` continues. O(1).
    package func resumed(_ goal: Goal, from start: Int) -> Int {
        guard let stretch = stretches[goal], stretch.start <= start else { return start }
        return max(start, stretch.reached)
    }

    /// Records that no match begins in `start..<reached`. O(1).
    package mutating func note(_ goal: Goal, _ start: Int, reached: Int) {
        if stretches.count >= Self.goalLimit, stretches[goal] == nil { stretches.removeAll() }
        if let stretch = stretches[goal], stretch.start <= start, start <= stretch.reached {
            stretches[goal]?.reached = max(stretch.reached, reached)
        } else {
            stretches[goal] = Stretch(start: start, reached: reached)
        }
    }

    /// The farthest offset that a search has reached; nil before any search.
    package var reached: Int? { stretches.values.lazy.map(\.reached).max() }
}

extension LiveScan {
    /// The number of bytes that are searched in the time that one RAM record takes.
    private static let bytesOfUnit = 256

    /// Returns the first offset that `find` gives for `start..<end` or a part of it, within the budget; nil
    /// if there is none, or while `isSearching`. O(budget).
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
                // Nothing begins in uncaptured bytes, which may outnumber the captured ones.
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

    /// Returns the offset of the next place where a section, a package, a discard or another stream must
    /// begin.
    package mutating func surePlace(after start: Int) -> Int? {
        let sure = SurePlace(region: region, limit: limit, state: state)
        return search(.section, from: start, to: limit) { sure.next(in: $0) }
    }

    /// Returns the offset of the next stream.
    package mutating func nextStream(from start: Int) -> Int? {
        guard scope == .stream else { return nil }
        let region = region
        return search(.stream, from: start, to: limit) { SurePlace.stream(in: region, $0) }
    }

    /// Returns the text of the next description before `end` that follows an end mark and has a complete
    /// frame.
    package mutating func nextDescription(from start: Int, to end: Int) -> Range<Int>? {
        let region = region
        let mark = search(.description, from: start, to: end) { Self.descriptionMark(in: region, $0, end) }
        return mark.flatMap { Self.framed(in: region, after: $0) }
    }

    // Returns the text of a framed description after the end mark at `mark`.
    private static func framed(in region: MappedRegion, after mark: Int) -> Range<Int>? {
        DescriptionLocator.framed(in: region, start: mark + 1 + SectionFrames.descriptionHeaderSize)?.text
    }

    // Finds the end mark before a description. The text holds no frame bytes, so no byte is searched twice.
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

    /// Returns the footer of a section whose length is not known otherwise; nil if a package, a discard or
    /// another stream begins before it. Failed searches share one allowance, so that a hostile stream cannot
    /// have each of its sections searched to the end.
    package mutating func footer(of id: UInt32, from start: Int, isDevice: Bool = false) -> Int? {
        guard state.hasFooters != false else { return nil }
        let footers = FooterSearch(region: region, limit: limit, mayBeLast: isDevice)
        let from = farSearch.resumed(.footer(id: id), from: start)
        let reach = max(region.count * 2 - state.searchedInVain, Self.shortSearch)
        let end = min(limit, from.addingSaturated(reach))
        let stopsAtStart = scope == .stream
        let found = search(.footer(id: id), from: start, to: end) {
            footers.footer(of: id, in: $0, orStart: stopsAtStart)
        }
        if let found, region.byte(at: found) == SectionType.footer.rawValue {
            return isDevice ? surerFooter(of: id, than: found) : found
        }
        let reached = found ?? farSearch.resumed(.footer(id: id), from: start)
        state.searchedInVain = state.searchedInVain.addingSaturated(max(reached - from, 0))
        return nil
    }

    // Device bytes can look like the section's footer and the end mark. If neither a description nor the end
    // of the file follows them, and the next footer before a header has the same id, that footer is the real
    // one.
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
