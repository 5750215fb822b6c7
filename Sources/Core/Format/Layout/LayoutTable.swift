/// All layouts of a document, each distinct one stored once.
///
/// A value type: a copy is a snapshot that a search on another thread may keep. It costs one count: tables are read
/// for each row that is shown, mostly out of a property of a class, where reading means copying.
package struct LayoutTable: Sendable {
    // What the copies of a table share, until one of them changes. It changes only where one table has it
    // (`own`): other threads never see it change, and no access meets another, which is not looked for each time.
    private final class Storage: @unchecked Sendable {
        @exclusivity(unchecked) var names = NameTable()
        @exclusivity(unchecked) var types = FieldTypes.all
        @exclusivity(unchecked) var unknownTypes: [NameID: TypeID] = [:]
        @exclusivity(unchecked) var layouts: [Layout] = []
        @exclusivity(unchecked) var items: [Item] = []
        @exclusivity(unchecked) var interned: [Int: [LayoutID]] = [:]
        @exclusivity(unchecked) var overlays: [ObjectIdentifier: BuiltOverlay] = [:]

        init() {}

        init(copying other: Storage) {
            names = other.names
            types = other.types
            unknownTypes = other.unknownTypes
            layouts = other.layouts
            items = other.items
            interned = other.interned
            overlays = other.overlays
        }

        static let empty = Storage()
    }

    private var storage: Storage

    package init() { storage = .empty }

    // Before a change.
    private mutating func own() {
        if !isKnownUniquelyReferenced(&storage) { storage = Storage(copying: storage) }
    }

    package var names: NameTable {
        _read { yield storage.names }
        _modify {
            own()
            yield &storage.names
        }
    }

    package var layoutCount: Int { storage.layouts.count }
    package var itemCount: Int { storage.items.count }

    package subscript(_ id: LayoutID) -> Layout { storage.layouts[Int(id.index)] }

    /// The item with a number out of `Layout.items`.
    package subscript(item index: Int) -> Item { storage.items[index] }

    package subscript(type id: TypeID) -> FieldType { storage.types[Int(id.index)] }

    /// The types, each at the index of its id.
    package var types: [FieldType] { storage.types }

    /// The items of a layout. O(1).
    package func items(of id: LayoutID) -> ArraySlice<Item> { storage.items[self[id].items] }

    /// The id of the type that QEMU names `name`; a name that is not known gets a type of its own.
    package mutating func type(named name: Span<UInt8>) -> TypeID {
        if let known = FieldTypes.index(of: name) { return TypeID(index: Int32(known)) }
        return unknownType(names.intern(name))
    }

    package mutating func type(named name: String) -> TypeID { type(named: name.utf8.span) }

    private mutating func unknownType(_ id: NameID) -> TypeID {
        if let seen = storage.unknownTypes[id] { return seen }
        let type = add(FieldType.unknown(named: names.text(id)))
        storage.unknownTypes[id] = type
        return type
    }

    /// The id of a type of its own, for a row of an overlay.
    package mutating func add(_ type: FieldType) -> TypeID {
        own()
        storage.types.append(type)
        return TypeID(index: Int32(storage.types.count - 1))
    }

    /// What an overlay was made into; built at its first use.
    package mutating func built(_ overlay: any AnyObject & Sendable, _ build: (inout LayoutTable) -> LayoutID)
        -> LayoutID
    {
        let key = ObjectIdentifier(overlay)
        if let known = storage.overlays[key] { return known.layout }
        let layout = build(&self)
        own()
        storage.overlays[key] = BuiltOverlay(overlay: overlay, layout: layout)
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
    package mutating func layout(
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
    package mutating func overlay(_ content: [Item], size: Int) -> LayoutID {
        var numbered = content
        for index in numbered.indices { numbered[index].firstChild = index }
        return intern(
            numbered,
            Layout(
                kind: .overlay, vmsdName: .empty, version: 0, items: 0..<0, size: size,
                childCount: numbered.count, needsResolution: false))
    }

    private mutating func intern(_ placed: [Item], _ wanted: Layout) -> LayoutID {
        var hasher = Hasher()
        hasher.combine(wanted.kind)
        hasher.combine(wanted.vmsdName)
        hasher.combine(wanted.version)
        hasher.combine(wanted.needsResolution)
        hasher.combine(placed)
        let key = hasher.finalize()
        for candidate in storage.interned[key, default: []] {
            let known = self[candidate]
            if known.kind == wanted.kind, known.vmsdName == wanted.vmsdName, known.version == wanted.version,
                known.size == wanted.size, known.needsResolution == wanted.needsResolution,
                storage.items[known.items].elementsEqual(placed)
            {
                return candidate
            }
        }
        own()
        let first = storage.items.count
        storage.items.append(contentsOf: placed)
        var layout = wanted
        layout.items = first..<storage.items.count
        storage.layouts.append(layout)
        let id = LayoutID(index: Int32(storage.layouts.count - 1))
        storage.interned[key, default: []].append(id)
        return id
    }
}

extension LayoutTable {
    /// An array of `count` plain bytes: what a buffer shows when it is opened.
    package mutating func bytes(count: Int) -> LayoutID {
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
        layout.items.binarySearch(last: { holds(storage.items[$0]) })
    }
}
