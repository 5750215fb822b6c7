import Bytes
import Meaning
import Stream

/// The list of marks and notes, as a view.
struct MarksList: ListedView {
    var selected = 0

    func title(_ state: Update) -> String { "marks" }
    var opener: Action? { .marks }
    var keys: [(action: Action, title: String)] {
        [(.toggle, "go to it"), (.goToMark, "go to the mark of a letter")]
    }

    func rowCount(_ state: Update) -> Int { state.markedPlaces.count }

    func choose(_ state: inout Update) {
        let places = state.markedPlaces
        guard places.indices.contains(selected) else { return }
        state.showPanes()
        state.remember()
        state.go(to: places[selected].entry)
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        MarksView(state, theme).draw(&grid, selected: selected)
    }
}

extension Overlay {
    static func marks(selected: Int) -> Overlay { Overlay(MarksList(selected: selected)) }
}

/// The list of marks and notes.
struct MarksView {
    /// The sign of a node with a note.
    static let noteSign: Unicode.Scalar = "✎"

    /// The sign of a tagged node.
    static let tagSign: Unicode.Scalar = "*"

    private let state: Update
    private let theme: Theme

    init(_ state: Update, _ theme: Theme) {
        self.state = state
        self.theme = theme
    }

    func draw(_ grid: inout Grid, selected: Int) {
        let document = state.document
        let places = state.markedPlaces
        ListView(theme).draw(&grid, state.layout.overlayArea, count: places.count, selected: selected) {
            let place = places[$0]
            let sign = place.mark.map(KeyArgument.letter) ?? String(Character(Self.noteSign))
            return [
                (sign, theme.key), (Hex.offset(place.entry.offset), theme.offset),
                (place.entry.length > 0 ? SizeText.long(place.entry.length) : "", theme.size),
                (document.tree.pathText(place.entry.selection), theme.section),
                (document.tree.value(document.tree.node(place.entry.selection)).short, theme.value),
                (place.note.map(DisplayText.escaped) ?? "", theme.text),
            ]
        }
    }

    /// Draws tag, mark and note in the row of a node, in the free columns beside its glyph.
    func drawSigns(_ grid: inout Grid, _ line: Rect, _ path: NodePath, level: Int) {
        let model = state.model
        guard !model.notes.isEmpty || !model.marks.isEmpty || !model.tags.isEmpty else { return }
        let glyphX = line.x + TreeRowView.glyphX(level: level, width: line.width)
        guard glyphX + 1 < line.right else { return }
        if model.tags.contains(path) {
            grid[glyphX + 1, line.y] = Cell(Self.tagSign, style: theme.key)
        } else if model.notes[path] != nil {
            grid[glyphX + 1, line.y] = Cell(Self.noteSign, style: theme.key)
        }
        if let mark = state.model.marks.first(where: { $0.value.selection == path })?.key {
            grid.put(KeyArgument.letter(mark), x: glyphX - 1, y: line.y, style: theme.key, limit: 1)
        }
    }
}
