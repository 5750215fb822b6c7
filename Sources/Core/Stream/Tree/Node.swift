import Format

/// A node of the tree, computed on demand, without strings or storage of its own.
package struct Node: Sendable {
    package let path: NodePath
    /// In bytes from the start of the stream, or of `space`.
    package let offset: Int
    /// In bytes.
    package let size: Int
    package let role: ItemRole
    /// 0 for most leaves, and for an unread lazy node.
    package let childCount: Int
    /// Whether children are read when it is first opened.
    package let isLazy: Bool
    /// Whether it owns its bytes. Rows below a leaf only describe those bytes.
    package let isLeaf: Bool
    /// The space to which `offset` refers.
    package let space: ByteSpace
    package let source: Source
    /// The layout of the children; `.none` for nodes that can't be opened and for nodes whose children are
    /// records.
    package let layout: LayoutID

    package enum Source: Sendable, Equatable {
        case root
        /// A record, by number.
        case record(Int)
        /// A member of a body, by item number.
        case member(Int)
        /// An element of an array: item number, index in the item.
        case element(Int, Int)
        /// A range of elements of the array at this offset.
        case range(arrayOffset: Int)
    }

    package var isExpandable: Bool { childCount > 0 || isLazy }
    /// Whether the rows below it describe the meaning of its bytes.
    package let opensMeaning: Bool
    package var range: Range<Int> { offset..<offset + size }
    /// Whether it is a section or another record of the stream.
    package var isRecord: Bool { if case .record = source { true } else { false } }
    /// Whether it represents a range of elements, which is a row of an outline and not a node of the tree.
    package var isRange: Bool { path.isRange }
    /// Whether it is an element of an array.
    package var isElement: Bool { if case .element = source { true } else { false } }
}

/// A list of child indices from the root; the empty path is the root.
package struct NodePath: Hashable, Sendable {
    package var indices: [Int]
    /// The maximum number of array elements that the path represents: 1 for a node, a power of 100 for a
    /// range, whose first element `indices` leads to.
    package var span: Int

    package init(_ indices: [Int], span: Int = 1) {
        self.indices = indices
        self.span = span
    }

    package static let root = NodePath([])

    package var depth: Int { indices.count }
    /// Whether it represents a range of elements.
    package var isRange: Bool { span > 1 }

    /// The path without its last index, for a range that of its array; nil for the root.
    package var parent: NodePath? { indices.isEmpty ? nil : NodePath(Array(indices.dropLast())) }

    /// Returns the path of a child; children of a range are counted from its first.
    package func appending(_ child: Int) -> NodePath {
        guard isRange, let first = indices.last else { return NodePath(indices + [child]) }
        return NodePath(indices.dropLast() + [first.addingSaturated(child)])
    }

    /// Returns whether this is `other` or contains it.
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
    /// Preorder: an ancestor precedes its descendants.
    package static func < (left: NodePath, right: NodePath) -> Bool {
        left.indices == right.indices
            ? left.span > right.span : left.indices.lexicographicallyPrecedes(right.indices)
    }
}
