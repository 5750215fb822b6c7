/// What an interpretation has to work with.
struct MeaningContext {
    let region: MappedRegion
    /// The idstr of the section.
    let section: NameID
    var table: LayoutTable
    /// Overlays that were made for values, by what they depend on: equal devices share one.
    var made: [[UInt8]: LayoutID] = [:]
}

/// Says what the fields of sections mean.
///
/// What depends on names only is found once for each distinct layout, what depends on values once for each
/// section; layouts stay shared where their values say the same.
struct MeaningPass {
    private var context: MeaningContext
    private var fixed: [LayoutID: LayoutID] = [:]
    // Bodies whose values say more, and what leads to them.
    private var interpretations: [LayoutID: [MeaningRules.Interpretation]] = [:]
    private var isDynamic: [LayoutID: Bool] = [:]

    init(_ region: MappedRegion) {
        context = MeaningContext(region: region, section: .empty, table: LayoutTable())
    }

    /// The layout of a section's body with what its fields mean. The bytes begin at `offset`, from the start
    /// of the stream. O(1) for a layout that was seen, where no values are looked at.
    mutating func attach(
        _ id: LayoutID, at offset: Int, section: NameID, table: inout LayoutTable
    ) -> LayoutID {
        context = MeaningContext(
            region: context.region, section: section, table: table, made: context.made)
        table = LayoutTable()
        defer { table = take() }
        return interpreted(named(id), at: offset)
    }

    private mutating func take() -> LayoutTable {
        defer { context.table = LayoutTable() }
        return context.table
    }
}

// MARK: - By name

extension MeaningPass {
    // The layout with all that names alone say.
    private mutating func named(_ id: LayoutID) -> LayoutID {
        guard !id.isNone else { return id }
        if let known = fixed[id] { return known }
        let layout = context.table[id]
        let rules = layout.vmsdName == .empty || layout.kind != .body ? [] : self.rules(for: id)
        let items = Array(context.table.items(of: id))
        var changed = items
        for index in items.indices {
            changed[index].child = named(items[index].child)
            guard let meaning = meaning(of: items[index], rules) else { continue }
            lay(meaning, on: &changed[index])
        }
        let result = changed == items ? id : replacing(id, changed)
        fixed[id] = result
        fixed[result] = result
        let dynamic = rules.compactMap(\.interpret)
        if !dynamic.isEmpty { interpretations[result] = dynamic }
        isDynamic[result] =
            !dynamic.isEmpty
            || changed.contains { isDynamic[$0.child] ?? false || meaning(ofType: $0.type) != nil }
        return result
    }

    private func rules(for id: LayoutID) -> [MeaningRules] {
        let table = context.table
        let name = String(decoding: table.names.bytes(table[id].vmsdName), as: UTF8.self)
        return MeaningFamilies.rules(for: name) { member in
            table.items(of: id).contains { table.names.bytes($0.name).elementsEqual(member.utf8) }
        }
    }

    private func meaning(ofType type: TypeID) -> TypeMeaning? {
        MeaningFamilies.meaning(ofType: context.table[type: type].name)
    }

    private func meaning(of item: Item, _ rules: [MeaningRules]) -> FieldMeaning? {
        guard !rules.isEmpty, item.role != .frame else { return nil }
        let name = String(decoding: context.table.names.bytes(item.name), as: UTF8.self)
        return rules.lazy.compactMap { $0.fields[name] }.first
    }

    private mutating func lay(_ meaning: FieldMeaning, on item: inout Item) {
        let isArray = !item.child.isNone && context.table[item.child].kind == .array
        if isArray {
            item.child = elements(meaning, of: item.child)
        } else if meaning.size == nil || meaning.size == item.stride {
            item.lay(meaning.overlay.map { context.table.layout(of: $0) })
        } else {
            return
        }
        if !meaning.label.isEmpty { item.label = context.table.names.intern(meaning.label) }
    }

    // An array whose elements have labels or overlays; elements with labels become runs of one.
    private mutating func elements(_ meaning: FieldMeaning, of id: LayoutID) -> LayoutID {
        var result: [Item] = []
        for var run in context.table.items(of: id) {
            guard meaning.size == nil || meaning.size == run.stride else {
                result.append(run)
                continue
            }
            if run.isLeaf { run.lay(meaning.overlay.map { context.table.layout(of: $0) }) }
            let labels = meaning.elements.filter { run.base..<run.base.addingSaturated(run.count) ~= $0.key }
            result += context.table.split(run, labels: labels.sorted { $0.key < $1.key })
        }
        return replacing(id, result)
    }

    // Whatever was known of the layout but its items stays.
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
        guard !id.isNone, isDynamic[id] ?? false else { return id }
        let items = Array(context.table.items(of: id))
        var changed = items
        for interpret in interpretations[id, default: []] { interpret(&context, &changed, offset) }
        for index in changed.indices where changed[index].count == 1 {
            let place = offset + changed[index].offset
            changed[index].child = interpreted(changed[index].child, at: place)
            meaning(ofType: changed[index].type)?.interpret(&context, &changed[index], place)
        }
        return changed == items ? id : replacing(id, changed)
    }
}

extension Item {
    /// Shows an overlay when the item is opened; nil leaves it as it is.
    mutating func lay(_ overlay: LayoutID?) {
        if let overlay, child.isNone { inside = overlay }
    }
}

extension LayoutTable {
    /// A run of elements as runs that have a label each, and runs between them.
    mutating func split(_ run: Item, labels: [(key: Int, value: String)]) -> [Item] {
        var result: [Item] = []
        var next = run.base
        let end = run.base.addingSaturated(run.count)
        func piece(_ range: Range<Int>) -> Item {
            var piece = run
            piece.base = range.lowerBound
            piece.count = range.count
            return piece
        }
        for (number, label) in labels {
            if number > next { result.append(piece(next..<number)) }
            var element = piece(number..<number + 1)
            element.label = names.intern(label)
            result.append(element)
            next = number + 1
        }
        if next < end { result.append(piece(next..<end)) }
        return result
    }
}
