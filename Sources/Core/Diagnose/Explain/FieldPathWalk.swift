import Format

/// Follows the lines `Failed to load STRUCT:FIELD`, outermost first, through a layout.
package struct FieldPathWalk {
    package let table: LayoutTable

    /// The maximum depth; descriptions never nest deeper.
    private static let depthLimit = 64

    /// Returns the bytes of the innermost field that the steps reach.
    package func range(of steps: [FieldStep], in layout: LayoutID, at offset: Int) -> Range<Int>? {
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
        // No line gives the element number: take the first element with such a field.
        for run in table.items(of: child) where !run.child.isNone {
            if let found = range(of: steps, in: run.child, at: offset + run.offset) { return found }
        }
        return nil
    }

    private static let deviceTypes: Set<String> = ["int32 le", "pci config", "pci irq state"]

    private func isNamed(_ step: FieldStep, _ item: Item) -> Bool {
        let (name, type) = (table.names.text(item.name), table[type: item.type].name)
        // Decoded parts of opaque fields may have such names too.
        if step.structure == "PCIDevice", !Self.deviceTypes.contains(type) { return false }
        if name == step.field { return true }
        if FieldStep(structure: "", field: name, type: type).field == step.field { return true }
        return item.role == .decoded && step.field.hasSuffix("." + name)
    }

    // Searches the fields of this body, then those of its subsections and of bodies that have no line of
    // their own.
    private func item(
        _ step: FieldStep, in layout: LayoutID, at offset: Int, depth: Int
    ) -> (item: Item, offset: Int)? {
        guard depth < Self.depthLimit else { return nil }
        let items = table.items(of: layout)
        for item in items where item.role != .frame && item.role != .subsection {
            if isNamed(step, item) { return (item, offset + item.offset) }
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
