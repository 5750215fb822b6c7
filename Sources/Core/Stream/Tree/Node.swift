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
    /// Whether it owns its bytes: what shows when it is opened only says what they represent.
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
    /// Whether it represents a range of elements: a row of an outline, no node of the tree.
    package var isRange: Bool { path.isRange }
    /// Whether it is an element of an array.
    package var isElement: Bool { if case .element = source { true } else { false } }
}

/// Child numbers from the root; the empty path is the root.
package struct NodePath: Hashable, Sendable {
    package var indices: [Int]
    /// How many elements of an array the path represents, at most: 1 for a node; a power of 100 for a range,
    /// whose first element `indices` leads to.
    package var span: Int

    package init(_ indices: [Int], span: Int = 1) {
        self.indices = indices
        self.span = span
    }

    package static let root = NodePath([])

    package var depth: Int { indices.count }
    /// Whether it represents a range of elements.
    package var isRange: Bool { span > 1 }

    /// The path without its last number, of a range that of its array; nil for the root.
    package var parent: NodePath? { indices.isEmpty ? nil : NodePath(Array(indices.dropLast())) }

    /// The path of a child; those of a range are counted from its first.
    package func appending(_ child: Int) -> NodePath {
        guard isRange, let first = indices.last else { return NodePath(indices + [child]) }
        return NodePath(indices.dropLast() + [first.addingSaturated(child)])
    }

    /// Whether this is `other`, or what holds it.
    package func isPrefix(of other: NodePath) -> Bool {
        guard isRange, let first = indices.last, other.depth >= depth else {
            return other.indices.starts(with: indices) && (other.depth > depth || other.span == 1)
        }
        let number = other.indices[depth - 1]
        return other.indices.dropLast(other.depth - depth + 1).elementsEqual(indices.dropLast())
            && number >= first && number - first < span && (other.depth > depth || other.span <= span)
    }
}

extension NodePath: Comparable {
    /// Preorder: an ancestor comes before its descendants.
    package static func < (left: NodePath, right: NodePath) -> Bool {
        left.indices == right.indices
            ? left.span > right.span : left.indices.lexicographicallyPrecedes(right.indices)
    }
}
