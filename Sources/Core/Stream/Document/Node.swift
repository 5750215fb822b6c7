import Format

/// A node of the tree, computed when someone asks: no strings, no storage of its own.
package struct Node: Sendable {
    package let path: NodePath
    /// Bytes from the start of the stream, or of what `space` says.
    package let offset: Int
    /// Bytes.
    package let size: Int
    package let role: ItemRole
    /// 0 for most leaves, and for a lazy node that was not read yet.
    package let childCount: Int
    /// Whether children are read when it is first opened.
    package let isLazy: Bool
    /// Whether it owns its bytes: what shows when it is opened only says what they stand for.
    package let isLeaf: Bool
    /// What `offset` counts in.
    package let space: ByteSpace
    package let source: Source
    /// The layout of the children; `.none` for what can't be opened and for nodes whose children are records.
    package let layout: LayoutID

    package enum Source: Sendable, Equatable {
        case root
        /// A record by number.
        case record(Int)
        /// A member of a body, by item number.
        case member(Int)
        /// An element of an array: item number, place in the item.
        case element(Int, Int)
        /// A range of the elements of an array that begins at this offset.
        case range(arrayOffset: Int)
    }

    package var isExpandable: Bool { childCount > 0 || isLazy }
    /// Whether what shows when it is opened says what its bytes mean.
    package let opensMeaning: Bool
    package var range: Range<Int> { offset..<offset + size }
    /// Whether it is a section, or another record of the stream.
    package var isRecord: Bool { if case .record = source { true } else { false } }
    /// Whether it stands for a range of elements: a row of an outline, no node of the tree.
    package var isRange: Bool { path.isRange }
    /// Whether it is an element of an array.
    package var isElement: Bool { if case .element = source { true } else { false } }
}
