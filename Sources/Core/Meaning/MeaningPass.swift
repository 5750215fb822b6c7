import Bytes
import Format

/// The input of an interpretation.
package struct MeaningContext {
    package let region: MappedRegion
    /// The idstr of the section.
    package let section: NameID
    /// Whether the guest's target is big-endian.
    package let isBigEndian: Bool
    package var table: LayoutTable
    /// The overlays made for values, by what they depend on, so that equal devices share one.
    package var made: [[UInt8]: LayoutID] = [:]

    /// Returns the index of the member of that name. O(items).
    package func position(of name: String, in items: [Item]) -> Int? {
        items.firstIndex { isNamed(name, $0) }
    }

    package func isNamed(_ name: String, _ item: Item) -> Bool {
        table.names.bytes(item.name).elementsEqual(name.utf8)
    }
}

/// Adds the meaning of fields to the layouts of sections.
///
/// Meanings that depend only on names are found once per distinct layout; those that depend on values, once
/// per section. Layouts stay shared if their values give the same meaning.
package struct MeaningPass {
    private var context: MeaningContext
    private var fixed: [NamedLayout: LayoutID] = [:]
    // The layouts with meanings that depend on values, in them or below, and their replacements.
    private var dynamic: [LayoutID: Dynamic] = [:]
    private var replaced: [Replacement: LayoutID] = [:]
    // The rules for the content of opaque fields, by number.
    private var opaqueRules: [[MeaningRules]] = []
    private var opaqueNumbers: [OpaqueField: Int] = [:]

    private struct NamedLayout: Hashable {
        package let layout: LayoutID
        /// The number of the rules for the enclosing opaque field.
        package let opaque: Int?
    }

    private struct Dynamic {
        package var interpretations: [MeaningRules.Interpretation]
        /// The items with meanings that depend on values, in them or below.
        package var items: [Int]
    }

    private struct Replacement: Hashable {
        package let layout: LayoutID
        package var changes: [Change] = []
    }

    /// The changes to an item because of its values.
    private struct Change: Hashable {
        package let item: Int
        package let child: LayoutID
        package let inside: LayoutID
        package let label: NameID
    }

    private struct OpaqueField: Hashable {
        package let structure: NameID
        package let field: NameID
    }

    /// - Parameter isBigEndian: Whether the guest's target is big-endian; false if unknown.
    package init(_ region: MappedRegion, isBigEndian: Bool = false) {
        context = MeaningContext(
            region: region, section: .empty, isBigEndian: isBigEndian, table: LayoutTable())
    }

    /// Returns the layout of a section's body with the meaning of its fields. `offset` is where the bytes
    /// begin, from the start of the stream. O(1) for a known layout, unless values must be read.
    package mutating func attach(
        _ id: LayoutID, at offset: Int, section: NameID, table: LayoutTable
    ) -> LayoutID {
        context = MeaningContext(
            region: context.region, section: section, isBigEndian: context.isBigEndian, table: table,
            made: context.made)
        return interpreted(named(id, opaque: nil), at: offset)
    }
}

// MARK: - By name

extension MeaningPass {
    // Returns the layout with all meanings that depend only on names.
    private mutating func named(_ id: LayoutID, opaque: Int?) -> LayoutID {
        guard !id.isNone else { return id }
        if let known = fixed[NamedLayout(layout: id, opaque: opaque)] { return known }
        let rules = context.table.meaningRules(for: id)
        let own = rules.filter { $0.opaque == nil } + (opaque.map { opaqueRules[$0] } ?? [])
        let items = Array(context.table.items(of: id))
        var changed = items
        for index in items.indices {
            let inside = number(of: items[index], rules, in: id) ?? opaque
            changed[index].child = named(items[index].child, opaque: inside)
            if let meaning = meaning(of: items[index], own) { lay(meaning, on: &changed[index]) }
        }
        let result = changed == items ? id : replacing(id, changed)
        note(result, changed, rules.compactMap(\.interpret))
        fixed[NamedLayout(layout: id, opaque: opaque)] = result
        fixed[NamedLayout(layout: result, opaque: opaque)] = result
        return result
    }

    private mutating func note(
        _ id: LayoutID, _ items: [Item], _ found: [MeaningRules.Interpretation]
    ) {
        let indices = items.indices.filter { index in
            dynamic[items[index].child] != nil || meaning(ofType: items[index].type) != nil
        }
        guard !found.isEmpty || !indices.isEmpty else { return }
        dynamic[id] = Dynamic(interpretations: found, items: indices)
    }

    // Returns the number of the rules for the content of a decoded member.
    private mutating func number(of item: Item, _ rules: [MeaningRules], in id: LayoutID) -> Int? {
        guard !item.child.isNone, rules.contains(where: { $0.opaque != nil }) else { return nil }
        let key = OpaqueField(structure: context.table[id].vmsdName, field: item.name)
        if let known = opaqueNumbers[key] { return known }
        let name = context.table.names.bytes(item.name)
        let found = rules.filter { $0.opaque.map { name.elementsEqual($0.utf8) } ?? false }
        guard !found.isEmpty else { return nil }
        opaqueRules.append(found)
        opaqueNumbers[key] = opaqueRules.count - 1
        return opaqueRules.count - 1
    }

