import Bytes
import Format
import Stream

extension Filter {
    /// A word in a filter that may be a typo: it is valid as a name, but one letter away from a word of the
    /// language.
    package struct Doubt: Equatable, Sendable {
        package let word: String
        /// The column of the word, in characters from 1.
        package let column: Int
        package let nearest: String
    }

    /// The words that compare, and the words that join conditions.
    static let comparing: [String] = [Comparison.under.rawValue, Comparison.contains.rawValue]
    private static let joining: [String] = ["and", "or", "not"]

    // Shorter words are one letter away from too many others.
    private static let shortest = 4

    /// The unquoted names in a filter that differ in one letter from a key, or from a flag where they stand
    /// alone as a condition. O(length).
    package static func doubts(_ text: String) -> [Doubt] {
        guard let tokens = try? FilterToken.tokens(of: text) else { return [] }
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            guard token.kind == .word, !(joining + comparing).contains(token.text) else { return nil }
            if index > 0, Comparison(token: tokens[index - 1].text) != nil { return nil }
            let isCompared = index + 1 < tokens.count && Comparison(token: tokens[index + 1].text) != nil
            let words = isCompared ? Property.allCases.map(\.rawValue) : Flag.allCases.map(\.rawValue)
            guard !words.contains(token.text) else { return nil }
            let near = words.first { word in
                word.count >= shortest
                    && Suggestion.distance(Array(token.text.unicodeScalars), Array(word.unicodeScalars)) == 1
            }
            return near.map { Doubt(word: token.text, column: token.column, nearest: $0) }
        }
    }

    /// Returns the word at a column, counted from 1, and similar words of the language; nil when no word is
    /// there.
    package static func near(column: Int, in text: String) -> (word: String, names: [String])? {
        let rest = text.dropFirst(column - 1)
        let word = String(rest.prefix { $0.isLetter || $0 == "-" || $0 == "_" })
        guard !word.isEmpty else { return nil }
        return (word, Suggestion.nearest(to: word, among: words + joining))
    }
}

/// The names in a filter that the document does not have.
extension FilterRun {
    /// Checks that each name which must be a field's exists in the document, and that no other unknown name
    /// looks misspelled. O(layouts).
    ///
    /// - Throws: the first error, with suggestions.
    package func checkNames() throws(FilterError) {
        // In a cut stream, the name may belong to the lost part.
        guard document.loss == nil else { return }
        for absence in absences where absence.isSlip { throw absence.error }
    }

    /// Unknown names after `==` or `under` that resemble no known name: another stream may have them.
    package var unknownNames: [FilterError] {
        let isCut = document.loss != nil
        return absences.filter { isCut || !$0.isSlip }.map(\.error)
    }

    /// For each test that compares the value of a field: the path of the first field with that name.
    /// O(nodes).
    package var comparedFields: [(name: String, path: String)] {
        filter.tests.indices.compactMap { number in
            guard case .valueOf(let name) = filter.tests[number].subject else { return nil }
            var walk = NodeWalk(document, reach: .meanings)
            while walk.next() {
                if isCalled(number, walk.node) { return (name.text, walk.placedPath().text) }
            }
            return nil
        }
    }

    /// Says that nothing fulfills the filter, and why: the names that do not exist, or else the paths of the
    /// compared fields, since the user may mean another field. O(nodes).
    ///
    /// - Parameter most: the maximum number of reasons.
    /// - Returns: the sentence, and whether it gives a reason.
    package func nothingFound(most: Int = .max) -> (text: String, isExplained: Bool) {
        let unknown = unknownNames.map(\.message)
        let reasons = unknown.isEmpty ? comparedFields.map { "\($0.name) is \($0.path)" } : unknown
        let shown = reasons.prefix(most).map(DisplayText.escaped)
        let text = "nothing matches '\(DisplayText.escaped(filter.text))'"
        let why = shown.isEmpty ? "" : ": " + shown.joined(separator: "; ")
        let lost = document.lossWords
        return (text + why + lost, !(why.isEmpty && lost.isEmpty))
    }

    private struct Absence {
        var error: FilterError
        /// Whether a similar name exists, or the name can only be a field's.
        var isSlip: Bool
    }

    private var absences: [Absence] {
        guard filter.tests.contains(where: { names($0) != nil }) else { return [] }
        let known = KnownNames(document)
        return filter.tests.indices.compactMap { absence($0, known) }
    }

