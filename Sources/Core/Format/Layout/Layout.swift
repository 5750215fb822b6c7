/// A layout interned in a `LayoutTable`.
package struct LayoutID: Hashable, Sendable {
    @usableFromInline package let index: Int32

    @inlinable package init(index: Int32) { self.index = index }

    /// No layout: the node is a leaf.
    package static let none = LayoutID(index: -1)

    @inlinable package var isNone: Bool { index < 0 }
}

/// A field type interned in a `LayoutTable`.
package struct TypeID: Hashable, Sendable {
    @usableFromInline package let index: Int32

    @inlinable package init(index: Int32) { self.index = index }
}

/// What an item is to a reader of the tree.
package enum ItemRole: UInt8, Sendable {
    /// A field that the description lists, or an element of one.
    case field
    /// A subsection with its header.
    case subsection
    /// Framing that no description lists: section headers, footers, lengths, marks.
    case frame
    /// What the bytes of an opaque field represent; below the leaves that QEMU's reader counts.
    case decoded
    /// What some bits or bytes of a leaf mean; the leaf owns them.
    case meaning
    /// Guest RAM: blocks, runs, pages.
    case ram
    /// Bytes that nothing claims.
    case gap
    /// Bytes whose layout does not fit; a finding says why.
    case error
    /// Zero or stale bytes after the end of a stream.
    case padding
}

/// One item of a layout: a member of a body, or a run of equal elements of an array.
///
/// All sizes and offsets are in bytes, relative to the start of the layout.
package struct Item: Sendable, Hashable {
    package var name: NameID
    package var type: TypeID
    package var role: ItemRole
    /// The layout of the children of each element; `.none` for a leaf.
    package var child: LayoutID
    /// What a leaf shows when someone opens it: the bytes of a buffer, or what its bits mean. It is no part
    /// of the tree of fields: outputs by field stop at the leaf.
    package var inside = LayoutID.none
    /// What manuals call the field or element: `RFLAGS`; empty for most.
    package var label = NameID.empty
    /// How many equal elements follow each other; 1 in a body.
    package var count: Int
    /// The size of one element.
    package var stride: Int
    /// Added to an element's number in its run to give the number that is shown.
    package var base: Int
    /// Bytes from the start of the layout to the first element.
    package var offset = 0
    /// The child number of the first element.
    package var firstChild = 0

    package init(
        name: NameID = .empty, type: TypeID, role: ItemRole = .field, child: LayoutID = .none,
        count: Int = 1, stride: Int, base: Int = 0
    ) {
        self.name = name
        self.type = type
        self.role = role
        self.child = child
        self.count = count
        self.stride = stride
        self.base = base
    }

    @inlinable package var size: Int { count * stride }
    @inlinable package var isLeaf: Bool { child.isNone }
}

/// The shape of a struct, an array or a record: items that tile its bytes in order, but for overlays.
///
/// Layouts hold no bytes and no absolute offsets, so that 255 CPUs share one.
package struct Layout: Sendable {
    package enum Shape: UInt8, Sendable {
        /// Members with names.
        case body
        /// Elements with numbers.
        case array
        /// What the bits and bytes of one leaf mean: items at places of their own, which may overlap and leave
        /// bytes out. They own no byte.
        case overlay
    }

    package var kind: Shape
    /// The vmstate's name and version where the layout comes from a vmstate.
    package var vmsdName: NameID
    package var version: UInt32
    package var items: Range<Int>
    /// Length in bytes: the sum of its items; of an overlay, of what it lies on.
    package var size: Int
    package var childCount: Int
    /// Whether bytes must be read to know the true layout (see `Resolver`).
    package var needsResolution: Bool
}
