/// A node of the tree, computed when somebody asks: no strings, no storage of its own.
public struct Node: Sendable {
    public let path: NodePath
    /// Bytes from the start of the stream, or of what `space` says.
    public let offset: Int
    /// Bytes.
    public let size: Int
    public let role: ItemRole
    /// 0 for most leaves, and for a lazy node that was not read yet.
    public let childCount: Int
    /// Whether children are read when it is first opened.
    public let isLazy: Bool
    /// Whether it owns its bytes: what shows when it is opened only tells what they stand for.
    public let isLeaf: Bool
    /// What `offset` counts in.
    public let space: ByteSpace
    let source: Source
    /// The layout of the children; `.none` for what can't be opened and for nodes whose children are records.
    let layout: LayoutID

    enum Source: Sendable, Equatable {
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

    public var isExpandable: Bool { childCount > 0 || isLazy }
    /// Whether what shows when it is opened tells what its bytes mean.
    public let opensMeaning: Bool
    public var range: Range<Int> { offset..<offset + size }
    /// Whether it is a section, or another record of the stream.
    public var isRecord: Bool { if case .record = source { true } else { false } }
    /// Whether it stands for a range of elements: a row of an outline, no node of the tree.
    public var isRange: Bool { path.isRange }
    /// Whether it is an element of an array.
    public var isElement: Bool { if case .element = source { true } else { false } }
}
