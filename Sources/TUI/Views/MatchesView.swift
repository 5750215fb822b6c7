import Bytes
import Meaning
import Memory
import Stream

/// The list of what a search has found, in the order of the stream.
struct MatchesList: ListedView {
    var selected = 0

    /// Of a list of text how long it is at least.
    func title(_ state: Update) -> String {
        guard let hits = state.model.hits, !hits.runs.isEmpty else { return "matches" }
        return hits.text
    }
    var opener: Action? { .matches }
    var keys: [(action: Action, title: String)] {
        [
            (.toggle, "go to it"), (.search, "another search; the list narrows while one types"),
            (.tag, "tag this match, or take its tag away"),
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
            let end = min(selected.addingClamped(max(count ?? 1, 1)), state.matchTotal)
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
        let map = state.model.guestMap
        let total = state.matchTotal
        ListView(theme).draw(&grid, area, count: total, selected: min(selected, max(total - 1, 0))) { row in
            guard let found = state.match(row) else { return [] }
            let document = state.document
            let node = document.node(found.path)
            let value = document.value(node)
            let shown = state.model.base == .decimal ? value.decimal : value.short
            let context = state.matchContext(row, found.offset) ?? document.meaning(node)
            let guest = map.flatMap { state.guestAddress(node, found.offset, $0) } ?? ""
            let sign = state.model.tags.contains(found.path) ? String(Character(MarksView.tagSign)) : ""
            let (number, offset) = ("\(row + 1)\(sign)", Hex.offset(found.offset))
            // The end of a path says more than its start.
            let taken =
                number.utf8.count + offset.utf8.count + min(shown.utf8.count, 20) + guest.utf8.count + 10
            // Of a list of text the text is what is looked for.
            let share = state.model.hits.map { $0.runs.isEmpty } ?? true ? area.width / 3 : area.width * 3 / 5
            let rest = area.width - taken - min(CharacterWidth.columns(of: context), share)
            let path = ClippedText.clip(document.pathText(found.path), columns: max(rest, 8), keeping: .end)
            return [
                (number, theme.label), (offset, theme.offset), (path, theme.section),
                (
                    ClippedText.clip(shown, columns: max(20, rest - CharacterWidth.columns(of: path))),
                    theme.value
                ),
                (guest, theme.label), (context, theme.text),
            ]
        }
    }
}

extension Overlay {
    static func matches(selected: Int) -> Overlay { Overlay(MatchesList(selected: selected)) }
}

extension Update {
    private static let contextBytes = 24
    /// Of a text, more fits on no line.
    private static let shownText = 200

    /// A match of text, or the bytes around one of bytes as text; nil for matches that are nodes.
    func matchContext(_ number: Int, _ offset: Int) -> String? {
        guard let hits = model.hits, hits.areBytes else { return nil }
        if hits.runs.indices.contains(number) {
            return document.region.text(of: hits.runs[number], limit: Self.shownText).replacing(
                "\t", with: " ")
        }
        let start = max(offset - 8, 0)
        let bytes = document.region.copy(start..<min(start + Self.contextBytes + 8, document.region.count))
        return String(decoding: ASCII.dotted(bytes), as: UTF8.self)
    }

    /// The guest address of a byte of RAM that is in the stream as such.
    func guestAddress(_ node: Node, _ offset: Int, _ map: GuestMap) -> String? {
        guard let page = document.guestPage(node),
            let inside = document.offset(inPage: page, ofStreamOffset: offset),
            let start = document.physicalAddress(of: page, in: map)
        else { return nil }
        return "guest \(Hex.offset(start + inside))"
    }
}
