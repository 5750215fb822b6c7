import Bytes
import Meaning
import Memory
import Query
import Stream

/// The list of a search's matches, in stream order.
struct MatchesList: ListedView {
    var selected = 0

    /// Returns the title; for a list of texts, with their minimum length.
    func title(_ state: Update) -> String {
        guard let hits = state.model.hits, !hits.runs.isEmpty else { return "matches" }
        return hits.text
    }
    var opener: Action? { .matches }
    var keys: [(action: Action, title: String)] {
        [
            (.toggle, "go to it"), (.search, "another search; the list narrows as you type"),
            (.tag, "tag this match, or remove its tag"),
        ]
    }

    func rowCount(_ state: Update) -> Int { state.matchTotal }

    func choose(_ state: inout Update) {
        state.showPanes()
        state.goToMatch(min(selected, max(state.matchTotal - 1, 0)))
    }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        switch action {
        case .search: state.openPrompt(.search)
        case .filter: state.openPrompt(.filter)
        case .tag:
            let end = min(selected.addingSaturated(max(count ?? 1, 1)), state.matchTotal)
            guard selected < end, let first = state.match(selected)?.path else { return true }
            let isTagged = !state.model.tags.contains(first)
            for number in selected..<min(end, selected + 10_000) {
                if let path = state.match(number)?.path { state.tag(path, isTagged) }
            }
            move(end - selected, &state)
            state.noteTags()
        default: return false
        }
        return true
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        let area = state.layout.overlayArea
        let total = state.matchTotal
        let row = MatchRow(state, theme, width: area.width)
        ListView(theme).draw(&grid, area, count: total, selected: min(selected, max(total - 1, 0))) {
            row.draw(&$0, $1, $2)
        }
    }
}

/// A row of the list of matches: its place, its content, and the marked part that matched.
private struct MatchRow {
    private typealias Part = (text: String, style: Style, marks: ([UInt8]) -> [Range<Int>])

    private let state: Update
    private let theme: Theme
    private let width: Int
    private let map: GuestMap?
    private let reasons: MatchReasons
    private let pattern: BytePattern?
    // In a list of texts, the text is the main content.
    private let isText: Bool

    init(_ state: Update, _ theme: Theme, width: Int) {
        self.state = state
        self.theme = theme
        self.width = width
        map = state.model.guestMap
        reasons = state.matchReasons
        pattern = state.searchedBytes
        isText = state.model.hits.map { !$0.runs.isEmpty } ?? false
    }

    func draw(_ grid: inout Grid, _ number: Int, _ line: Rect) {
        var x = 1
        for part in parts(number) where !part.text.isEmpty && x < line.width {
            let used = grid.put(
                clipped: part.text, x: line.x + x, y: line.y, style: part.style, limit: line.width - x)
            mark(&grid, line.x + x..<line.x + x + used, line.y, part.marks)
            x += used + 2
        }
    }

    private func parts(_ number: Int) -> [Part] {
        guard let found = state.match(number) else { return [] }
        let document = state.document
        let node = document.tree.node(found.path)
        let value = isText ? "" : shownValue(node)
        let label = document.tree.label(node)
        let context = context(number, found.offset, node, value)
        let guest = map.flatMap { state.guestAddress(node, found.offset, $0) } ?? ""
        let sign = state.model.tags.contains(found.path) ? String(Character(MarksView.tagSign)) : ""
        let (row, offset) = ("\(number + 1)\(sign)", Hex.offset(found.offset))
        let type = reasons.hasType ? document.tree.typeName(node) : ""
        let taken =
            row.utf8.count + offset.utf8.count + min(value.utf8.count, 20) + guest.utf8.count
            + columns(of: [label, type]) + 10
        let share = isText ? width * 3 / 5 : width / 3
        let rest = max(width - taken - min(CharacterWidth.columns(of: context.text), share), 8)
        // The end of a path is more specific than its start.
        let path = ClippedText.clip(document.tree.pathText(found.path), columns: rest, keeping: .end)
        let room = 20 + max(rest - CharacterWidth.columns(of: path), 0)
        return [
            (row, theme.label, Self.nothing), (offset, theme.offset, Self.nothing),
            (path, theme.section, nameMarks), (label, theme.decoration, textMarks(reasons.names)),
            (type, theme.type, { [0..<$0.count] }),
            (ClippedText.clip(value, columns: room), theme.value, valueMarks),
            (guest, theme.label, Self.nothing), (context.text, theme.text, context.marks),
        ]
    }

    // Includes the gap after each part.
    private func columns(of parts: [String]) -> Int {
        parts.reduce(0) { $0 + ($1.isEmpty ? 0 : CharacterWidth.columns(of: $1) + 2) }
    }

    private static func nothing(_ text: [UInt8]) -> [Range<Int>] { [] }

    // The whole value, if its short form lacks the match.
    private func shownValue(_ node: Node) -> String {
        let value = state.document.tree.value(node)
        let short = state.model.base == .decimal ? value.decimal : value.short
        guard !reasons.values.isEmpty || !reasons.numbers.isEmpty, valueMarks(Array(short.utf8)).isEmpty,
            !valueMarks(Array(value.full.utf8)).isEmpty
        else { return short }
        return value.full
    }

