import Bytes

/// A condition on nodes, as `&`, `--where` and color rules take it: `type == timer && armed`.
///
/// A word alone matches part of a name. Words and quoted texts follow the usual rule: a pattern without an
/// upper-case letter ignores case. A node without a value fulfills no condition on its value.
package struct Filter: Sendable {
    /// The property that a test compares.
    package enum Property: String, CaseIterable, Sendable {
        case name, label, path, section, instance, field, type, value, size, offset, meaning, version

        /// Whether the property is compared only as a number.
        var isNumber: Bool {
            switch self {
            case .instance, .size, .offset, .version: true
            default: false
            }
        }

        /// A one-line description for help and completion.
        package var title: String {
            switch self {
            case .name: "name of the node"
            case .label: "name in manuals"
            case .path: "path of the node"
            case .section: "idstr of its section"
            case .instance: "instance id of its section"
            case .field: "path below its section"
            case .type: "type, as the tree shows it"
            case .value: "value, as a number or a text"
            case .size: "bytes"
            case .offset: "bytes from the start of the stream"
            case .meaning: "meaning of its bits"
            case .version: "version id of its section"
            }
        }
    }

    /// A condition that is a single word.
    package enum Flag: String, CaseIterable, Sendable {
        case armed, zero, set, leaf, gap, differs, changed

        package var title: String {
            switch self {
            case .armed: "a timer that runs"
            case .zero: "all bytes are 0"
            case .set: "a flag that is set, or true"
            case .leaf: "it owns its bytes"
            case .gap: "bytes that no node claims, or that do not fit"
            case .differs: "with --diff: the node differs in the other stream"
            case .changed: "the node is changed by an edit"
            }
        }
    }

    package enum Comparison: String, CaseIterable, Sendable {
        case equal = "=="
        case different = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case matches = "~"
        case matchesNot = "!~"
        case contains
        case under

        /// Wireshark's words for these comparisons in display filters.
        private static let words: [String: Comparison] = [
            "eq": .equal, "ne": .different, "lt": .less, "le": .lessOrEqual, "gt": .greater,
            "ge": .greaterOrEqual, "matches": .matches,
        ]

        /// The comparison for a sign or a word.
        init?(token: String) {
            guard let found = Comparison(rawValue: token) ?? Self.words[token] else { return nil }
            self = found
        }
    }

    indirect enum Term: Sendable {
        case all([Term])
        case any([Term])
        case not(Term)
        case flag(Flag)
        /// The comparison at this index in `tests`.
        case test(Int)
    }

    /// The left side of a test: a key, or the value of the fields with a name.
    enum Subject: Sendable {
        case key(Property)
        case valueOf(Called)
    }

    /// The name of a field, as typed.
    struct Called: Sendable {
        var text: String
        /// The column of the name, in characters from 1.
        var column: Int
    }

    /// The right side of a comparison.
    enum Operand: Sendable {
        case number(FilterNumber)
        case text
    }

    struct Test: Sendable {
        var subject: Subject
        var comparison: Comparison
        var operand: Operand
        /// The text, as typed.
        var text: String
        /// The column of the text, in characters from 1.
        var column: Int

        /// The pattern for comparisons with the text.
        var pattern: TextPattern {
            let isExpression = comparison == .matches || comparison == .matchesNot
            return (isExpression ? try? TextPattern(expression: text) : nil) ?? TextPattern(part: text)
        }
    }

    /// The filter, as typed.
    package let text: String
    let term: Term
    let tests: [Test]

    /// Whether the filter uses a flag that depends on a second stream or on edits.
    package func uses(_ flag: Flag) -> Bool { Self.uses(flag, term) }

    private static func uses(_ flag: Flag, _ term: Term) -> Bool {
        switch term {
        case .all(let terms), .any(let terms): terms.contains { uses(flag, $0) }
        case .not(let term): uses(flag, term)
        case .flag(let used): used == flag
        case .test: false
        }
    }

    /// Parses a filter. O(length).
    package init(_ text: String) throws(FilterError) {
        var parser = FilterParser(try FilterToken.tokens(of: text))
        self.text = text
        term = try parser.filter()
        tests = parser.tests
    }

    /// Whether a line is a filter and not a name: it contains an operator, or is a flag.
    package static func isFilter(_ text: String) -> Bool {
        guard let first = text.first, first != "~", first != "\"" else { return false }
        if Flag(rawValue: text) != nil { return true }
        guard let tokens = try? FilterToken.tokens(of: text) else {
            return text.contains("\"") || text.contains("=")
        }
        if tokens.contains(where: { $0.kind == .sign || $0.kind == .quoted }) { return true }
        // A word compares only between two others: `cpu le` are words of a path.
        let between = tokens.dropFirst().dropLast(2)
        return tokens.contains { ["under", "contains", "and", "or", "not"].contains($0.text) }
            || between.contains { Comparison(token: $0.text) != nil }
    }

    /// A filter for words in a path, the last of them in the name: `cpu rip`. Nil for a single word.
    package static func acrossPath(_ text: String) -> String? {
        let words = text.split(separator: " ").filter { !$0.contains("\"") && !$0.contains("\\") }
        guard words.count > 1, let last = words.last, text.first != "~" else { return nil }
        let before = words.dropLast().map { "path contains \"\($0)\"" }
        let end = "(name contains \"\(last)\" || label contains \"\(last)\")"
        return (before + [end]).joined(separator: " && ")
    }

    /// The words that can begin a condition or follow one: keys, flags and words that join conditions.
    package static let words: [String] =
        Property.allCases.map(\.rawValue) + Flag.allCases.map(\.rawValue) + comparing
}

