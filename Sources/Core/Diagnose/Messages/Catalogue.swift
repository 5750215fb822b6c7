import Bytes

/// The registry of messages: a new one is one line of a family's list.
///
/// Texts of QEMU 5.2 to 11.1 and of libvirt 7.0 to 11.3, without the names of programs before them.
package enum Catalogue {
    package static let all: [CatalogueEntry] =
        stream + sections + structures + ram + devices + features + source + setup + libvirt + wrappers

    private static let patterns: [(entry: Int, pattern: MessagePattern)] = all.enumerated().flatMap { entry in
        entry.element.patterns.map { (entry.offset, $0) }
    }
    private static let index = MessageIndex(patterns.map(\.pattern))
    /// For logs of any size.
    package static let scanner = LogScanner(patterns.map(\.pattern))

    /// A message of the catalogue in a line.
    package struct Found {
        package var entry: CatalogueEntry
        package var values: [[UInt8]]
        /// What it spells out, and its values but one that goes on to the end of the line.
        package var range: Range<Int>
        fileprivate var weight: Int
    }

    /// A value before the first text of a message is no longer than that.
    private static let reach = 300

    /// The messages in a line, in its order, none inside another. O(line) for lines without a message.
    package static func messages(_ line: [UInt8]) -> [Found] {
        var found: [Found] = []
        var seen: Set<MessageIndex.Candidate> = []
        for candidate in index.candidates(line) {
            let pattern = patterns[candidate.pattern].pattern
            guard let match = place(of: pattern, around: candidate.offset, in: line),
                seen.insert(.init(pattern: candidate.pattern, offset: match.range.lowerBound)).inserted
            else { continue }
            found.append(message(candidate.pattern, match))
        }
        return resolved(found, line)
    }

    // The first place that covers the four bytes that were met.
    private static func place(of pattern: MessagePattern, around offset: Int, in line: [UInt8])
        -> MessagePattern.Match?
    {
        var start = max(0, offset - reach)
        while start <= offset, let match = pattern.match(line, in: start..<offset + 1) {
            if match.range.contains(offset) { return match }
            start = match.range.lowerBound + 1
        }
        return nil
    }

    private static func message(_ number: Int, _ match: MessagePattern.Match) -> Found {
        let pattern = patterns[number].pattern
        var range = match.range
        if pattern.endsWithText, let last = match.values.last {
            range = range.lowerBound..<range.upperBound - last.count
        }
        return Found(
            entry: all[patterns[number].entry], values: match.values, range: range,
            weight: pattern.literals.reduce(0) { $0 + $1.count })
    }

    // What spells out most stays where messages are in each other's way.
    private static func resolved(_ found: [Found], _ line: [UInt8]) -> [Found] {
        var kept: [Found] = []
        for one in found.sorted(by: { ($1.weight, $0.range.lowerBound) < ($0.weight, $1.range.lowerBound) })
        where !kept.contains(where: { $0.range.overlaps(one.range) }) {
            kept.append(one)
        }
        kept.sort { $0.range.lowerBound < $1.range.lowerBound }
        for number in kept.indices {
            trimLast(&kept[number], kept[(number + 1)...].first?.range.lowerBound, line)
        }
        return kept
    }

    // A value that goes on to the end of the line ends before the next message.
    private static func trimLast(_ one: inout Found, _ next: Int?, _ line: [UInt8]) {
        guard var last = one.values.last, one.range.upperBound + last.count > line.count - 1, !last.isEmpty,
            line.count == one.range.upperBound + last.count
        else { return }
        if let next { last = Array(line[one.range.upperBound..<max(one.range.upperBound, next)]) }
        // The end of a value of JSON.
        if let end = ["\",\"", "\"}", "\", \""].compactMap({
            LogText.firstIndex(of: Array($0.utf8), in: last)
        }).min() {
            last.removeSubrange(end...)
        }
        while let end = last.last, " \t:;,\"'`})]".utf8.contains(end) { last.removeLast() }
        one.values[one.values.count - 1] = last
    }

    package typealias Entry = CatalogueEntry
}
