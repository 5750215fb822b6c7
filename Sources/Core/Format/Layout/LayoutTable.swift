/// All layouts of a document, each distinct one stored once.
///
/// One object for all who read the document: it only grows, so an id means the same for good. It belongs to the
/// thread of its document.
package final class LayoutTable {
    // The classes below never call each other while they change one of these: no access is looked for each time.
    @exclusivity(unchecked) package var names = NameTable()
    @exclusivity(unchecked) private var storedTypes: [FieldType]
    @exclusivity(unchecked) private var unknownTypes: [NameID: TypeID] = [:]
    @exclusivity(unchecked) private var layouts: [Layout] = []
    @exclusivity(unchecked) private var storedItems: [Item] = []
    @exclusivity(unchecked) private var interned: [Int: [LayoutID]] = [:]
    @exclusivity(unchecked) private var overlays: [ObjectIdentifier: BuiltOverlay] = [:]
    private let known: FieldTypes

    package init(_ known: FieldTypes) {
        self.known = known
        storedTypes = known.all
    }

    /// A table of its own with the same ids, for what may not be kept. O(layouts).
    package func copy() -> LayoutTable {
        let other = LayoutTable(known)
        other.names = names
        other.storedTypes = storedTypes
        other.unknownTypes = unknownTypes
        other.layouts = layouts
        other.storedItems = storedItems
        other.interned = interned
        other.overlays = overlays
        return other
    }

    package var layoutCount: Int { layouts.count }
    package var itemCount: Int { storedItems.count }

    package subscript(_ id: LayoutID) -> Layout { layouts[Int(id.index)] }

    /// The item with a number out of `Layout.items`.
    package subscript(item index: Int) -> Item { storedItems[index] }

    package subscript(type id: TypeID) -> FieldType { storedTypes[Int(id.index)] }

    /// The types, each at the index of its id.
    package var types: [FieldType] { storedTypes }

    /// The items of a layout. O(1).
    package func items(of id: LayoutID) -> ArraySlice<Item> { storedItems[self[id].items] }

    /// The id of the type that QEMU names `name`; a name that is not known gets a type of its own.
    package func type(named name: Span<UInt8>) -> TypeID {
        if let known = known.index(of: name) { return TypeID(index: Int32(known)) }
        return unknownType(names.intern(name))
    }

    package func type(named name: String) -> TypeID { type(named: name.utf8.span) }

    private func unknownType(_ id: NameID) -> TypeID {
        if let seen = unknownTypes[id] { return seen }
        let type = add(FieldType.unknown(named: names.text(id)))
        unknownTypes[id] = type
        return type
    }

    /// The id of a type of its own, for a row of an overlay.
    package func add(_ type: FieldType) -> TypeID {
        storedTypes.append(type)
        return TypeID(index: Int32(storedTypes.count - 1))
    }

    /// What an overlay was made into; built at its first use.
    package func built(_ overlay: any AnyObject & Sendable, _ build: (LayoutTable) -> LayoutID)
        -> LayoutID
    {
        let key = ObjectIdentifier(overlay)
        if let known = overlays[key] { return known.layout }
        let layout = build(self)
        overlays[key] = BuiltOverlay(overlay: overlay, layout: layout)
        return layout
    }

    // Keeps the overlay: its identity is the key.
    private struct BuiltOverlay: Sendable {
        package let overlay: any AnyObject & Sendable
        package let layout: LayoutID
    }

    // Whether the bytes may tell more, or something else, than the item.
    private func isUncertain(_ item: Item) -> Bool {
        if item.role == .field, self[type: item.type].decode != nil { return true }
        guard !item.child.isNone else { return false }
        let child = self[item.child]
        return child.needsResolution || child.size != item.stride
    }

    /// The id of a layout of these items; their offsets are computed here. O(items).
    ///
    /// `needsResolution` is worked out from the items unless it is given.
    ///
    /// Sums saturate: a hostile count can give a size of Int.max, which no section can hold, never a trap.
    package func layout(
        _ kind: Layout.Kind, _ content: [Item], vmsdName: NameID = .empty, version: UInt32 = 0,
        needsResolution: Bool? = nil
    ) -> LayoutID {
        var placed = content
        var size = 0
        var childCount = 0
        var unresolved = false
        for index in placed.indices {
            placed[index].offset = size
            placed[index].firstChild = childCount
            let item = placed[index]
            size = size.addingSaturated(item.count.multipliedSaturated(by: item.stride))
            childCount = childCount.addingSaturated(item.count)
            unresolved = unresolved || isUncertain(item)
        }
        return intern(
            placed,
            Layout(
                kind: kind, vmsdName: vmsdName, version: version, items: 0..<0, size: size,
                childCount: childCount, needsResolution: needsResolution ?? unresolved))
    }

    /// The id of an overlay of `size` bytes: items with one element each, at the offsets that they have.
    package func overlay(_ content: [Item], size: Int) -> LayoutID {
        var numbered = content
        for index in numbered.indices { numbered[index].firstChild = index }
        return intern(
            numbered,
            Layout(
                kind: .overlay, vmsdName: .empty, version: 0, items: 0..<0, size: size,
                childCount: numbered.count, needsResolution: false))
    }

    private func intern(_ placed: [Item], _ wanted: Layout) -> LayoutID {
        var hasher = Hasher()
        hasher.combine(wanted.kind)
        hasher.combine(wanted.vmsdName)
        hasher.combine(wanted.version)
        hasher.combine(wanted.needsResolution)
        hasher.combine(placed)
        let key = hasher.finalize()
        for candidate in interned[key, default: []] {
            let known = self[candidate]
            if known.kind == wanted.kind, known.vmsdName == wanted.vmsdName, known.version == wanted.version,
                known.size == wanted.size, known.needsResolution == wanted.needsResolution,
                storedItems[known.items].elementsEqual(placed)
            {
                return candidate
            }
        }
        let first = storedItems.count
        storedItems.append(contentsOf: placed)
        var layout = wanted
        layout.items = first..<storedItems.count
        layouts.append(layout)
        let id = LayoutID(index: Int32(layouts.count - 1))
        interned[key, default: []].append(id)
        return id
    }
}

