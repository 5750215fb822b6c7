/// All layouts of a document, with each distinct one stored once.
///
/// All users of the document share one table. It only grows, so an id never changes its meaning. It belongs
/// to the thread of its document.
package final class LayoutTable {
    // No call changes one of these properties while another call uses it, so access needs no check each time.
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

    /// Returns an independent table with the same ids, for layouts that may not be kept. O(layouts).
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

    /// Returns the item with a number from `Layout.items`.
    package subscript(item index: Int) -> Item { storedItems[index] }

    package subscript(type id: TypeID) -> FieldType { storedTypes[Int(id.index)] }

    /// The types, in the order of their ids.
    package var types: [FieldType] { storedTypes }

    /// Returns the items of a layout. O(1).
    package func items(of id: LayoutID) -> ArraySlice<Item> { storedItems[self[id].items] }

    /// Returns the first item of a layout with a name. O(items).
    package func item(_ name: String, in id: LayoutID) -> Item? {
        items(of: id).first { names.bytes($0.name).elementsEqual(name.utf8) }
    }

    /// Returns the id of the type that QEMU names `name`; an unknown name gets a type of its own.
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

    /// Adds a type for a row of an overlay and returns its id.
    package func add(_ type: FieldType) -> TypeID {
        storedTypes.append(type)
        return TypeID(index: Int32(storedTypes.count - 1))
    }

    /// Returns the layout of an overlay, which is built at its first use.
    package func built(_ overlay: any AnyObject & Sendable, _ build: (LayoutTable) -> LayoutID)
        -> LayoutID
    {
        let key = ObjectIdentifier(overlay)
        if let known = overlays[key] { return known.layout }
        let layout = build(self)
        overlays[key] = BuiltOverlay(overlay: overlay, layout: layout)
        return layout
    }

    // Retains the overlay, because its identity is the key.
    private struct BuiltOverlay: Sendable {
        package let overlay: any AnyObject & Sendable
        package let layout: LayoutID
    }

    // Whether the bytes may refine or contradict the item.
    private func isUncertain(_ item: Item) -> Bool {
        if item.role == .field, self[type: item.type].decode != nil { return true }
        guard !item.child.isNone else { return false }
        let child = self[item.child]
        return child.needsResolution || child.size != item.stride
    }

    /// Returns the id of a layout of these items, after computing their offsets. O(items).
    ///
    /// `needsResolution` is derived from the items unless it is given.
    ///
    /// Sums saturate: a hostile count can give a size of Int.max, which no section can hold, never a trap.
    package func layout(
        _ kind: Layout.Shape, _ content: [Item], vmsdName: NameID = .empty, version: UInt32 = 0,
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

    /// Returns the id of an overlay of `size` bytes: single-element items at the offsets that they have.
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
    /// Returns an array of `count` plain bytes, which is the content of an opened buffer.
    package func bytes(count: Int) -> LayoutID {
        let byte = Item(type: type(named: "uint8"), role: .decoded, count: count, stride: 1)
        return layout(.array, [byte])
    }

    /// Returns the layout below an opened element of `item`: its children, or the `inside` of a leaf if the
    /// size fits; `.none` if it can't be opened. O(1).
    package func opened(_ item: Item) -> LayoutID {
        guard item.child.isNone, !item.inside.isNone else { return item.child }
        return self[item.inside].size == item.stride ? item.inside : .none
    }

    /// Whether a layout is only the plain bytes of a buffer. O(1).
    package func isPlainBytes(_ id: LayoutID) -> Bool {
        guard !id.isNone, self[id].kind == .array else { return false }
        let items = self.items(of: id)
        return items.count == 1
            && items.allSatisfy { $0.stride == 1 && $0.label == .empty && $0.inside.isNone }
    }

    /// Returns the index of the item that contains child number `child`. O(log items).
    package func itemIndex(ofChild child: Int, in id: LayoutID) -> Int {
        let layout = self[id]
        if layout.childCount == layout.items.count { return layout.items.lowerBound + child }
        return lastItem(of: layout) { $0.firstChild <= child }
    }

    /// Returns the index of the item that owns the byte at `offset` from the layout's start; nil in an
    /// overlay. O(log items).
    package func itemIndex(atOffset offset: Int, in id: LayoutID) -> Int? {
        let layout = self[id]
        guard offset >= 0, offset < layout.size, layout.kind != .overlay else { return nil }
        return lastItem(of: layout) { $0.offset <= offset }
    }

    private func lastItem(of layout: Layout, where holds: (borrowing Item) -> Bool) -> Int {
        layout.items.binarySearch(last: { holds(storedItems[$0]) })
    }
}
