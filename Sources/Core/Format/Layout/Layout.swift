/// The number of a layout in a `LayoutTable`.
package struct LayoutID: Hashable, Sendable {
    @usableFromInline package let index: Int32

    @inlinable package init(index: Int32) { self.index = index }

    /// No layout: the node is a leaf.
    package static let none = LayoutID(index: -1)

    @inlinable package var isNone: Bool { index < 0 }
}

/// The number of a field type in a `LayoutTable`.
package struct TypeID: Hashable, Sendable {
    @usableFromInline package let index: Int32

    @inlinable package init(index: Int32) { self.index = index }
}

/// The role of an item in the tree.
package enum ItemRole: UInt8, Sendable {
    /// A field of the description, or an element of one.
    case field
    /// A subsection with its header.
    case subsection
    /// Framing outside the description: section headers, footers, lengths, markers.
    case frame
    /// The content of an opaque field, below the leaves that QEMU's reader prints.
    case decoded
    /// The meaning of some bits or bytes of a leaf, which owns them.
    case meaning
    /// Guest RAM: blocks, runs, pages.
    case ram
    /// Bytes that nothing claims.
    case gap
    /// Bytes whose layout does not fit; a finding gives the reason.
    case error
    /// Zero or stale bytes after the end of a stream.
    case padding
}

/// An item of a layout: a member of a body, or a run of equal elements of an array.
///
/// All sizes and offsets are in bytes, relative to the start of the layout.
package struct Item: Sendable, Hashable {
    package var name: NameID
    package var type: TypeID
    package var role: ItemRole
    /// The layout of the children of each element; `.none` for a leaf.
    package var child: LayoutID
    /// The layout below an opened leaf: the bytes of a buffer, or the meaning of its bits. It is not part of
    /// the tree of fields; outputs by field stop at the leaf.
    package var inside = LayoutID.none
    /// The name of the field or element in manuals: `RFLAGS`; empty for most.
    package var label = NameID.empty
    /// The number of consecutive equal elements; 1 in a body.
    package var count: Int
    /// The size of one element in bytes.
    package var stride: Int
    /// The displayed number of the run's first element.
    package var base: Int
    /// The offset of the first element from the start of the layout, in bytes.
    package var offset = 0
    /// The child index of the first element.
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

/// The shape of a struct, an array or a record: items that tile its bytes in order, except for overlays.
///
/// Layouts contain no bytes and no absolute offsets, so that 255 CPUs share one.
package struct Layout: Sendable {
    package enum Shape: UInt8, Sendable {
        /// Members with names.
        case body
        /// Elements with numbers.
        case array
        /// The meaning of the bits and bytes of one leaf. The items have offsets of their own, may overlap
        /// and may leave bytes out. They own no byte.
        case overlay
    }

    package var kind: Shape
    /// The name and version of the vmstate, if the layout comes from one.
    package var vmsdName: NameID
    package var version: UInt32
    package var items: Range<Int>
    /// The length in bytes: the sum of the items; for an overlay, the size of its leaf.
    package var size: Int
    package var childCount: Int
    /// Whether the true layout depends on the bytes (see `Resolver`).
    package var needsResolution: Bool
}
