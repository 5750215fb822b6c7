import Query
import Stream

/// The number of occurrences of each value among the fields with a name, most frequent first.
struct ValuesList: ListedView {
    var selected = 0

    func title(_ state: Update) -> String {
        guard let tally = state.model.values else { return "values" }
        return "values of \(tally.name)"
    }
    var hints: [Hint] { [Hint(.toggle, "show them"), Hint(.moveDown, "down"), Hint(.moveUp, "up")] }
    var opener: Action? { .values }
    var keys: [(action: Action, title: String)] {
        [(.toggle, "show only the fields with this value; for elements, go to the first")]
    }

    func rowCount(_ state: Update) -> Int { state.model.countedValues.count }

    func choose(_ state: inout Update) {
        guard state.model.countedValues.indices.contains(selected) else { return }
        let entry = state.model.countedValues[selected]
        state.showPanes()
        state.remember()
        state.select(entry.first, isJump: true)
        state.filterByNameAndValue()
    }

    func draw(_ grid: inout Grid, _ state: Update, _ theme: Theme) {
        guard let tally = state.model.values else { return }
        let area = state.layout.overlayArea
        let entries = state.model.countedValues
        let digits = "\(entries.first?.count ?? 0)".utf8.count
        ListView(theme).draw(&grid, area, count: entries.count, selected: selected) { number in
            let entry = entries[number]
            let share = Share(entry.count, of: max(tally.count, 1))
            let count = "\(entry.count)"
            let node = state.document.tree.node(entry.first)
            let value = entry.value.isEmpty ? "no value" : entry.value
            var parts: [ListView.Part] = [
                (String(repeating: " ", count: max(digits - count.utf8.count, 0)) + count, theme.size),
                (share.text, theme.label),
            ]
            if area.width >= 60 { parts.append((share.bar(12), theme.glyph)) }
            return parts + [
                (value, theme.value), (state.document.tree.meaning(node), theme.text),
                (entry.count == 1 ? state.document.tree.pathText(entry.first) : "", theme.section),
            ]
        }
    }
}

extension Update {
    /// Counts the values of the fields that have the selection's name.
    mutating func openValues() {
        let node = selectedNode
        guard let tally = ValueTally(node, document) else {
            return fail(
                "\(document.tree.name(node)) is not a field: \(keymap.hint(.values)) counts the values of fields"
            )
        }
        model.values = tally
        model.overlay = Overlay(ValuesList())
        step(tally)
    }

    mutating func step(_ tally: ValueTally) {
        var tally = tally
        tally.step(budget: Self.fieldsAStep)
        model.values = tally
        model.countedValues = tally.sorted
        model.job = tally.isFinished ? nil : .values(tally)
        guard tally.isFinished else { return }
        let kinds = model.countedValues.count
        let others = tally.others > 0 ? "; \(tally.others) fields have more values" : ""
        note(
            "\(tally.count) fields called \(tally.name), \(Quantity.text(kinds, "value"))\(others)"
        )
    }
}
