import Bytes
import Format
import Stream

/// Evaluates a filter on the nodes of a document. It tests each distinct name and type once.
package final class FilterRun {
    package let filter: Filter
    let document: Document
    private let numbers: ValueReader
    /// The bytes that differ from the other stream, as ascending ranges of this stream.
    package var differing: [Range<Int>]
    /// The bytes that edits change, as ascending ranges of this stream.
    package var changed: [Range<Int>]
    // Indexed by test: the pattern for its text, and the pattern for the name of the field whose value it
    // compares.
    private let patterns: [TextPattern]
    private let called: [TextPattern?]
    // Indexed by test, then by name or type number.
    private var known: [[Answer]]

    private enum Answer: UInt8 { case unknown, no, yes }

    package init(
        _ filter: Filter, _ document: Document, differing: [Range<Int>] = [], changed: [Range<Int>] = []
    ) {
        self.filter = filter
        self.document = document
        self.differing = differing
        self.changed = changed
        numbers = ValueReader(document)
        known = Array(repeating: [], count: filter.tests.count)
        patterns = filter.tests.map(\.pattern)
        called = filter.tests.map { test in
            if case .valueOf(let name) = test.subject { TextPattern(part: name.text) } else { nil }
        }
    }

    /// Whether a node fulfills the filter. `record` is the record that contains the node. `path` is called
    /// only when the filter needs it.
    package func matches(_ node: Node, record: Int?, path: () -> PlacedPath) -> Bool {
        matches(filter.term, node, record, path)
    }

    /// Whether the node at a path fulfills the filter.
    package func matches(_ node: Node) -> Bool {
        let record = document.tree.nodes(along: node.path).last { $0.isRecord }
        return matches(node, record: record.flatMap { document.tree.recordNumber(of: $0) }) {
            document.tree.placedPath(node.path)
        }
    }

    private func matches(_ term: Filter.Term, _ node: Node, _ record: Int?, _ path: () -> PlacedPath) -> Bool
    {
        switch term {
        case .all(let terms): terms.allSatisfy { matches($0, node, record, path) }
        case .any(let terms): terms.contains { matches($0, node, record, path) }
        case .not(let term): !matches(term, node, record, path)
        case .flag(let flag): isSet(flag, node)
        case .test(let number): matches(number, node, record, path)
        }
    }

    private func isSet(_ flag: Filter.Flag, _ node: Node) -> Bool {
        switch flag {
        case .armed:
            return document.tree.fieldType(of: node)?.name == "timer" && numbers.number(of: node) != nil
        case .zero: return node.size > 0 && node.space == .stream && isZero(node)
        case .set:
            let text = node.isLeaf || node.role == .meaning ? document.tree.value(node).short : ""
            return text == "set" || text == "true"
        case .leaf: return node.isLeaf
        case .gap: return node.role == .gap || node.role == .error
        case .differs: return Self.overlaps(node, differing)
        case .changed: return Self.overlaps(node, changed)
        }
    }

    // The meaning on one line, and the full names of the set flags: the line omits their common prefix.
    private func meaning(of node: Node) -> String {
        let text = document.tree.meaning(node)
        guard node.opensMeaning else { return text }
        var names = [text].filter { !$0.isEmpty }
        for index in 0..<node.childCount {
            let row = document.tree.child(index, of: node)
            if document.tree.value(row).short == "set" { names.append(document.tree.name(row)) }
        }
        return names.joined(separator: " ")
    }

    private func isZero(_ node: Node) -> Bool {
        let region = document.store.region
        let bytes = region.span(node.range)
        return bytes.isAllZero
    }

    private static func overlaps(_ node: Node, _ ranges: [Range<Int>]) -> Bool {
        guard node.space == .stream else { return false }
        let index = ranges.index(endingAfter: node.offset)
        return index < ranges.count && ranges[index].overlaps(node.range)
    }

    // MARK: Tests

    private func matches(_ number: Int, _ node: Node, _ record: Int?, _ path: () -> PlacedPath) -> Bool {
        let test = filter.tests[number]
        guard case .key(let key) = test.subject else {
            return isCalled(number, node) && matchesValue(number, node)
        }
        let section = record.map { document.store.records[$0] }
        switch key {
        case .name:
            // Most elements can be skipped without making their names.
            if node.isElement, node.role != .ram, !patterns[number].mayMatchElements {
                return test.comparison == .different || test.comparison == .matchesNot
            }
            return answer(number, nameNumber(node)) { matches(document.tree.name(node), number) }
        case .label:
            let name = document.tree.item(of: node)?.label ?? .empty
            return name != .empty
                && answer(number, Int(name.index)) { matches(document.tree.label(node), number) }
        case .type:
            let type = document.tree.item(of: node).map { Int($0.type.index) }
            return answer(number, type) { matches(document.tree.typeName(node), number) }
        case .section:
            return section.map { isSection($0, number) } ?? false
        case .path:
            let text = path().text
            return test.comparison == .under ? isUnder(text, test.text) : matches(text, number)
        case .field: return matches(path().field, number)
        case .value: return matchesValue(number, node)
        case .meaning:
            let text = meaning(of: node)
            return !text.isEmpty && matches(text, number)
        case .size: return test.matches(FilterNumber(Int64(node.size)))
        case .offset: return node.space == .stream && test.matches(FilterNumber(Int64(node.offset)))
        case .instance:
            guard let header = section?.section else { return false }
            return test.matches(FilterNumber(UInt64(header.instance)))
        case .version:
            guard let header = section?.section else { return false }
            return test.matches(FilterNumber(UInt64(header.version)))
        }
    }

    // The name of an element is a number, which is not worth caching.
    private func nameNumber(_ node: Node) -> Int? {
        let name = document.tree.nameID(of: node)
        return node.isElement || name == .empty ? nil : Int(name.index)
    }

    private func matches(_ text: String, _ number: Int) -> Bool {
        filter.tests[number].matches(text, patterns[number])
    }

    private func answer(_ test: Int, _ number: Int?, _ matches: () -> Bool) -> Bool {
        guard let number else { return matches() }
        if known[test].count <= number {
            known[test] += Array(repeating: .unknown, count: number + 1 - known[test].count)
        }
        if known[test][number] == .unknown { known[test][number] = matches() ? .yes : .no }
        return known[test][number] == .yes
    }

    func isCalled(_ number: Int, _ node: Node) -> Bool {
        guard let pattern = called[number], case .valueOf(let name) = filter.tests[number].subject,
            let item = document.tree.item(of: node)
        else { return false }
        for id in [item.name, item.label] where id != .empty {
            let isMatch = answer(number, Int(id.index)) {
                Filter.isEqual(document.store.table.names.text(id), pattern, name.text)
            }
            if isMatch { return true }
        }
        return false
    }

    private func matchesValue(_ number: Int, _ node: Node) -> Bool {
        guard node.isLeaf || node.role == .meaning else { return false }
        let test = filter.tests[number]
        if case .number(let wanted) = test.operand {
            if let number = numbers.number(of: node)?.filterNumber { return test.matches(number) }
            // Bytes of any size can be compared with zero.
            guard wanted.magnitude == 0, node.role != .meaning, node.space == .stream, node.size > 0,
                document.tree.fieldType(of: node)?.name != "timer"
            else { return false }
            let isZero = isZero(node)
            return test.comparison == .equal && isZero || test.comparison == .different && !isZero
        }
        let value = document.tree.value(node)
        guard !value.full.isEmpty else { return false }
        var readings = [value.short, value.full]
        if let sign = value.full.firstRange(of: " = ") {
            readings.append(String(value.full[sign.upperBound...]))
        }
        switch test.comparison {
        case .different, .matchesNot: return readings.allSatisfy { matches($0, number) }
        default: return readings.contains { matches($0, number) }
        }
    }

    // As elsewhere, the pattern matches the idstr or its end after the bus address, with or without the
    // instance id.
    func isSection(_ record: SectionRecord, _ number: Int) -> Bool {
        guard let section = record.section else { return false }
        let test = filter.tests[number]
        let name = document.store.table.names.text(record.name)
        let isExact = test.comparison == .equal || test.comparison == .different
        let isCalled = answer(number, Int(record.name.index)) {
            guard isExact else { return matches(name, number) }
            return [name, name.withoutDevicePath].contains { Filter.isEqual($0, patterns[number], test.text) }
        }
        guard isExact else { return isCalled }
        let isMatch =
            isCalled
            || test.text.hasSuffix(":\(section.instance)")
                && [name, name.withoutDevicePath].contains {
                    Filter.isEqual("\($0):\(section.instance)", patterns[number], test.text)
                }
        return isMatch == (test.comparison == .equal)
    }

    // `virtio-net` and `virtio-net:0` match sections with any bus address before them.
    func isUnder(_ path: String, _ stem: String) -> Bool {
        let path = Array(path.utf8)
        let stem = Array(stem.utf8)
        guard !stem.isEmpty, path.count >= stem.count else { return false }
        var start = 0
        while start + stem.count <= path.count {
            let end = start + stem.count
            if path[start..<end].elementsEqual(stem), end == path.count || "/[:".utf8.contains(path[end]) {
                return true
            }
            guard let slash = path[start...].firstIndex(of: UInt8(ascii: "/")) else { return false }
            start = slash + 1
        }
        return false
    }
}

extension Filter.Test {
    func matches(_ text: String, _ pattern: TextPattern) -> Bool {
        if case .number = operand { return false }
        switch comparison {
        case .equal: return Filter.isEqual(text, pattern, self.text)
        case .different: return !Filter.isEqual(text, pattern, self.text)
        case .matches, .contains: return pattern.matches(text)
        case .matchesNot: return !pattern.matches(text)
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .under: return false
        }
    }

    func matches(_ number: FilterNumber) -> Bool {
        guard case .number(let wanted) = operand else { return false }
        switch comparison {
        case .equal: return number == wanted
        case .different: return number != wanted
        case .less: return number < wanted
        case .lessOrEqual: return !(wanted < number)
        case .greater: return wanted < number
        case .greaterOrEqual: return !(number < wanted)
        case .matches, .matchesNot, .contains, .under: return false
        }
    }
}

extension Filter {
    // A substring of the same length is the whole text.
    static func isEqual(_ text: String, _ pattern: TextPattern, _ wanted: String) -> Bool {
        text.utf8.count == wanted.utf8.count && pattern.matches(text)
    }
}