    // The name that a test compares with; nil for tests that compare no name.
    private func names(_ test: Filter.Test) -> Filter.Called? {
        switch test.subject {
        case .valueOf(let name): return name
        case .key(.name), .key(.label), .key(.type), .key(.section):
            return test.comparison == .equal ? Filter.Called(text: test.text, column: test.column) : nil
        case .key(.path), .key(.field):
            guard test.comparison == .equal || test.comparison == .under else { return nil }
            return Filter.Called(text: test.text, column: test.column)
        case .key: return nil
        }
    }

    private func absence(_ number: Int, _ known: KnownNames) -> Absence? {
        let test = filter.tests[number]
        guard let called = names(test) else { return nil }
        let pattern = TextPattern(part: called.text)
        let isSame = { (name: String) in Filter.isEqual(name, pattern, called.text) }
        switch test.subject {
        case .valueOf:
            guard !known.names.contains(where: isSame) else { return nil }
            // A misspelled key is more likely than an obscure field.
            let keys = Suggestion.nearest(to: called.text, among: Filter.words)
            return absence(
                called, "no field is called", among: keys.isEmpty ? known.names : keys, isSlip: true)
        case .key(.type):
            let types = document.store.table.types.map(\.name)
            // Rows that are not fields have types of their own.
            let isKnown = types.contains(where: isSame) || Filter.rowTypes.contains(where: isSame)
            return isKnown ? nil : absence(called, "no field has the type", among: types)
        case .key(.section):
            let sections = document.store.records.filter(\.isSection)
            guard !sections.contains(where: { isSection($0, number) }) else { return nil }
            let names = sections.map { document.store.table.names.text($0.name) }
            return absence(
                called, "no section is called", among: names.flatMap { [$0, $0.withoutDevicePath] })
        case .key(.path), .key(.field):
            let isInside = test.subject.isField
            let paths = isInside ? [] : known.recordPaths
            guard let first = called.text.split(separator: "/").first.map(String.init),
                !paths.contains(where: { isUnder($0, called.text) || isSame($0) || isUnder(called.text, $0) })
            else { return nil }
            let component = String(first.prefix { !"[~".contains($0) })
            let parts = TextPattern(part: component)
            guard !known.names.contains(where: { Filter.isEqual($0, parts, component) }) else { return nil }
            let near = isInside ? known.names : paths.flatMap { [$0, $0.withoutDevicePath] }
            return absence(called, "nothing has the path", among: near)
        default:
            // Elements and pages have numbers as names.
            guard let first = called.text.first, first != "[", !first.isNumber,
                !known.names.contains(where: isSame), !known.recordPaths.contains(where: isSame)
            else { return nil }
            return absence(called, "nothing is called", among: known.names)
        }
    }

    private func absence(
        _ called: Filter.Called, _ what: String, among names: [String], isSlip: Bool = false
    ) -> Absence {
        let near = Suggestion.text(for: called.text, among: Array(Set(names)))
        let message = "\(what) \(DisplayText.escaped(called.text))\(near)"
        return Absence(
            error: FilterError(column: called.column, message: message), isSlip: isSlip || !near.isEmpty)
    }
}

extension Filter {
    // The types that `Document.typeName` returns.
    static let rowTypes = [
        "section", "group", "pages", "record", "unread", "incomplete", "padding", "gap", "stream",
        "container",
    ]
}

extension Filter.Subject {
    fileprivate var isField: Bool { if case .key(.field) = self { true } else { false } }
}

/// The names of a document's records, fields and rows, and the paths of its records.
private final class KnownNames {
    let names: [String]
    private let document: Document

    /// O(records · siblings).
    private(set) lazy var recordPaths: [String] = document.tree.recordNodes(below: document.tree.root).map {
        document.tree.pathText($0.path)
    }

    /// Collects only names that occur in the tree: the name table has others too. O(layouts + records).
    init(_ document: Document) {
        self.document = document
        let table = document.store.table
        var used = Array(repeating: false, count: table.names.count)
        var seen: Set<LayoutID> = []
        var open = document.store.records.map(\.layout)
        while let layout = open.popLast() {
            guard !layout.isNone, seen.insert(layout).inserted else { continue }
            for item in table.items(of: layout) {
                for name in [item.name, item.label] where used.indices.contains(Int(name.index)) {
                    used[Int(name.index)] = true
                }
                open.append(table.opened(item))
            }
        }
        for record in document.store.records where used.indices.contains(Int(record.name.index)) {
            used[Int(record.name.index)] = true
        }
        names = used.indices.filter { used[$0] }.map { table.names.text(NameID(index: Int32($0))) }
            .filter { !$0.isEmpty }
    }
}
