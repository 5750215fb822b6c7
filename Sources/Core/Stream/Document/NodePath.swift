/// Child numbers from the root; the empty path is the root.
package struct NodePath: Hashable, Sendable {
    package var indices: [Int]
    /// How many elements of an array the path stands for, at most: 1 for a node; a power of 100 for a range,
    /// whose first element `indices` leads to.
    package var span: Int

    package init(_ indices: [Int], span: Int = 1) {
        self.indices = indices
        self.span = span
    }

    package static let root = NodePath([])

    package var depth: Int { indices.count }
    /// Whether it stands for a range of elements.
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