extension LayoutTable {
    /// An array of `count` plain bytes: what a buffer shows when it is opened.
    package func bytes(count: Int) -> LayoutID {
        let byte = Item(type: type(named: "uint8"), role: .decoded, count: count, stride: 1)
        return layout(.array, [byte])
    }

    /// What shows below an element of `item` when it is opened: its children, or the inside of a leaf where
    /// that fits; `.none` for what can't be opened. O(1).
    package func opened(_ item: Item) -> LayoutID {
        guard item.child.isNone, !item.inside.isNone else { return item.child }
        return self[item.inside].size == item.stride ? item.inside : .none
    }

    /// Whether a layout is the bytes of a buffer and says no more of them. O(1).
    package func isPlainBytes(_ id: LayoutID) -> Bool {
        guard !id.isNone, self[id].kind == .array else { return false }
        let items = self.items(of: id)
        return items.count == 1
            && items.allSatisfy { $0.stride == 1 && $0.label == .empty && $0.inside.isNone }
    }

    /// The item that holds child number `child`. O(log items).
    package func itemIndex(ofChild child: Int, in id: LayoutID) -> Int {
        let layout = self[id]
        if layout.childCount == layout.items.count { return layout.items.lowerBound + child }
        return lastItem(of: layout) { $0.firstChild <= child }
    }

    /// The item that owns the byte at `offset` from the layout's start; nil in an overlay. O(log items).
    package func itemIndex(atOffset offset: Int, in id: LayoutID) -> Int? {
        let layout = self[id]
        guard offset >= 0, offset < layout.size, layout.kind != .overlay else { return nil }
        return lastItem(of: layout) { $0.offset <= offset }
    }

    private func lastItem(of layout: Layout, where holds: (borrowing Item) -> Bool) -> Int {
        layout.items.binarySearch(last: { holds(storedItems[$0]) })
    }
}