    private func meaning(ofType type: TypeID) -> TypeMeaning? {
        MeaningFamilies.meaning(ofType: context.table[type: type].name)
    }

    private func meaning(of item: Item, _ rules: [MeaningRules]) -> FieldMeaning? {
        guard !rules.isEmpty, item.role != .frame else { return nil }
        let name = String(decoding: context.table.names.bytes(item.name), as: UTF8.self)
        let isArray = !item.child.isNone && context.table[item.child].kind == .array
        let size = isArray ? context.table.items(of: item.child).first?.stride ?? 0 : item.stride
        for rule in rules {
            if let found = rule.fields[name]?.first(where: { $0.fits(size, isArray: isArray) }) {
                return found
            }
        }
        return nil
    }

    private mutating func lay(_ meaning: FieldMeaning, on item: inout Item) {
        if !item.child.isNone, context.table[item.child].kind == .array {
            item.child = elements(meaning, of: item.child)
        } else if let overlay = meaning.overlay {
            lay(overlay, isOpenEnded: meaning.isOpenEnded, on: &item)
        }
        if !meaning.label.isEmpty { item.label = context.table.names.intern(meaning.label) }
    }

    private mutating func lay(_ overlay: Overlay, isOpenEnded: Bool = false, on item: inout Item) {
        if isOpenEnded {
            item.lay(context.table.layout(ofStart: overlay, size: item.stride))
        } else if overlay.size == item.stride {
            item.lay(context.table.layout(of: overlay))
        }
    }

    // Returns an array whose elements have labels or overlays; labeled elements become runs of one.
    private mutating func elements(_ meaning: FieldMeaning, of id: LayoutID) -> LayoutID {
        let labels = meaning.elements?(context.table[id].childCount) ?? [:]
        let special = Set(labels.keys).union(meaning.elementOverlays.keys).sorted()
        var result: [Item] = []
        for run in context.table.items(of: id) {
            for var piece in run.split(at: special) {
                if meaning.fits(piece.stride, isArray: true) {
                    if let label = labels[piece.base] { piece.label = context.table.names.intern(label) }
                    if let overlay = meaning.elementOverlays[piece.base] ?? meaning.overlay {
                        lay(overlay, on: &piece)
                    }
                }
                result.append(piece)
            }
        }
        return replacing(id, result)
    }

    // Returns the layout with other items and otherwise unchanged.
    private mutating func replacing(_ id: LayoutID, _ items: [Item]) -> LayoutID {
        let layout = context.table[id]
        return context.table.layout(
            layout.kind, items, vmsdName: layout.vmsdName, version: layout.version,
            needsResolution: layout.needsResolution)
    }
}

// MARK: - By value

extension MeaningPass {
    private mutating func interpreted(_ id: LayoutID, at offset: Int) -> LayoutID {
        guard let dynamic = dynamic[id] else { return id }
        var items = Array(context.table.items(of: id))
        let given = items
        for interpret in dynamic.interpretations { interpret(&context, &items, offset) }
        for index in dynamic.items where items[index].count == 1 {
            let place = offset + items[index].offset
            items[index].child = interpreted(items[index].child, at: place)
            meaning(ofType: items[index].type)?.interpret(&context, &items[index], place)
        }
        // Most devices of a kind give the same result, and finding it costs less than interning all items
        // again.
        let looked = dynamic.interpretations.isEmpty ? dynamic.items : Array(items.indices)
        var key = Replacement(layout: id)
        for index in looked where items[index] != given[index] {
            let item = items[index]
            key.changes.append(
                Change(item: index, child: item.child, inside: item.inside, label: item.label))
        }
        guard !key.changes.isEmpty else { return id }
        if let known = replaced[key] { return known }
        let result = replacing(id, items)
        replaced[key] = result
        return result
    }
}

extension Item {
    /// Shows an overlay below the item if it is a leaf.
    package mutating func lay(_ overlay: LayoutID) {
        if isLeaf { inside = overlay }
    }

    /// Splits a run of elements so that each of the given numbers, in ascending order, is a run of its own.
    package func split(at numbers: [Int]) -> [Item] {
        var result: [Item] = []
        var next = base
        let end = base.addingSaturated(count)
        func add(_ range: Range<Int>) {
            guard !range.isEmpty else { return }
            var piece = self
            piece.base = range.lowerBound
            piece.count = range.count
            result.append(piece)
        }
        for number in numbers where number >= next && number < end {
            add(next..<number)
            add(number..<number + 1)
            next = number + 1
        }
        add(next..<end)
        return result
    }
}
