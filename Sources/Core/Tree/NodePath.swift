/// Child numbers from the root; the empty path is the root.
public struct NodePath: Hashable, Sendable {
    public var indices: [Int]

    public init(_ indices: [Int]) { self.indices = indices }

    public static let root = NodePath([])

    public var depth: Int { indices.count }

    /// The path without its last number; nil for the root.
    public var parent: NodePath? { indices.isEmpty ? nil : NodePath(Array(indices.dropLast())) }

    public func appending(_ child: Int) -> NodePath { NodePath(indices + [child]) }

    /// Whether this is `other` or an ancestor of it.
    public func isPrefix(of other: NodePath) -> Bool { other.indices.starts(with: indices) }
}

extension NodePath: Comparable {
    /// Preorder: an ancestor comes before its descendants.
    public static func < (left: NodePath, right: NodePath) -> Bool {
        left.indices.lexicographicallyPrecedes(right.indices)
    }
}
