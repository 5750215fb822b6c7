/// A position in described bytes: an item with the offset of its bytes, or the layout at which a walk starts.
///
/// Walks over layouts, of one stream or of two side by side, move from cursor to cursor. A cursor owns only a
/// reference to its table.
package struct LayoutCursor {
    package let table: LayoutTable
    /// The item; nil at the start of the walk.
    package let item: Item?
    /// The layout below it; `.none` for a leaf.
    package let layout: LayoutID
    /// In bytes, relative to the same origin as the walk's first offset.
    package let offset: Int

    /// Starts a walk over `layout`, whose bytes begin at `offset`.
    package init(_ layout: LayoutID, at offset: Int = 0, in table: LayoutTable) {
        self.table = table
        self.layout = layout
        self.offset = offset
        item = nil
    }

    private init(_ item: Item, at offset: Int, in table: LayoutTable) {
        self.table = table
        self.item = item
        self.offset = offset
        layout = item.child
    }

    package var isLeaf: Bool { layout.isNone }
    package var isArray: Bool { !layout.isNone && table[layout].kind == .array }
    /// The size in bytes; of one element if the item has several.
    package var size: Int { item?.stride ?? (layout.isNone ? 0 : table[layout].size) }
    package var range: Range<Int> { offset..<offset + size }
    /// Whether a decoder must read the bytes to find the content.
    package var isDecodable: Bool { item.map { table[type: $0.type].decode != nil } ?? false }

    /// The items of the layout in order, each at its first element; computed lazily.
    package var places: LazyMapSequence<ArraySlice<Item>, LayoutCursor> {
        let items: ArraySlice<Item> = layout.isNone ? [] : table.items(of: layout)
        return items.lazy.map { LayoutCursor($0, at: offset + $0.offset, in: table) }
    }

    /// Returns the items that satisfy a condition, by default all except frames. O(items).
    package func members(where isWanted: (Item) -> Bool = { $0.role != .frame }) -> [LayoutCursor] {
        places.filter { $0.item.map(isWanted) ?? false }
    }

    /// Returns the first item with a name; nil when there is none, or at a leaf. O(items).
    package func member(_ name: String) -> LayoutCursor? {
        guard !isLeaf, let item = table.item(name, in: layout) else { return nil }
        return LayoutCursor(item, at: offset + item.offset, in: table)
    }

    /// The elements of an array, of one item or of several; computed lazily. Empty for anything else.
    package var elements: LazyMapSequence<Range<Int>, LayoutCursor> {
        (0..<(isArray ? table[layout].childCount : 0)).lazy.map(element)
    }

    /// Returns child number `index` of an array, which must be less than its count. O(log items).
    package func element(_ index: Int) -> LayoutCursor {
        let item = table[item: table.itemIndex(ofChild: index, in: layout)]
        return LayoutCursor(
            item, at: offset + item.offset + (index - item.firstChild) * item.stride, in: table)
    }

    /// Returns the element `count` positions after this one in its item. O(1).
    package func advanced(by count: Int) -> LayoutCursor {
        guard let item else { return self }
        return LayoutCursor(item, at: offset + count * item.stride, in: table)
    }

    /// The vmstate of a field or of each array element; nil for leaves and for decoded content.
    package var body: LayoutCursor? {
        guard !isLeaf, !isDecodable else { return nil }
        return isArray ? places.first { !$0.isLeaf } : self
    }
}
