import Bytes
import Meaning
import Memory
import Stream

/// The list of what a search has found, in the order of the stream.
struct MatchesList: ListedView {
    var selected = 0

    func title(_ state: Update) -> String { "matches" }
    var opener: Action? { .matches }
    var keys: [(action: Action, title: String)] {
        [(.toggle, "go to it"), (.search, "another search; the list narrows while one types")]
    }

    func rowCount(_ state: Update) -> Int { state.matchTotal }

    func choose(_ state: inout Update) {
        state.showPanes()
        state.goToMatch(min(selected, max(state.matchTotal - 1, 0)))
    }

    func perform(_ action: Action, _ count: Int?, _ state: inout Update) -> Bool {
        guard action == .search || action == .filter else { return false }
        state.openPrompt(action == .search ? .search : .filter)
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
            let context = state.matchContext(node, found.offset) ?? document.meaning(node)
            let guest = map.flatMap { state.guestAddress(node, found.offset, $0) } ?? ""
            let (number, offset) = ("\(row + 1)", Hex.offset(found.offset))
            // The end of a path tells more than its start.
            let taken =
                number.utf8.count + offset.utf8.count + min(shown.utf8.count, 20) + guest.utf8.count + 10
            let rest = area.width - taken - min(CharacterWidth.columns(of: context), area.width / 3)
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

    /// The bytes around a match of bytes, as text; nil for matches that are nodes.
    func matchContext(_ node: Node, _ offset: Int) -> String? {
        guard let hits = model.hits, hits.areBytes else { return nil }
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
