import Bytes
import Format
import Stream

extension Filter {
    /// A word of a filter that may be a slip of the pen: it reads as a name, but is one letter from a word of the language.
    package struct Doubt: Equatable, Sendable {
        package let word: String
        /// Counted in characters from 1.
        package let column: Int
        package let nearest: String
    }

    /// Words that compare, and those that join conditions.
    static let comparing: [String] = [Comparison.under.rawValue, Comparison.contains.rawValue]
    private static let joining: [String] = ["and", "or", "not"]

    // A shorter word is one letter from too much.
    private static let shortest = 4

    /// The names of a filter that differ in one letter from a key, or, where they are conditions by themselves, from a
    /// flag. Quoted names are meant as they are. O(length).
    package static func doubts(_ text: String) -> [Doubt] {
        guard let tokens = try? FilterToken.tokens(of: text) else { return [] }
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            guard token.kind == .word, !(joining + comparing).contains(token.text) else { return nil }
            if index > 0, Comparison(rawValue: tokens[index - 1].text) != nil { return nil }
            let isCompared = index + 1 < tokens.count && Comparison(rawValue: tokens[index + 1].text) != nil
            let words = isCompared ? Property.allCases.map(\.rawValue) : Flag.allCases.map(\.rawValue)
            guard !words.contains(token.text) else { return nil }
            let near = words.first { word in
                word.count >= shortest
                    && Suggestion.distance(Array(token.text.unicodeScalars), Array(word.unicodeScalars)) == 1
            }
            return near.map { Doubt(word: token.text, column: token.column, nearest: $0) }
        }
    }

    /// The word at a column, counted from 1, and the words of the language that are near it; nil for what is no word.
    package static func near(column: Int, in text: String) -> (word: String, names: [String])? {
        let rest = text.dropFirst(column - 1)
        let word = String(rest.prefix { $0.isLetter || $0 == "-" || $0 == "_" })
        guard !word.isEmpty else { return nil }
        return (word, Suggestion.nearest(to: word, among: words + joining))
    }
}

/// What a filter names and the document does not have.
extension FilterRun {
    /// Whether each name that the filter takes for a field's is one of the document's, and whether another name that
    /// nothing has was misspelled. O(layouts).
    ///
    /// - Throws: the first that is, with what may have been meant.
    package func checkNames() throws(FilterError) {
        // Of a stream that is cut, what is named may have been in what is lost.
        guard document.loss == nil else { return }
        for absence in absences where absence.isSlip { throw absence.error }
    }

    /// What the filter names with `==` or `under` although nothing is called so, and nothing similar: in another stream
    /// there may be.
    package var unknownNames: [FilterError] {
        let isCut = document.loss != nil
        return absences.filter { isCut || !$0.isSlip }.map(\.error)
    }

    /// Where a field is whose value the filter compares: the first of its name. O(nodes).
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

    /// That nothing fulfills the filter, and why: what it names and is not there, else where the fields are whose values it
    /// compares, for another may be meant. O(nodes).
    ///
    /// - Parameter most: how many reasons are said.
    /// - Returns: the sentence, and whether there is a reason.
    package func nothingFound(most: Int = .max) -> (text: String, isExplained: Bool) {
        let unknown = unknownNames.map(\.message)
        let reasons = unknown.isEmpty ? comparedFields.map { "\($0.name) is \($0.path)" } : unknown
        let shown = reasons.prefix(most).map(DisplayText.escaped)
        let text = "nothing fulfills '\(DisplayText.escaped(filter.text))'"
        let why = shown.isEmpty ? "" : ": " + shown.joined(separator: "; ")
        let lost = document.lossWords
        return (text + why + lost, !(why.isEmpty && lost.isEmpty))
    }

    private struct Absence {
        var error: FilterError
        /// Whether there is a name that may have been meant, or it can be nothing but a field's name.
        var isSlip: Bool
    }

    private var absences: [Absence] {
        guard filter.tests.contains(where: { names($0) != nil }) else { return [] }
        let known = KnownNames(document)
        return filter.tests.indices.compactMap { absence($0, known) }
    }

    // What a test says that something is called; nil where it says nothing of the kind.
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
            // A key that was misspelled is more likely than a field that few know.
            let keys = Suggestion.nearest(to: called.text, among: Filter.words)
            return absence(
                called, "no field is called", among: keys.isEmpty ? known.names : keys, isSlip: true)
        case .key(.type):
            let types = document.store.table.types.map(\.name)
            // Rows that are no fields have types of their own.
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
            // Elements and pages are called by numbers.
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
    // As `Document.typeName` has them.
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

    /// Only what is in the tree: the table also knows names of what is not. O(layouts + records).
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