    // The context of the value: the text around bytes, the meaning of bits, or which bits have the number.
    private func context(
        _ number: Int, _ offset: Int, _ node: Node, _ value: String
    ) -> (text: String, marks: ([UInt8]) -> [Range<Int>]) {
        if let text = state.matchContext(number, offset) {
            let start = min(offset, Update.contextBefore)
            guard let pattern else { return (text, Self.nothing) }
            return (text, { [min(start, $0.count)..<min(start + pattern.count, $0.count)] })
        }
        let meaning = state.document.tree.meaning(node)
        let names = state.document.tree.meaningNames(of: node, atOffset: offset)
        guard !reasons.numbers.isEmpty, meaning.isEmpty, !names.isEmpty,
            valueMarks(Array(value.utf8)).isEmpty
        else { return (meaning, textMarks(reasons.meanings + reasons.values)) }
        return (names.joined(separator: ", "), Self.nothing)
    }

    // MARK: Marks

    private func textMarks(_ patterns: [TextPattern]) -> ([UInt8]) -> [Range<Int>] {
        { text in patterns.flatMap { $0.ranges(in: text) } }
    }

    private func valueMarks(_ text: [UInt8]) -> [Range<Int>] {
        textMarks(reasons.values)(text) + reasons.numberRanges(in: text)
    }

    // Mark the last component if it matches: it is the name.
    private func nameMarks(_ path: [UInt8]) -> [Range<Int>] {
        reasons.names.flatMap { pattern in
            let all = pattern.ranges(in: path)
            let start = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
            let own = all.filter { $0.upperBound > start }
            return own.isEmpty ? all : own
        }
    }

    private func mark(_ grid: inout Grid, _ cells: Range<Int>, _ y: Int, _ marks: ([UInt8]) -> [Range<Int>]) {
        var text: [UInt8] = []
        // The cell of each byte.
        var places: [Int] = []
        for x in cells {
            guard grid[x, y].width > 0 else { continue }
            let bytes = Array(String(Character(grid[x, y].scalar)).utf8)
            text += bytes
            places += Array(repeating: x, count: bytes.count)
        }
        for range in marks(text) where !range.isEmpty && range.upperBound <= places.count {
            let first = places[range.lowerBound]
            grid.restyle(x: first, y: y, width: places[range.upperBound - 1] - first + 1) { _ in theme.match }
        }
    }
}

extension Overlay {
    static func matches(selected: Int) -> Overlay { Overlay(MatchesList(selected: selected)) }
}

extension Update {
    /// The number of bytes shown before a match.
    static let contextBefore = 8
    private static let contextBytes = 24
    /// The maximum length of a text: no line holds more.
    private static let shownText = 200

    /// The patterns of the search, to mark them in the matches.
    var matchReasons: MatchReasons {
        var reasons = MatchReasons()
        guard let text = model.search?.pattern ?? model.hits?.text else { return reasons }
        if model.search == nil, let hits = model.hits, !hits.paths.isEmpty {
            return (try? Filter(text)).map { MatchReasons($0) } ?? reasons
        }
        switch try? SearchQuery(text) {
        case .names: reasons.names = Self.namePattern(text).map { [$0] } ?? []
        case .values(.text(let pattern)): reasons.values = [pattern]
        case .values(.number(let number)): reasons.numbers = [number]
        case .values(.negative(let number)): reasons.numbers = [number.magnitude]
        case .bytes, nil: break
        }
        return reasons
    }

    private static func namePattern(_ text: String) -> TextPattern? {
        text.hasPrefix("~") && text.utf8.count > 1
            ? try? TextPattern(expression: String(text.dropFirst())) : TextPattern(part: text)
    }

    /// The bytes of the search; nil after another kind of search.
    var searchedBytes: BytePattern? {
        guard model.search == nil, let hits = model.hits, hits.areBytes, hits.runs.isEmpty,
            case .bytes(let pattern) = try? SearchQuery(hits.text)
        else { return nil }
        return pattern
    }

    /// Returns a matched text, or the bytes around a match of bytes as text; nil for matches that are nodes.
    func matchContext(_ number: Int, _ offset: Int) -> String? {
        guard let hits = model.hits, hits.areBytes else { return nil }
        if hits.runs.indices.contains(number) {
            return document.store.region.text(of: hits.runs[number], limit: Self.shownText).replacing(
                "\t", with: " ")
        }
        let start = max(offset - Self.contextBefore, 0)
        let bytes = document.store.region.copy(
            start..<min(start + Self.contextBytes + Self.contextBefore, document.store.region.count))
        return String(decoding: ASCII.dotted(bytes), as: UTF8.self)
    }

    /// Returns the guest address of a byte of RAM that the stream holds uncompressed.
    func guestAddress(_ node: Node, _ offset: Int, _ map: GuestMap) -> String? {
        document.tree.physicalAddress(of: node, atOffset: offset, in: map).map { "guest \(Hex.offset($0))" }
    }
}