/// A number in a filter: a sign and 64 bits.
struct FilterNumber: Sendable, Comparable {
    var isNegative: Bool
    var magnitude: UInt64

    /// Reads `-1`, `4096`, `0xfee00900` or `4K`; nil for anything else.
    init?(_ text: String) {
        isNegative = text.hasPrefix("-")
        let digits = isNegative ? String(text.dropFirst()) : text
        if let small = ByteCount.parse(digits) {
            magnitude = UInt64(small)
        } else if digits.hasPrefix("0x"), let large = UInt64(digits.dropFirst(2), radix: 16) {
            magnitude = large
        } else if let large = UInt64(digits) {
            magnitude = large
        } else {
            return nil
        }
        if magnitude == 0 { isNegative = false }
    }

    init(_ value: Int64) {
        isNegative = value < 0
        magnitude = value.magnitude
    }

    init(_ value: UInt64) {
        isNegative = false
        magnitude = value
    }

    static func < (left: FilterNumber, right: FilterNumber) -> Bool {
        guard left.isNegative == right.isNegative else { return left.isNegative }
        return left.isNegative ? left.magnitude > right.magnitude : left.magnitude < right.magnitude
    }
}

/// Parses the tokens of a filter. `||` binds less tightly than `&&`, and both less tightly than `!`.
struct FilterParser {
    private let tokens: [FilterToken]
    private var index = 0
    private(set) var tests: [Filter.Test] = []
    private var depth = 0

    // A person does not nest conditions deeper than this.
    private static let deepest = 64

    init(_ tokens: [FilterToken]) { self.tokens = tokens }

    private var next: FilterToken { tokens[min(index, tokens.count - 1)] }

    private mutating func take(_ texts: String...) -> Bool {
        guard next.kind == .sign || next.kind == .word, texts.contains(next.text) else { return false }
        index += 1
        return true
    }

    mutating func filter() throws(FilterError) -> Filter.Term {
        let term = try any()
        guard next.kind == .end else { throw expected("&& or ||") }
        return term
    }

    private func expected(_ what: String) -> FilterError {
        FilterError(column: next.column, message: "expected \(what), found \(next.shown)")
    }

    private mutating func any() throws(FilterError) -> Filter.Term {
        var terms = [try all()]
        while take("||", "or") { terms.append(try all()) }
        return terms.count == 1 ? terms[0] : .any(terms)
    }

    private mutating func all() throws(FilterError) -> Filter.Term {
        var terms = [try not()]
        while take("&&", "and") { terms.append(try not()) }
        return terms.count == 1 ? terms[0] : .all(terms)
    }

