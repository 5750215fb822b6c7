/// Follows the lines `Failed to load STRUCT:FIELD`, outermost first, through a layout.
struct FieldPathWalk {
    let table: LayoutTable

    /// Deeper than descriptions nest.
    private static let depthLimit = 64

    /// The bytes of the innermost field; as far as the steps lead.
    func range(of steps: [FieldStep], in layout: LayoutID, at offset: Int) -> Range<Int>? {
        guard let step = steps.first, let found = item(step, in: layout, at: offset, depth: 0) else {
            return nil
        }
        let range = found.offset..<found.offset + found.item.size
        let rest = Array(steps.dropFirst())
        guard !rest.isEmpty, !found.item.child.isNone else { return range }
        return inner(rest, found.item.child, at: found.offset) ?? range
    }

    private func inner(_ steps: [FieldStep], _ child: LayoutID, at offset: Int) -> Range<Int>? {
        guard table[child].kind == .array else { return range(of: steps, in: child, at: offset) }
        // No line has the number of the element: the first that has such a field.
        for run in table.items(of: child) where !run.child.isNone {
            if let found = range(of: steps, in: run.child, at: offset + run.offset) { return found }
        }
        return nil
    }

    // Fields of this body, then of its subsections and of bodies that have no line of their own.
    private func item(
        _ step: FieldStep, in layout: LayoutID, at offset: Int, depth: Int
    ) -> (item: Item, offset: Int)? {
        guard depth < Self.depthLimit else { return nil }
        let items = table.items(of: layout)
        for item in items where item.role != .frame && item.role != .subsection {
            let name = table.names.text(item.name)
            let spelled = FieldStep(structure: "", field: name, type: table[type: item.type].name).field
            if name == step.field || spelled == step.field { return (item, offset + item.offset) }
        }
        for item in items where !item.child.isNone && (item.role == .subsection || item.role == .decoded) {
            guard table[item.child].kind == .body else { continue }
            if let found = self.item(step, in: item.child, at: offset + item.offset, depth: depth + 1) {
                return found
            }
        }
        return nil
    }
}
