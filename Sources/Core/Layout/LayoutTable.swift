/// All layouts of a document, each distinct one stored once.
///
/// A value type: a copy is a snapshot that a search on another thread may keep.
public struct LayoutTable: Sendable {
    public internal(set) var names = NameTable()
    public private(set) var types: [FieldType]
    private var unknownTypes: [NameID: TypeID] = [:]
    private var layouts: [Layout] = []
    private var items: [Item] = []
    private var interned: [Int: [LayoutID]] = [:]

    public init() {
        types = FieldTypes.all
    }

    public var layoutCount: Int { layouts.count }
    public var itemCount: Int { items.count }

    @inlinable public subscript(_ id: LayoutID) -> Layout { layout(id) }
    @usableFromInline func layout(_ id: LayoutID) -> Layout { layouts[Int(id.index)] }

    /// The item with a number out of `Layout.items`.
    @inlinable public subscript(item index: Int) -> Item { item(index) }
    @usableFromInline func item(_ index: Int) -> Item { items[index] }

    public subscript(type id: TypeID) -> FieldType { types[Int(id.index)] }

    /// The items of a layout. O(1).
    public func items(of id: LayoutID) -> ArraySlice<Item> { items[layouts[Int(id.index)].items] }

    /// The id of the type that QEMU names `name`; a name that is not known gets a type of its own.
    public mutating func type(named name: some Collection<UInt8>) -> TypeID {
        if let known = FieldTypes.index(of: name) { return TypeID(index: Int32(known)) }
        let id = names.intern(name)
        if let seen = unknownTypes[id] { return seen }
        let type = TypeID(index: Int32(types.count))
        types.append(FieldType.unknown(named: names.text(id)))
        unknownTypes[id] = type
        return type
    }

    // Whether the bytes may tell more, or something else, than the item.
    private func isUncertain(_ item: Item) -> Bool {
        if item.role == .field, types[Int(item.type.index)].decode != nil { return true }
        guard !item.child.isNone else { return false }
        let child = layouts[Int(item.child.index)]
        return child.needsResolution || child.size != item.stride
    }

    /// The id of a layout of these items; their offsets are computed here. O(items).
    ///
    /// `needsResolution` is worked out from the items unless it is given.
    ///
    /// Sums saturate: a hostile count can give a size of Int.max, which no section can hold, never a trap.
    public mutating func layout(
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
        unresolved = needsResolution ?? unresolved
        var hasher = Hasher()
        hasher.combine(kind)
        hasher.combine(vmsdName)
        hasher.combine(version)
        hasher.combine(unresolved)
        hasher.combine(placed)
        let key = hasher.finalize()
        for candidate in interned[key, default: []] {
            let known = layouts[Int(candidate.index)]
            if known.kind == kind, known.vmsdName == vmsdName, known.version == version,
                known.needsResolution == unresolved, items[known.items].elementsEqual(placed)
            {
                return candidate
            }
        }
        let first = items.count
        items.append(contentsOf: placed)
        layouts.append(
            Layout(
                kind: kind, vmsdName: vmsdName, version: version, items: first..<items.count, size: size,
                childCount: childCount, needsResolution: unresolved))
        let id = LayoutID(index: Int32(layouts.count - 1))
        interned[key, default: []].append(id)
        return id
    }
}

extension LayoutTable {
    /// An array of `count` plain bytes: what a buffer shows when it is opened.
    mutating func bytes(count: Int) -> LayoutID {
        let byte = Item(type: type(named: "uint8".utf8), role: .decoded, count: count, stride: 1)
        return layout(.array, [byte])
    }

    /// Whether a layout is nothing but decoded bytes. O(1).
    func isBytes(_ id: LayoutID) -> Bool {
        guard !id.isNone else { return false }
        let layout = self[id]
        guard layout.kind == .array, layout.items.count == 1 else { return false }
        let item = item(layout.items.lowerBound)
        return item.role == .decoded && item.stride == 1 && item.child.isNone
    }

    /// The item that holds child number `child`. O(log items).
    public func itemIndex(ofChild child: Int, in id: LayoutID) -> Int {
        let layout = self[id]
        if layout.childCount == layout.items.count { return layout.items.lowerBound + child }
        return lastItem(of: layout) { $0.firstChild <= child }
    }

    /// The item that owns the byte at `offset` from the layout's start. O(log items).
    public func itemIndex(atOffset offset: Int, in id: LayoutID) -> Int? {
        let layout = self[id]
        guard offset >= 0, offset < layout.size else { return nil }
        return lastItem(of: layout) { $0.offset <= offset }
    }

    private func lastItem(of layout: Layout, where holds: (borrowing Item) -> Bool) -> Int {
        var low = layout.items.lowerBound
        var high = layout.items.upperBound
        while high - low > 1 {
            let middle = (low + high) / 2
            if holds(item(middle)) { low = middle } else { high = middle }
        }
        return low
    }
}

extension Int {
    /// The sum, or Int.max where it does not fit.
    @inlinable public func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product, or Int.max where it does not fit. Both must not be negative.
    @inlinable public func multipliedSaturated(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