    private mutating func not() throws(FilterError) -> Filter.Term {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw expected("fewer nested parentheses") }
        if take("!", "not") { return .not(try not()) }
        guard take("(") else { return try condition() }
        let term = try any()
        guard take(")") else { throw expected(")") }
        return term
    }

    private mutating func condition() throws(FilterError) -> Filter.Term {
        let left = next
        guard left.kind == .word || left.kind == .quoted else {
            throw expected("a condition such as value != 0, type == timer or armed")
        }
        index += 1
        guard let comparison = comparison() else {
            if left.kind == .word, let flag = Filter.Flag(rawValue: left.text) { return .flag(flag) }
            return add(.key(.name), .contains, .text, left)
        }
        let right = next
        guard right.kind == .word || right.kind == .quoted else {
            throw expected("a number, a word or a \"text\" after \(comparison.rawValue)")
        }
        index += 1
        return try test(left, comparison, right)
    }

    private mutating func comparison() -> Filter.Comparison? {
        guard next.kind == .sign || next.kind == .word,
            let found = Filter.Comparison(token: next.text)
        else { return nil }
        index += 1
        return found
    }

    private mutating func add(
        _ subject: Filter.Subject, _ comparison: Filter.Comparison, _ operand: Filter.Operand,
        _ right: FilterToken
    ) -> Filter.Term {
        tests.append(
            Filter.Test(
                subject: subject, comparison: comparison, operand: operand, text: right.text,
                column: right.column))
        return .test(tests.count - 1)
    }

    private mutating func test(
        _ left: FilterToken, _ comparison: Filter.Comparison, _ right: FilterToken
    ) throws(FilterError) -> Filter.Term {
        let key = left.kind == .word ? Filter.Property(rawValue: left.text) : nil
        if let flag = Filter.Flag(rawValue: left.text), left.kind == .word {
            throw FilterError(
                column: left.column,
                message: "\(flag.rawValue) is a condition by itself: leave out \(comparison.rawValue)")
        }
        let number = right.kind == .word ? FilterNumber(right.text) : nil
        let subject: Filter.Subject =
            key.map { .key($0) } ?? .valueOf(Filter.Called(text: left.text, column: left.column))
        switch comparison {
        case .under:
            guard key == .path else {
                throw FilterError(
                    column: left.column, message: "expected path before under, found \(left.shown)")
            }
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard number != nil else {
                throw FilterError(
                    column: right.column,
                    message:
                        "expected a number such as 4096, 0x1000 or 4K after \(comparison.rawValue), found \(right.shown)"
                )
            }
        default: break
        }
        if let key, key.isNumber {
            guard let number else {
                throw FilterError(
                    column: right.column,
                    message:
                        "expected a number such as 4096, 0x1000 or 4K for \(key.rawValue), found \(right.shown)"
                )
            }
            guard ![.matches, .matchesNot, .contains].contains(comparison) else {
                throw FilterError(
                    column: left.column,
                    message: "\(key.rawValue) is a number: compare it with ==, !=, < or >")
            }
            return add(subject, comparison, .number(number), right)
        }
        let isValue = key == nil || key == .value
        if let number, isValue, ![.matches, .matchesNot, .contains].contains(comparison) {
            return add(subject, comparison, .number(number), right)
        }
        if !isValue, [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(comparison) {
            throw FilterError(
                column: left.column, message: "\(left.text) is text: compare it with ==, !=, ~ or contains")
        }
        try check(comparison, right)
        return add(subject, comparison, .text, right)
    }

    // Report an invalid regular expression before the search begins.
    private func check(_ comparison: Filter.Comparison, _ right: FilterToken) throws(FilterError) {
        guard comparison == .matches || comparison == .matchesNot else { return }
        do throws(TextPattern.Failure) {
            _ = try TextPattern(expression: right.text)
        } catch {
            let line = error.description.split(whereSeparator: \.isNewline).joined(separator: " ")
            throw FilterError(column: right.column, message: line)
        }
    }
}
