/// The patterns of a search or a filter, for names, values and meanings: they explain why a node matches.
package struct MatchReasons {
    /// The patterns for names, labels and paths.
    package var names: [TextPattern] = []
    /// The patterns for values.
    package var values: [TextPattern] = []
    /// The patterns for meanings.
    package var meanings: [TextPattern] = []
    /// The numbers to find in values.
    package var numbers: [UInt64] = []
    /// Whether the search depends on the type, which lists of matches otherwise omit.
    package var hasType = false

    package init() {}

    package init(_ filter: Filter) {
        for test in filter.tests where [.equal, .matches, .contains, .under].contains(test.comparison) {
            switch test.subject {
            case .valueOf(let name):
                names.append(TextPattern(part: name.text))
                addValue(test)
            case .key(.value): addValue(test)
            case .key(.meaning): meanings.append(test.pattern)
            case .key(.type): hasType = true
            case .key(.name), .key(.label), .key(.path), .key(.section), .key(.field):
                names.append(test.pattern)
            case .key(.instance), .key(.size), .key(.offset), .key(.version): break
            }
        }
    }

    private mutating func addValue(_ test: Filter.Test) {
        if case .number(let number) = test.operand {
            numbers.append(number.magnitude)
        } else {
            values.append(test.pattern)
        }
    }

    /// Returns the parts of a value that are one of the numbers, in bytes from its start.
    package func numberRanges(in bytes: [UInt8]) -> [Range<Int>] {
        guard !numbers.isEmpty else { return [] }
        var found: [Range<Int>] = []
        var start = 0
        for word in bytes.split(separator: 0x20, omittingEmptySubsequences: false) {
            if let number = Self.number(word), numbers.contains(number) {
                found.append(start..<start + word.count)
            }
            start += word.count + 1
        }
        return found
    }

    private static func number(_ word: ArraySlice<UInt8>) -> UInt64? {
        let text = String(decoding: word, as: UTF8.self)
        if text.hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16) }
        return UInt64(text.hasPrefix("-") ? text.dropFirst() : text[...])
    }
}
