/// A place in described bytes: an item and where its bytes begin, or the layout that a walk begins with.
///
/// What walks over layouts, of one stream or of two side by side, goes from one cursor to the next. A cursor owns
/// nothing but a reference to its table.
package struct LayoutCursor {
    package let table: LayoutTable
    /// The item; nil where the walk has begun.
    package let item: Item?
    /// What is below it; `.none` for a leaf.
    package let layout: LayoutID
    /// Bytes, counted as the walk's first offset is.
    package let offset: Int

    /// The start of a walk over `layout`, whose bytes begin at `offset`.
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
    /// Bytes, of one element where the item has several.
    package var size: Int { item?.stride ?? (layout.isNone ? 0 : table[layout].size) }
    package var range: Range<Int> { offset..<offset + size }
    /// Whether bytes must be read to know what is below: a decoder does.
    package var isDecodable: Bool { item.map { table[type: $0.type].decode != nil } ?? false }

    /// The items of the layout, each at its first element, in order; made as they are asked for.
    package var places: LazyMapSequence<ArraySlice<Item>, LayoutCursor> {
        let items: ArraySlice<Item> = layout.isNone ? [] : table.items(of: layout)
        return items.lazy.map { LayoutCursor($0, at: offset + $0.offset, in: table) }
    }

    /// Those that are wanted; without a condition all but frames. O(items).
    package func members(where isWanted: (Item) -> Bool = { $0.role != .frame }) -> [LayoutCursor] {
        places.filter { $0.item.map(isWanted) ?? false }
    }

    /// Child number `index` of an array, which must be below its count. O(log items).
    package func element(_ index: Int) -> LayoutCursor {
        let item = table[item: table.itemIndex(ofChild: index, in: layout)]
        return LayoutCursor(
            item, at: offset + item.offset + (index - item.firstChild) * item.stride, in: table)
    }

    /// The element that is `count` after this one in its item. O(1).
    package func advanced(by count: Int) -> LayoutCursor {
        guard let item else { return self }
        return LayoutCursor(item, at: offset + count * item.stride, in: table)
    }

    /// The vmstate that a field holds, or that each element of an array is; nil for leaves and for what a decoder made.
    package var body: LayoutCursor? {
        guard !isLeaf, !isDecodable else { return nil }
        return isArray ? places.first { !$0.isLeaf } : self
    }
}
